package dev.selvedge.edge.agents.denylist;

import com.google.re2j.Pattern;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is refused at one moment. Immutable; matching is linear in the length of what is looked
 * at and blocks nothing.
 */
final class DenyRules {

  private static final int RULE_CHARS_MAX = 128;

  private final AddressSet addresses;
  private final List<Pattern> paths;
  private final List<Pattern> userAgents;

  DenyRules(List<Cidr> addresses, List<Pattern> paths, List<Pattern> userAgents) {
    this.addresses = new AddressSet(addresses);
    this.paths = List.copyOf(paths);
    this.userAgents = List.copyOf(userAgents);
  }

  int size() {
    return addresses.size() + paths.size() + userAgents.size();
  }

  /**
   * The first rule that refuses, such as {@code address 10.0.0.0/8}; null where none does.
   *
   * @param address of the client, 4 or 16 bytes
   * @param path normalised, without query
   */
  @Nullable String match(byte[] address, String path, HttpHead head) {
    Cidr block = addresses.find(address);
    if (block != null) {
      return "address " + block;
    }
    String rule = find("path", paths, path);
    return rule == null && !userAgents.isEmpty() ? userAgent(head) : rule;
  }

  /** Every line of the field counts: which one an upstream believes is not known. */
  private @Nullable String userAgent(HttpHead head) {
    int at = head.find(KnownField.USER_AGENT, 0);
    if (at < 0) {
      return find("user-agent", userAgents, "");
    }
    for (; at >= 0; at = head.find(KnownField.USER_AGENT, at + 1)) {
      String rule = find("user-agent", userAgents, head.value(at));
      if (rule != null) {
        return rule;
      }
    }
    return null;
  }

  private static @Nullable String find(String kind, List<Pattern> patterns, String text) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(text).find()) {
        String rule = kind + " " + pattern.pattern();
        return rule.length() <= RULE_CHARS_MAX ? rule : rule.substring(0, RULE_CHARS_MAX);
      }
    }
    return null;
  }
}

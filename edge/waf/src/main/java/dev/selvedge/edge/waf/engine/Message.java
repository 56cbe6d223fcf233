package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule and its chain have to report, while they are being evaluated.
 *
 * <p>Not thread-safe.
 */
final class Message {
  final Rule first;
  boolean log = true;
  boolean audit = true;
  boolean disruptive;
  String msg = "";
  String data = "";
  int severity = -1;
  private @Nullable Rule matchedRule;
  private @Nullable Rule tagged;
  private String argument = "";
  private byte[] variable = Bytes.EMPTY;
  private byte[] value = Bytes.EMPTY;
  private final List<String> tags = new ArrayList<>();

  Message(Rule first) {
    this.first = first;
  }

  void logging(Action.Logging action) {
    switch (action.name()) {
      case "log", "auditlog" -> {
        log = true;
        audit = true;
      }
      case "nolog" -> {
        log = false;
        audit = false;
      }
      default -> audit = false;
    }
  }

  /** Keeps the value that matched. */
  void matched(Rule rule, String expandedArgument, byte[] key, byte[] matchedValue) {
    matchedRule = rule;
    argument = expandedArgument;
    variable = key;
    value = matchedValue;
  }

  /** Whether the tags of this rule have not been added last. */
  @SuppressWarnings("ReferenceEquality") // another rule may be equal
  boolean tagsFor(Rule rule) {
    boolean other = tagged != rule;
    tagged = rule;
    return other;
  }

  void tag(String tag) {
    if (!tags.contains(tag)) {
      tags.add(tag);
    }
  }

  RuleMatch toMatch(State s, @Nullable Integer deniedWith) {
    return new RuleMatch(
        first,
        new RuleMatch.Texts(msg, data, severity, List.copyOf(tags)),
        new RuleMatch.Evidence(matchedRule, argument, variable, value),
        new RuleMatch.Exchange(
            s.request.serverName, s.request.path, s.uniqueId(), s.request.secretXml()),
        deniedWith,
        audit);
  }
}

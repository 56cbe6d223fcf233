package dev.selvedge.edge.agents.denylist;

import com.google.re2j.Pattern;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.schema.Shown;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Texts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules that are being gathered, from the block and from files. Not thread-safe. */
final class DenyLists {

  /** A set of this size and its successor, read while it is in use, fit the default memory. */
  static final int ADDRESSES_MAX = 100_000;

  /**
   * Each is tried on each request: 0.3 µs where the pattern begins with plain characters, else some
   * 30 ns for each character of the path or value (re2j 1.8).
   */
  static final int PATTERNS_MAX = 256;

  /** What a list holds. */
  enum Kind {
    ADDRESS("address"),
    PATH("path"),
    USER_AGENT("user-agent");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /** The key whose entries it lists. */
    String key() {
      return key;
    }
  }

  private final List<Cidr> addresses = new ArrayList<>();
  private final List<Pattern> paths = new ArrayList<>();
  private final List<Pattern> userAgents = new ArrayList<>();

  void addAll(DenyLists others) {
    addresses.addAll(others.addresses);
    paths.addAll(others.paths);
    userAgents.addAll(others.userAgents);
  }

  void addresses(List<Cidr> more) {
    addresses.addAll(more);
  }

  void patterns(Kind kind, List<Pattern> more) {
    (kind == Kind.PATH ? paths : userAgents).addAll(more);
  }

  /** Reads one entry of a list; reports it where it is none. */
  void add(Kind kind, String text, Spot spot) {
    switch (kind) {
      case ADDRESS -> {
        Cidr block = Addresses.cidr(text, spot);
        if (block != null) {
          addresses.add(block);
        }
      }
      case PATH, USER_AGENT -> {
        Pattern pattern = Texts.pattern(text, spot);
        if (pattern != null) {
          patterns(kind, List.of(pattern));
        }
      }
    }
  }

  /** What is over a bound, in words; null where nothing is. */
  @Nullable String excess() {
    if (addresses.size() > ADDRESSES_MAX) {
      return "more than " + Shown.number(ADDRESSES_MAX) + " addresses";
    }
    return paths.size() > PATTERNS_MAX || userAgents.size() > PATTERNS_MAX
        ? "more than " + Shown.number(PATTERNS_MAX) + " patterns of a kind"
        : null;
  }

  DenyRules rules() {
    return new DenyRules(addresses, paths, userAgents);
  }
}

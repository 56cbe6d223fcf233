package dev.selvedge.edge.waf.variable;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;

/** Which of a variable's named values are meant. Immutable. */
public sealed interface Selector {
  Selector ALL = new All();

  /**
   * {@code name} or {@code /pattern/}.
   *
   * @throws IllegalArgumentException where the pattern cannot be taken
   */
  static Selector parse(String text) {
    if (text.length() > 1 && text.startsWith("/") && text.endsWith("/")) {
      return Matching.of(text.substring(1, text.length() - 1));
    }
    return Named.of(text);
  }

  /** Whether a value of this name is chosen; names are compared without ASCII case. */
  boolean chooses(byte[] name);

  /** Everything under the variable's name. */
  record All() implements Selector {
    @Override
    public boolean chooses(byte[] name) {
      return true;
    }
  }

  /** The values of one name; for XML the path. */
  record Named(String text, Name key) implements Selector {
    public static Named of(String text) {
      return new Named(text, Name.of(Bytes.of(text)));
    }

    /** The name as bytes. */
    public byte[] name() {
      return key.written();
    }

    @Override
    public boolean chooses(byte[] other) {
      return Bytes.equalsIgnoreCase(key.written(), other);
    }
  }

  /**
   * The values whose name the pattern is found in.
   *
   * @param start what a match begins with for certain, in any letter case; may be empty
   * @param plain whether the pattern is nothing but {@code ^} and {@code start}
   */
  record Matching(Regex pattern, Name start, boolean plain) implements Selector {
    static Matching of(String source) {
      boolean anchored = source.startsWith("^");
      int from = anchored ? 1 : 0;
      int to = from;
      while (to < source.length() && literal(source.charAt(to))) {
        to++;
      }
      boolean plain = anchored && to == source.length();
      if (to < source.length() && "?*{".indexOf(source.charAt(to)) >= 0) {
        to--; // the last one may be missing
      }
      boolean certain = source.indexOf('|') < 0 && to > from;
      Name start = Name.of(Bytes.of(certain ? source.substring(from, to) : ""));
      return new Matching(Regex.compileSelector(source), start, plain);
    }

    private static boolean literal(char c) {
      return Bytes.isAlnum(c) || c == '_' || c == '-';
    }

    @Override
    public boolean chooses(byte[] name) {
      if (plain && Bytes.regionEqualsIgnoreCase(name, 0, start.written())) {
        return true;
      }
      return (Name.letters(name) & start.letters()) == start.letters() && pattern.occursIn(name);
    }

    /** The same for a name of which more is known. */
    public boolean chooses(Name name) {
      return (name.letters() & start.letters()) == start.letters() && chooses(name.written());
    }
  }
}

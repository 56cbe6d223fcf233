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
      return new Matching(Regex.compileSelector(text.substring(1, text.length() - 1)));
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

  /** The values whose name the pattern is found in. */
  record Matching(Regex pattern) implements Selector {
    @Override
    public boolean chooses(byte[] name) {
      return pattern.occursIn(name);
    }
  }
}

package dev.selvedge.edge.waf.injection;

import java.nio.charset.StandardCharsets;

/**
 * The tags and attributes through which markup can run code, found without regard to case and to
 * NULs inside a name.
 *
 * <p>The lists are libinjection's. Any attribute whose name begins with {@code on} and has five
 * bytes or more counts as an event handler. Stateless.
 */
final class XssNames {
  /** What an attribute's value can do. Immutable. */
  enum Attribute {
    HARMLESS,
    /** Harmful whatever the value: event handlers, styles, namespaces. */
    HARMFUL,
    /** The value is an address, which may carry code. */
    ADDRESS,
    /** The value names another attribute (SVG animations). */
    NAMES_ATTRIBUTE
  }

  private static final int HALF = Long.BYTES;
  private static final long TOO_LONG = -1;

  private static final Names TAGS =
      new Names(
          "APPLET",
          "BASE",
          "COMMENT",
          "EMBED",
          "FRAME",
          "FRAMESET",
          "HANDLER",
          "IFRAME",
          "IMPORT",
          "ISINDEX",
          "LINK",
          "LISTENER",
          "META",
          "NOSCRIPT",
          "OBJECT",
          "SCRIPT",
          "STYLE",
          "VMLFRAME",
          "XML",
          "XSS");

  private static final Names ADDRESSES =
      new Names(
          "ACTION",
          "BY",
          "BACKGROUND",
          "DYNSRC",
          "FORMACTION",
          "FOLDER",
          "FROM",
          "HANDLER",
          "HREF",
          "LOWSRC",
          "POSTER",
          "SRC",
          "TO",
          "VALUES",
          "XLINK:HREF");

  private static final Names HARMFUL = new Names("DATAFORMATAS", "DATASRC", "FILTER", "STYLE");

  private static final Names NAMING = new Names("ATTRIBUTENAME");

  private XssNames() {}

  /** Names of at most 16 bytes as two numbers each, so that a name is compared by two. */
  private static final class Names {
    private final long[] firsts;
    private final long[] seconds;

    Names(String... names) {
      firsts = new long[names.length];
      seconds = new long[names.length];
      for (int i = 0; i < names.length; i++) {
        byte[] name = names[i].getBytes(StandardCharsets.US_ASCII);
        firsts[i] = half(name, 0, name.length, 0);
        seconds[i] = half(name, 0, name.length, HALF);
      }
    }

    boolean contain(long first, long second) {
      for (int i = 0; i < firsts.length; i++) {
        if (firsts[i] == first && seconds[i] == second) {
          return true;
        }
      }
      return false;
    }
  }

  static boolean isHarmfulTag(byte[] s, int at, int length) {
    return length >= 3
        && (TAGS.contain(half(s, at, length, 0), half(s, at, length, HALF))
            || startsWith(s, at, length, "SVG")
            || startsWith(s, at, length, "XSL"));
  }

  static Attribute attribute(byte[] s, int at, int length) {
    if (length < 2) {
      return Attribute.HARMLESS;
    }
    if (length >= 5
        && (startsWith(s, at, length, "ON")
            || startsWith(s, at, length, "XMLNS")
            || startsWith(s, at, length, "XLINK"))) {
      return Attribute.HARMFUL;
    }
    long first = half(s, at, length, 0);
    long second = half(s, at, length, HALF);
    if (ADDRESSES.contain(first, second)) {
      return Attribute.ADDRESS;
    }
    if (HARMFUL.contain(first, second)) {
      return Attribute.HARMFUL;
    }
    return NAMING.contain(first, second) ? Attribute.NAMES_ATTRIBUTE : Attribute.HARMLESS;
  }

  /** Whether bytes begin with a word, given in upper case; NULs count here. */
  static boolean startsWith(byte[] s, int at, int length, String word) {
    if (length < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (SqlWords.upper(s[at + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Eight bytes of a name as a number, beginning after so many, NULs left out, in upper case. The
   * second half of a name too long for two is no listed one's.
   */
  private static long half(byte[] s, int at, int length, int from) {
    long half = 0;
    int index = -from;
    for (int i = at; i < at + length; i++) {
      if (s[i] != 0) {
        if (index >= HALF) {
          return from == 0 ? half : TOO_LONG;
        }
        if (index >= 0) {
          half = (half << 8) | (SqlWords.upper(s[i]) & 0xFF);
        }
        index++;
      }
    }
    return half;
  }
}

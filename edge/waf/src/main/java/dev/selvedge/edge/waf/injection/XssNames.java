package dev.selvedge.edge.waf.injection;

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

  private static final String[] TAGS = {
    "APPLET", "BASE", "COMMENT", "EMBED", "FRAME", "FRAMESET", "HANDLER", "IFRAME", "IMPORT",
    "ISINDEX", "LINK", "LISTENER", "META", "NOSCRIPT", "OBJECT", "SCRIPT", "STYLE", "VMLFRAME",
    "XML", "XSS"
  };

  private static final String[] ADDRESSES = {
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
    "XLINK:HREF"
  };

  private static final String[] HARMFUL_ATTRIBUTES = {"DATAFORMATAS", "DATASRC", "FILTER", "STYLE"};

  private static final String[] NAMING_ATTRIBUTES = {"ATTRIBUTENAME"};

  private XssNames() {}

  static boolean isHarmfulTag(byte[] s, int at, int length) {
    return length >= 3
        && (isOneOf(TAGS, s, at, length)
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
    if (isOneOf(ADDRESSES, s, at, length)) {
      return Attribute.ADDRESS;
    }
    if (isOneOf(HARMFUL_ATTRIBUTES, s, at, length)) {
      return Attribute.HARMFUL;
    }
    return isOneOf(NAMING_ATTRIBUTES, s, at, length)
        ? Attribute.NAMES_ATTRIBUTE
        : Attribute.HARMLESS;
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

  private static boolean isOneOf(String[] words, byte[] s, int at, int length) {
    for (String word : words) {
      if (isWithoutNuls(word, s, at, length)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWithoutNuls(String word, byte[] s, int at, int length) {
    int same = 0;
    for (int i = at; i < at + length; i++) {
      if (s[i] != 0) {
        if (same == word.length() || SqlWords.upper(s[i]) != word.charAt(same)) {
          return false;
        }
        same++;
      }
    }
    return same == word.length();
  }
}

package dev.selvedge.edge.waf.injection;

/**
 * Judges one value after another; answers exactly as libinjection 3.9.2 and allocates nothing.
 *
 * <p>A value is read in each place of a page in which it could do harm: as text if it holds {@code
 * <}, inside a tag, and behind each kind of quote that it holds; at most five readings, each
 * linear. Between calls it holds no value. Not thread-safe.
 */
public final class XssDetector {
  private final HtmlTokenizer tokenizer = new HtmlTokenizer();

  /** Whether a value is cross-site scripting. */
  public boolean detect(byte[] s, int off, int len) {
    return detect(s, off, len, ByteClasses.in(s, off, len));
  }

  /**
   * The same for a caller that knows the value's byte classes.
   *
   * @param classes what {@link ByteClasses#in} says of the value
   */
  public boolean detect(byte[] s, int off, int len, int classes) {
    if (ByteClasses.cannotBeXss(classes)) {
      return false;
    }
    try {
      return harmsWhere(ByteClasses.LESS, classes, s, off, len, HtmlTokenizer.Place.TEXT)
          || harms(s, off, len, HtmlTokenizer.Place.TAG)
          || harmsWhere(
              ByteClasses.SINGLE_QUOTE, classes, s, off, len, HtmlTokenizer.Place.SINGLE_QUOTED)
          || harmsWhere(
              ByteClasses.DOUBLE_QUOTE, classes, s, off, len, HtmlTokenizer.Place.DOUBLE_QUOTED)
          || harmsWhere(
              ByteClasses.BACKTICK, classes, s, off, len, HtmlTokenizer.Place.BACK_QUOTED);
    } finally {
      tokenizer.release();
    }
  }

  private boolean harmsWhere(
      int needed, int classes, byte[] s, int off, int len, HtmlTokenizer.Place place) {
    return (classes & needed) != 0 && harms(s, off, len, place);
  }

  /** Whether a value harms where it stands in one place of a page. */
  boolean harms(byte[] s, int off, int len, HtmlTokenizer.Place place) {
    tokenizer.begin(s, off, len, place);
    XssNames.Attribute attribute = XssNames.Attribute.HARMLESS;
    while (tokenizer.next()) {
      int at = tokenizer.tokenStart();
      int length = tokenizer.tokenLength();
      XssNames.Attribute before = attribute;
      attribute = XssNames.Attribute.HARMLESS;
      boolean harmful =
          switch (tokenizer.kind()) {
            case DOCTYPE -> true;
            case TAG_NAME_OPEN -> XssNames.isHarmfulTag(s, at, length);
            case ATTR_NAME -> {
              attribute = XssNames.attribute(s, at, length);
              yield false;
            }
            case ATTR_VALUE -> isHarmfulValue(before, s, at, length);
            case TAG_COMMENT -> isHarmfulComment(s, at, length);
            case DATA_TEXT, TAG_NAME_CLOSE, TAG_NAME_SELFCLOSE, TAG_CLOSE -> false;
          };
      if (harmful) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHarmfulValue(XssNames.Attribute of, byte[] s, int at, int length) {
    return switch (of) {
      case HARMLESS -> false;
      case HARMFUL -> true;
      case ADDRESS -> HtmlAddress.isHarmful(s, at, length);
      case NAMES_ATTRIBUTE -> XssNames.attribute(s, at, length) != XssNames.Attribute.HARMLESS;
    };
  }

  /** Comments that some browser acts on: conditional ones, processing instructions, entities. */
  private static boolean isHarmfulComment(byte[] s, int at, int length) {
    if (SqlBytes.indexOf(s, at, at + length, (byte) '`') >= 0) {
      return true;
    }
    boolean longerThanThree = length > 3;
    return (longerThanThree && XssNames.startsWith(s, at, length, "[IF"))
        || (longerThanThree && XssNames.startsWith(s, at, length, "XML"))
        || XssNames.startsWith(s, at, length, "IMPORT")
        || XssNames.startsWith(s, at, length, "ENTITY");
  }
}

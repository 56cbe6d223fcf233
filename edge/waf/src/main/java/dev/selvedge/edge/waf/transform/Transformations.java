package dev.selvedge.edge.waf.transform;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The list of every transformation that a rule may name ({@code t:none} is the language's own).
 *
 * <p>Immutable.
 */
public final class Transformations {
  private static final Map<String, NamedTransformation> BY_NAME = new TreeMap<>();

  static {
    add("base64Decode", Base64Coding::decode);
    add("base64DecodeExt", Base64Coding::decodeForgiving);
    add("base64Encode", Base64Coding::encode);
    add("cmdLine", CommandLine::normalize);
    add("compressWhitespace", Whitespace::compress);
    add("cssDecode", CssEscapes::decode);
    add("escapeSeqDecode", CEscapes::decode);
    add("hexDecode", HexCoding::decode);
    add("hexEncode", HexCoding::encode);
    add("htmlEntityDecode", HtmlEntities::decode);
    add("jsDecode", JsEscapes::decode);
    add("length", Plain::length);
    add("lowercase", Plain::lower);
    add("md5", Plain::md5);
    add("normalisePath", Paths::normalize);
    add("normalizePath", Paths::normalize);
    add("normalisePathWin", Paths::normalizeWindows);
    add("normalizePathWin", Paths::normalizeWindows);
    add("parityEven7bit", Plain::parityEven);
    add("parityOdd7bit", Plain::parityOdd);
    add("parityZero7bit", Plain::parityZero);
    add("removeComments", Comments::remove);
    add("removeCommentsChar", Comments::removeMarks);
    add("removeNulls", Plain::removeNulls);
    add("removeWhitespace", Whitespace::remove);
    add("replaceComments", Comments::replace);
    add("replaceNulls", Plain::replaceNulls);
    add("sha1", Plain::sha1);
    add("sqlHexDecode", HexCoding::decodeSql);
    add("trim", Whitespace::trim);
    add("trimLeft", Whitespace::trimLeft);
    add("trimRight", Whitespace::trimRight);
    add("uppercase", Plain::upper);
    add("urlDecode", UrlCoding::decode);
    add("urlDecodeUni", in -> UrlCoding.decodeUnicode(in, UnicodeMap.NONE));
    add("urlEncode", UrlCoding::encode);
    add("utf8toUnicode", Utf8::toUnicodeEscapes);
  }

  private Transformations() {}

  private static void add(String name, Transformation function) {
    BY_NAME.put(name.toLowerCase(Locale.ROOT), new NamedTransformation(name, function));
  }

  /** The transformation of that name, letter case aside, with the operator's unicode map. */
  public static @Nullable NamedTransformation named(String name, UnicodeMap map) {
    NamedTransformation found = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    if (found == null) {
      return null;
    }
    boolean mapped = found.name().equals("urlDecodeUni") && map.given();
    Transformation function = mapped ? in -> UrlCoding.decodeUnicode(in, map) : found.function();
    return new NamedTransformation(name, function);
  }

  /** Every name, as documentation and oracle tests list them. */
  public static Iterable<NamedTransformation> all() {
    return BY_NAME.values();
  }
}

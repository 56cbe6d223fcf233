package dev.selvedge.edge.waf.filter;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a value must have for a transformation to change more of it than letter case.
 *
 * <p>Where a value has none of {@link #of}, the transformation gives the value itself, ASCII case
 * aside. What is not in the list acts on everything. {@code FilterLawsTest} holds this against
 * every transformation. Immutable.
 */
final class Triggers {
  private static final Map<String, Long> MASKS = new HashMap<>();

  static {
    long blanks = ByteKinds.kindsOf("\t\n\u000b\f\r");
    long dots = ByteKinds.SLASH_DOT | ByteKinds.FIRST_DOT | ByteKinds.DOUBLE_DOT;
    long paths = dots | ByteKinds.DOUBLE_SLASH;
    long comments = ByteKinds.SLASH_STAR | ByteKinds.DOUBLE_DASH | ByteKinds.kindsOf("#<");
    add(0, "lowercase", "uppercase");
    add(ByteKinds.kindsOf("%+"), "urlDecode", "urlDecodeUni");
    add(ByteKinds.kindsOf("&"), "htmlEntityDecode");
    add(ByteKinds.kindsOf("\\"), "jsDecode", "escapeSeqDecode");
    add(ByteKinds.kindsOf("\\\0"), "cssDecode"); // a NUL ends its result
    add(ByteKinds.kindsOf("\0"), "removeNulls", "replaceNulls");
    add(blanks | ByteKinds.DOUBLE_BLANK, "compressWhitespace");
    add(blanks | ByteKinds.kindsOf(" \u00a0\u00c2"), "removeWhitespace");
    add(ByteKinds.EDGE_BLANK, "trim", "trimLeft", "trimRight");
    add(comments, "removeComments");
    add(comments | ByteKinds.STAR_SLASH, "removeCommentsChar");
    add(ByteKinds.SLASH_STAR, "replaceComments");
    add(paths, "normalizePath", "normalisePath");
    add(paths | ByteKinds.kindsOf("\\"), "normalizePathWin", "normalisePathWin");
    add(
        blanks
            | ByteKinds.DOUBLE_BLANK
            | ByteKinds.EDGE_BLANK
            | ByteKinds.BLANK_OPEN
            | ByteKinds.kindsOf("\\\"'^,;"),
        "cmdLine");
    add(ByteKinds.kindsOf("\0\u0080\u00a0"), "utf8toUnicode");
  }

  private Triggers() {}

  private static void add(long mask, String... names) {
    for (String name : names) {
      MASKS.put(name.toLowerCase(Locale.ROOT), mask);
    }
  }

  /** The bits of {@link ByteKinds} of which a value must have one. */
  static long of(NamedTransformation transformation) {
    return MASKS.getOrDefault(transformation.name().toLowerCase(Locale.ROOT), ByteKinds.EVERY);
  }

  /** Whether the transformation may change letter case even where it changes nothing else. */
  static boolean changesCase(NamedTransformation transformation) {
    return of(transformation) == 0 || transformation.name().equalsIgnoreCase("cmdLine");
  }
}

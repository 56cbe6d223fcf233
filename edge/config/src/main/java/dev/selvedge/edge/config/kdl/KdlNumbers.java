package dev.selvedge.edge.config.kdl;

import dev.selvedge.edge.config.kdl.KdlValue.Decimal;
import dev.selvedge.edge.config.kdl.KdlValue.Whole;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads numbers exactly, in linear time for the lengths it accepts. */
final class KdlNumbers {

  /** Longer literals are refused: exact conversion of digits takes more than linear time. */
  static final int LENGTH_MAX = 1_000;

  private static final Pattern BASED =
      Pattern.compile("([+-]?)0(?:x([0-9a-fA-F][0-9a-fA-F_]*)|o([0-7][0-7_]*)|b([01][01_]*))");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][+-]?[0-9][0-9_]*)?");

  private KdlNumbers() {}

  /** Whether a bare word can only be a number: a digit comes first, after a sign or a dot. */
  static boolean startsLikeNumber(String word) {
    int i = 0;
    if (i < word.length() && (word.charAt(i) == '+' || word.charAt(i) == '-')) {
      i++;
    }
    if (i < word.length() && word.charAt(i) == '.') {
      i++;
    }
    return i < word.length() && KdlChars.isDigit(word.charAt(i));
  }

  /** The number, or null where the word is none. */
  static @Nullable KdlValue parse(String word) {
    if (word.length() > LENGTH_MAX) {
      return null;
    }
    Matcher decimal = DECIMAL.matcher(word);
    if (decimal.matches()) {
      String digits = word.replace("_", "");
      if (decimal.group(1) == null && decimal.group(2) == null) {
        return new Whole(new BigInteger(digits));
      }
      try {
        return new Decimal(new BigDecimal(digits));
      } catch (NumberFormatException exponentTooLarge) {
        return null;
      }
    }
    Matcher based = BASED.matcher(word);
    if (!based.matches()) {
      return null;
    }
    int group = based.group(2) != null ? 2 : based.group(3) != null ? 3 : 4;
    int radix = group == 2 ? 16 : group == 3 ? 8 : 2;
    return new Whole(new BigInteger(based.group(1) + based.group(group).replace("_", ""), radix));
  }
}

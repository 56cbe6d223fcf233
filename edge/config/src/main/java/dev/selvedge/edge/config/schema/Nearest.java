package dev.selvedge.edge.config.schema;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a misspelled word was meant to be: the known word at the least optimal string
 * alignment distance (insert, delete, replace, swap neighbours), if that is at most about a third
 * of its length and at most 3.
 */
public final class Nearest {

  private static final int DISTANCE_MAX = 3;
  private static final int LENGTH_MAX = 64;

  private Nearest() {}

  /** The nearest of the known words, or null where none is near. */
  public static @Nullable String of(String word, Collection<String> known) {
    if (word.length() > LENGTH_MAX) {
      return null;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    String best = null;
    int bestDistance = DISTANCE_MAX + 1;
    for (String candidate : known) {
      int longer = Math.max(candidate.length(), word.length());
      int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance && distance <= Math.max(1, (longer + 1) / 3)) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  public static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}

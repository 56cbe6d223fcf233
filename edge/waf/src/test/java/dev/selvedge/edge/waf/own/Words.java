package dev.selvedge.edge.waf.own;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text as words: lower case, every number the same, each sign a word of its own. What is left
 * when two texts differ is what an attacker would have to think of. Immutable.
 */
final class Words {
  private Words() {}

  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (char c : text.toLowerCase(Locale.ROOT).replaceAll("[0-9]+", "0").toCharArray()) {
      if (Character.isLetterOrDigit(c)) {
        word.append(c);
        continue;
      }
      if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
      if (!Character.isWhitespace(c)) {
        words.add(String.valueOf(c));
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /** How many words one has to add, drop or change (Levenshtein). */
  static int distance(List<String> a, List<String> b) {
    if (Math.abs(a.size() - b.size()) > 1) {
      return Math.abs(a.size() - b.size());
    }
    int[] row = new int[b.size() + 1];
    for (int k = 0; k <= b.size(); k++) {
      row[k] = k;
    }
    for (int i = 1; i <= a.size(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int k = 1; k <= b.size(); k++) {
        int above = row[k];
        int change = a.get(i - 1).equals(b.get(k - 1)) ? diagonal : diagonal + 1;
        row[k] = Math.min(change, Math.min(above, row[k - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.size()];
  }
}

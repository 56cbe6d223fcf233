package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Whether one of many phrases occurs, ASCII case aside, in one pass over the value.
 *
 * <p>Aho-Corasick (CACM 18(6), 1975) as a full automaton over byte classes: bytes that occur in no
 * phrase share one class, so a table is states x classes. Immutable.
 */
final class PhraseOperator implements Operator {
  private final byte[] classes = new byte[256];
  private final int width;
  private final int[] next;
  private final byte[][] phraseAt;
  private final Need need;

  PhraseOperator(List<byte[]> phrases) {
    need = new Need.Words(List.copyOf(phrases));
    int count = 1;
    for (byte[] phrase : phrases) {
      for (byte b : phrase) {
        int c = Bytes.lower(b) & 0xFF;
        if (classes[c] == 0) {
          classes[c] = (byte) count++;
        }
      }
    }
    width = count;
    for (int c = 'A'; c <= 'Z'; c++) {
      classes[c] = classes[c + 32];
    }
    int[] table = new int[width];
    List<byte[]> ends = new ArrayList<>();
    ends.add(Bytes.EMPTY);
    for (byte[] phrase : phrases) {
      int state = 0;
      for (byte b : phrase) {
        int at = state * width + (classes[b & 0xFF] & 0xFF);
        if (table[at] == 0) {
          table[at] = ends.size();
          ends.add(Bytes.EMPTY);
          if (ends.size() * width > table.length) {
            table = Arrays.copyOf(table, Math.max(table.length * 2, ends.size() * width));
          }
        }
        state = table[at];
      }
      if (ends.get(state).length == 0) {
        ends.set(state, phrase);
      }
    }
    next = Arrays.copyOf(table, ends.size() * width);
    phraseAt = ends.toArray(new byte[0][]);
    completeTransitions();
  }

  private void completeTransitions() {
    int[] fail = new int[phraseAt.length];
    Deque<Integer> queue = new ArrayDeque<>();
    for (int c = 0; c < width; c++) {
      if (next[c] != 0) {
        queue.add(next[c]);
      }
    }
    while (!queue.isEmpty()) {
      int state = queue.remove();
      if (phraseAt[state].length == 0) {
        phraseAt[state] = phraseAt[fail[state]];
      }
      for (int c = 0; c < width; c++) {
        int child = next[state * width + c];
        int shortcut = next[fail[state] * width + c];
        if (child == 0) {
          next[state * width + c] = shortcut;
        } else {
          fail[child] = shortcut;
          queue.add(child);
        }
      }
    }
  }

  static Operator fromFiles(String argument, Operators.Files files) {
    List<byte[]> phrases = new ArrayList<>();
    for (String name : argument.strip().split("\\s+", -1)) {
      phrases.addAll(Phrases.lines(files.read(name)));
    }
    return new PhraseOperator(phrases);
  }

  @Override
  public Need need() {
    return need;
  }

  @Override
  public boolean matches(byte[] value, Context context) {
    int state = 0;
    for (byte b : value) {
      state = next[state * width + (classes[b & 0xFF] & 0xFF)];
      byte[] phrase = phraseAt[state];
      if (phrase.length > 0) {
        if (context.capturing()) {
          context.capture(0, phrase);
          context.trace().line(7, "Added pm match TX.0: " + Bytes.text(phrase));
        }
        return true;
      }
    }
    return false;
  }
}

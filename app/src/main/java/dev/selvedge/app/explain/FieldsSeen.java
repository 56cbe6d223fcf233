package dev.selvedge.app.explain;

import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The field lines of a head at one moment, to be compared with those at another. Immutable.
 *
 * @param lines as {@code name: value}
 */
record FieldsSeen(List<String> lines) {

  /** Stands for what is made anew for each request. */
  static final byte[] MADE = "(new)".getBytes(StandardCharsets.US_ASCII);

  static FieldsSeen of(HttpHead head) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < head.fieldCount(); i++) {
      boolean made = head.name(i).equals("traceparent");
      lines.add(head.name(i) + ": " + (made ? "(new)" : head.value(i)));
    }
    return new FieldsSeen(List.copyOf(lines));
  }

  /** The lines that are here and not there. */
  List<String> without(FieldsSeen others) {
    List<String> left = new ArrayList<>(lines);
    others.lines.forEach(left::remove);
    return left;
  }
}

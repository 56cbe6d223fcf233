package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.FailureCode;
import java.util.Arrays;

/**
 * Lets {@value #LINES} refusal lines a second through for each route and code, and counts the
 * others for the next line of the same route and code.
 *
 * <p>One row per route that ever refused, made on its first refusal: bounded by the configuration,
 * never by what clients send. Confined to its event loop.
 */
final class RefusalCap {

  /** Lines a second for each route, code and event loop. */
  static final int LINES = 10;

  /** {@link #pass} where the line must not be written. */
  static final long SUPPRESSED = -1;

  /** One per code, and one for gaps without a failure. */
  private static final int CODES = FailureCode.values().length + 1;

  private Row[] rows = new Row[16];

  private static final class Row {
    final long[] second = new long[CODES];
    final int[] lines = new int[CODES];
    final long[] suppressed = new long[CODES];
  }

  /** Lines left out since the last one, where one may be written now; else {@link #SUPPRESSED}. */
  long pass(DecisionRecord record, long second) {
    Row row = row(record.route);
    int code = record.failure + 1;
    if (row.second[code] != second) {
      row.second[code] = second;
      row.lines[code] = 0;
    }
    if (row.lines[code] == LINES) {
      row.suppressed[code]++;
      return SUPPRESSED;
    }
    row.lines[code]++;
    long before = row.suppressed[code];
    row.suppressed[code] = 0;
    return before;
  }

  private Row row(int route) {
    if (route >= rows.length) {
      rows = Arrays.copyOf(rows, Integer.highestOneBit(route) << 1);
    }
    Row row = rows[route];
    if (row == null) {
      row = new Row();
      rows[route] = row;
    }
    return row;
  }
}

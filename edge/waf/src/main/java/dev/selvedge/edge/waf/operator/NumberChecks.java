package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Numbers with check digits (payment cards, CPF, SSN, SVNR) found by a pattern. Immutable. */
final class NumberChecks {
  private static final int[] SVNR_WEIGHTS = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};

  private NumberChecks() {}

  static Operator of(String name, String pattern, Predicate<byte[]> valid) {
    Regex regex = Regex.compile(pattern);
    Operator operator =
        (value, context) -> {
          Regex.Search search = regex.search(context.matcher(regex.rx()));
          for (int from = 0; from < value.length; ) {
            Regex.Found found = search.find(value, from, context.regexSteps());
            if (found == Regex.Found.LIMIT) {
              context.regexLimit(pattern);
            }
            if (found != Regex.Found.YES) {
              return false;
            }
            byte[] hit = Bytes.slice(value, search.start(0), search.end(0));
            if (valid.test(hit)) {
              if (context.capturing()) {
                context.capture(0, hit);
                context.trace().line(7, "Added " + name + " match TX.0: " + Bytes.text(hit));
              }
              return true;
            }
            from = Math.max(search.start(0) + 1, from + 1);
          }
          return false;
        };
    return operator.needing(new Need.Pattern(regex.rx()));
  }

  /**
   * The same, choosing among several numbers as libmodsecurity does: of the matches that follow
   * each other from a place on the last valid one, for the first place that has one.
   */
  static Operator last(String name, String pattern, Predicate<byte[]> valid) {
    Regex regex = Regex.compile(pattern);
    Operator operator =
        (value, context) -> {
          Regex.Search search = regex.search(context.matcher(regex.rx()));
          byte[] hit = new Chains(value, search, context, pattern, valid).hit();
          if (hit != null && context.capturing()) {
            context.capture(0, hit);
            context.trace().line(7, "Added " + name + " match TX.0: " + Bytes.text(hit));
          }
          return hit != null;
        };
    return operator.needing(new Need.Pattern(regex.rx()));
  }

  /** Matches that follow each other, each place looked at once. Not thread-safe. */
  private static final class Chains {
    private static final int UNKNOWN = -1;

    private final byte[] value;
    private final Regex.Search search;
    private final Operator.Context context;
    private final String pattern;
    private final Predicate<byte[]> valid;

    /** Where the last valid match of the chain from a place begins; the value's length for none. */
    private final int[] last;

    /** Where the valid match that begins at a place ends. */
    private final int[] ends;

    private final int[] open;

    Chains(
        byte[] value,
        Regex.Search search,
        Operator.Context context,
        String pattern,
        Predicate<byte[]> valid) {
      this.pattern = pattern;
      this.value = value;
      this.search = search;
      this.context = context;
      this.valid = valid;
      boolean any = value.length > 0 && find(0);
      last = new int[any ? value.length + 1 : 0];
      ends = new int[last.length];
      open = new int[last.length];
      Arrays.fill(last, UNKNOWN);
    }

    private boolean find(int from) {
      Regex.Found found = search.find(value, from, context.regexSteps());
      if (found == Regex.Found.LIMIT) {
        context.regexLimit(pattern);
      }
      return found == Regex.Found.YES && search.end(0) > search.start(0);
    }

    byte @Nullable [] hit() {
      for (int from = 0; from < last.length - 1; ) {
        if (!find(from)) {
          return null;
        }
        int start = search.start(0);
        follow(start);
        if (last[start] < value.length) {
          return Bytes.slice(value, last[start], ends[last[start]]);
        }
        from = start + 1;
      }
      return null;
    }

    /** Fills in the places of the chain that begins with a match at {@code start}. */
    private void follow(int start) {
      int depth = 0;
      int at = start;
      int found = value.length;
      while (at < value.length && last[at] == UNKNOWN && find(at)) {
        at = search.start(0);
        if (last[at] != UNKNOWN) {
          break;
        }
        ends[at] = search.end(0);
        open[depth++] = at;
        at = search.end(0);
      }
      if (at < value.length && last[at] != UNKNOWN) {
        found = last[at];
      }
      while (depth > 0) {
        int place = open[--depth];
        boolean itself =
            found == value.length && valid.test(Bytes.slice(value, place, ends[place]));
        found = itself ? place : found;
        last[place] = found;
      }
    }
  }

  private static int[] digits(byte[] text) {
    int n = 0;
    int[] digits = new int[text.length];
    for (byte b : text) {
      if (Bytes.isDigit(b)) {
        digits[n++] = b - '0';
      }
    }
    return java.util.Arrays.copyOf(digits, n);
  }

  /** Luhn's sum (ISO/IEC 7812-1). */
  static boolean luhn(byte[] text) {
    int[] d = digits(text);
    int sum = 0;
    for (int i = 0; i < d.length; i++) {
      int digit = d[d.length - 1 - i];
      int doubled = i % 2 == 0 ? digit : digit * 2;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return d.length > 0 && sum % 10 == 0;
  }

  /** Brazil's CPF: two check digits. */
  static boolean cpf(byte[] text) {
    int[] d = digits(text);
    if (d.length != 11 || java.util.Arrays.stream(d).allMatch(x -> x == d[0])) {
      return false;
    }
    return cpfDigit(d, 9) == d[9] && cpfDigit(d, 10) == d[10];
  }

  private static int cpfDigit(int[] d, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += d[i] * (count + 1 - i);
    }
    int rest = sum % 11;
    return rest < 2 ? 0 : 11 - rest;
  }

  /** US social security numbers: never-issued areas, sequences and repetitions are refused. */
  static boolean ssn(byte[] text) {
    int[] d = digits(text);
    if (d.length != 9) {
      return false;
    }
    boolean rising = true;
    boolean same = true;
    for (int i = 1; i < 9; i++) {
      rising &= d[i] == d[i - 1] + 1;
      same &= d[i] == d[i - 1];
    }
    int area = d[0] * 100 + d[1] * 10 + d[2];
    int group = d[3] * 10 + d[4];
    int serial = d[5] * 1000 + d[6] * 100 + d[7] * 10 + d[8];
    return !rising && !same && area != 0 && area != 666 && area < 740 && group != 0 && serial != 0;
  }

  /** Austria's social insurance number. */
  static boolean svnr(byte[] text) {
    int[] d = digits(text);
    boolean same = java.util.Arrays.stream(d).allMatch(x -> x == d[0]);
    if (d.length != 10 || (same && d[0] != 9)) { // libmodsecurity's list of such numbers lacks 9
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += d[i] * SVNR_WEIGHTS[i];
    }
    return sum % 11 % 10 == d[3]; // 10 counts as 0
  }
}

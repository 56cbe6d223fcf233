package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;
import java.util.function.Predicate;

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

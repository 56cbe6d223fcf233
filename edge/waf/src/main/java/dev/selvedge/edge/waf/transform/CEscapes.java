package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/** ANSI C escape sequences; of an unknown one only the backslash goes. Immutable. */
final class CEscapes {
  private CEscapes() {}

  static byte[] decode(byte[] in) {
    if (Bytes.indexOf(in, '\\', 0, in.length) < 0) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i < in.length) {
      if (in[i] != '\\' || i + 1 >= in.length) {
        out.add(in[i++]);
        continue;
      }
      int simple = simple(in[i + 1]);
      if (simple >= 0) {
        out.add(simple);
        i += 2;
      } else if ((in[i + 1] | 32) == 'x' && HexCoding.pairAt(in, i + 2)) {
        out.add(Bytes.hexPair(in, i + 2));
        i += 4;
      } else if (octal(in[i + 1])) {
        int digits = octalDigits(in, i + 1, 3);
        out.add(octalValue(in, i + 1, digits));
        i += 1 + digits;
      } else {
        out.add(in[i + 1]);
        i += 2;
      }
    }
    return out.toBytesOr(in);
  }

  private static int simple(byte c) {
    return switch (c) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      case '\\', '?', '\'', '"' -> c;
      default -> -1;
    };
  }

  static boolean octal(byte c) {
    return c >= '0' && c <= '7';
  }

  static int octalDigits(byte[] in, int at, int most) {
    int n = 0;
    while (n < most && at + n < in.length && octal(in[at + n])) {
      n++;
    }
    return n;
  }

  static int octalValue(byte[] in, int at, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      value = value * 8 + in[at + i] - '0';
    }
    return value;
  }
}

package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/** Percent encoding, with Microsoft's %uXXXX; broken escapes stay as they are. Immutable. */
public final class UrlCoding {
  private UrlCoding() {}

  /** Decodes %XX and +. */
  public static byte[] decode(byte[] in) {
    if (!touched(in)) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%' && HexCoding.pairAt(in, i + 1)) {
        out.add(Bytes.hexPair(in, i + 1));
        i += 2;
      } else {
        out.add(in[i] == '+' ? ' ' : in[i]);
      }
    }
    return out.toBytesOr(in);
  }

  private static boolean touched(byte[] in) {
    for (byte b : in) {
      if (b == '%' || b == '+') {
        return true;
      }
    }
    return false;
  }

  static byte[] decodeUnicode(byte[] in, UnicodeMap map) {
    if (!touched(in)) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.add(in[i] == '+' ? ' ' : in[i]);
      } else if (i + 1 < in.length && (in[i + 1] | 32) == 'u') {
        if (HexCoding.pairAt(in, i + 2) && HexCoding.pairAt(in, i + 4)) {
          out.add(unicode(in, i + 2, map));
          i += 5;
        } else {
          out.add(in[i]).add(in[i + 1]);
          i++;
        }
      } else if (HexCoding.pairAt(in, i + 1)) {
        out.add(Bytes.hexPair(in, i + 1));
        i += 2;
      } else {
        out.add(in[i]);
      }
    }
    return out.toBytesOr(in);
  }

  private static int unicode(byte[] in, int at, UnicodeMap map) {
    int code = Bytes.hexQuad(in, at);
    int mapped = map.of(code);
    return mapped >= 0 ? mapped : foldFullWidth(code);
  }

  /** The low byte, with full-width ASCII (FF01–FF5E) brought down to ASCII. */
  static int foldFullWidth(int code) {
    int low = code & 0xFF;
    return code >> 8 == 0xFF && low > 0 && low < 0x5F ? low + 0x20 : low;
  }

  static byte[] encode(byte[] in) {
    ByteOutput out = new ByteOutput(in.length * 3);
    for (byte b : in) {
      if (b == ' ') {
        out.add('+');
      } else if (b == '*' || Bytes.isAlnum(b)) {
        out.add(b);
      } else {
        out.add('%').add(Bytes.hex(new byte[] {b}));
      }
    }
    return out.toBytesOr(in);
  }
}

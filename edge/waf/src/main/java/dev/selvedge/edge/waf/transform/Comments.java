package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * Comments of C, SQL and HTML: removed, replaced by a space, or only their marks removed.
 * Immutable.
 */
final class Comments {
  private static final byte[] C_OPEN = Bytes.of("/*");
  private static final byte[] C_CLOSE = Bytes.of("*/");
  private static final byte[] HTML_OPEN = Bytes.of("<!--");
  private static final byte[] HTML_CLOSE = Bytes.of("-->");
  private static final byte[] SQL = Bytes.of("--");

  private Comments() {}

  static byte[] replace(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int at = 0;
    int open;
    while ((open = Bytes.indexOf(in, C_OPEN, at)) >= 0) {
      out.add(in, at, open).add(' ');
      int close = Bytes.indexOf(in, C_CLOSE, open + 2);
      at = close < 0 ? in.length : close + 2;
    }
    return at == 0 ? in : out.add(in, at, in.length).toBytes();
  }

  static byte[] remove(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    boolean inside = false;
    int i = 0;
    while (i < in.length) {
      if (inside) {
        int close = closeAt(in, i);
        i += close == 0 ? 1 : close;
        if (close > 0) {
          inside = false;
          out.add(i < in.length ? in[i] : 0);
          i++;
        }
      } else if (openAt(in, i) > 0) {
        inside = true;
        i += openAt(in, i);
      } else if (Bytes.regionEquals(in, i, SQL) || in[i] == '#') {
        return out.toBytes();
      } else {
        out.add(in[i++]);
      }
    }
    if (inside) {
      out.add(' ');
    }
    return out.toBytesOr(in);
  }

  private static int openAt(byte[] in, int i) {
    return Bytes.regionEquals(in, i, C_OPEN) ? 2 : Bytes.regionEquals(in, i, HTML_OPEN) ? 4 : 0;
  }

  private static int closeAt(byte[] in, int i) {
    return Bytes.regionEquals(in, i, C_CLOSE) ? 2 : Bytes.regionEquals(in, i, HTML_CLOSE) ? 3 : 0;
  }

  static byte[] removeMarks(byte[] in) {
    ByteOutput out = new ByteOutput(in.length);
    int i = 0;
    while (i < in.length) {
      int mark = markAt(in, i);
      if (mark == 0) {
        out.add(in[i++]);
      } else {
        i += mark;
      }
    }
    return out.toBytesOr(in);
  }

  private static int markAt(byte[] in, int i) {
    int open = openAt(in, i);
    if (open > 0) {
      return open;
    }
    int close = closeAt(in, i);
    if (close > 0) {
      return close;
    }
    return Bytes.regionEquals(in, i, SQL) ? 2 : in[i] == '#' ? 1 : 0;
  }
}

package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Undoes gzip (RFC 1952) and deflate (RFC 1950, 1951) of a whole body within bounds: never more
 * bytes come out than the limit, nor more than the ratio allows beyond 64 KiB. Not thread-safe.
 *
 * <p>Every member of a gzip body is read, and what stands behind the last is an error: bytes that
 * this reader would skip and the backend would not are where attacks hide. For the same reason a
 * gzip header may hold a plain file name and nothing else that is free to choose: a backend that
 * does not know {@code content-encoding} reads {@code &q=…} there as a field of a form.
 */
final class Inflation {

  private static final int FREE_BYTES = 64 << 10;
  private static final int STEP_BYTES = 16 << 10;
  private static final int GZIP_HEAD = 10;
  private static final int GZIP_TAIL = 8;
  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  /**
   * What came out.
   *
   * @param bytes all of the body; its start, where it is over a bound or broken
   * @param over it would be larger than a bound
   * @param error what is wrong with it; null where nothing is
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  record Result(byte[] bytes, boolean over, @Nullable String error) {}

  private final byte[] in;
  private final int limit;
  private byte[] out;
  private int size;
  private int at;
  private boolean over;

  private Inflation(byte[] in, int limit, int ratio) {
    this.in = in;
    this.limit = (int) Math.min(limit, Math.max(FREE_BYTES, (long) in.length * ratio));
    this.out = new byte[Math.min(this.limit, Math.max(STEP_BYTES, in.length * 2))];
  }

  static Result gzip(byte[] in, int limit, int ratio) {
    return new Inflation(in, limit, ratio).run(true);
  }

  static Result deflate(byte[] in, int limit, int ratio) {
    return new Inflation(in, limit, ratio).run(false);
  }

  private Result run(boolean gzip) {
    String error = null;
    try {
      if (gzip) {
        members();
      } else {
        stream(!zlibFrame());
        if (!over && at < in.length) {
          error = "bytes behind the end of the deflate stream";
        }
      }
    } catch (DataFormatException broken) {
      error = String.valueOf(broken.getMessage());
    }
    return new Result(Arrays.copyOf(out, size), over, error);
  }

  private boolean zlibFrame() {
    return in.length >= 2 && (in[0] & 0x0F) == 8 && ((in[0] & 0xFF) << 8 | in[1] & 0xFF) % 31 == 0;
  }

  private void members() throws DataFormatException {
    do {
      int start = size;
      header();
      stream(true);
      if (over) {
        return;
      }
      trailer(start);
    } while (at < in.length);
  }

  private void header() throws DataFormatException {
    boolean magic = in.length - at >= GZIP_HEAD && in[at] == 0x1F && (in[at + 1] & 0xFF) == 0x8B;
    if (!magic || in[at + 2] != 8) {
      throw new DataFormatException("no gzip header at byte " + at);
    }
    int flags = in[at + 3];
    at += GZIP_HEAD;
    if ((flags & FLAG_EXTRA) != 0) {
      throw new DataFormatException("an extra field in the gzip header at byte " + at);
    }
    if ((flags & FLAG_NAME) != 0) {
      text();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      text();
    }
    if ((flags & FLAG_CRC) != 0) {
      need(2);
      at += 2;
    }
  }

  private void text() throws DataFormatException {
    for (need(1); in[at] != 0; need(1)) {
      boolean plain = Bytes.isAlnum(in[at]) || "._- ".indexOf(in[at]) >= 0;
      if (!plain) {
        throw new DataFormatException("no plain file name in the gzip header at byte " + at);
      }
      at++;
    }
    at++;
  }

  private void need(int bytes) throws DataFormatException {
    if (in.length - at < bytes) {
      throw new DataFormatException("the compressed body ends early");
    }
  }

  private void stream(boolean bare) throws DataFormatException {
    Inflater inflater = new Inflater(bare);
    try {
      inflater.setInput(in, at, in.length - at);
      while (!inflater.finished()) {
        if (size == out.length && !grow()) {
          over = probe(inflater);
          break;
        }
        int got = inflater.inflate(out, size, out.length - size);
        size += got;
        if (got == 0 && !inflater.finished()) {
          boolean preset = inflater.needsDictionary();
          throw new DataFormatException(
              preset ? "a preset dictionary" : "the compressed body ends early");
        }
      }
      at += (int) inflater.getBytesRead();
    } finally {
      inflater.end();
    }
  }

  /** Whether there is one byte more than fits. */
  private static boolean probe(Inflater inflater) throws DataFormatException {
    return inflater.inflate(new byte[1]) > 0 || !inflater.finished();
  }

  private boolean grow() {
    if (out.length >= limit) {
      return false;
    }
    out = Arrays.copyOf(out, (int) Math.min(limit, Math.max(STEP_BYTES, out.length * 2L)));
    return true;
  }

  private void trailer(int start) throws DataFormatException {
    need(GZIP_TAIL);
    CRC32 crc = new CRC32();
    crc.update(out, start, size - start);
    if (crc.getValue() != word(at) || (size - start & 0xFFFFFFFFL) != word(at + 4)) {
      throw new DataFormatException("the checksum of the compressed body is wrong");
    }
    at += GZIP_TAIL;
  }

  private long word(int from) {
    return (in[from] & 0xFFL)
        | (in[from + 1] & 0xFFL) << 8
        | (in[from + 2] & 0xFFL) << 16
        | (in[from + 3] & 0xFFL) << 24;
  }
}

package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * Paths without repeated slashes, self references and back references.
 *
 * <p>Byte for byte what libmodsecurity gives: a segment that merely ends in two dots counts as a
 * back reference, leading back references of a relative path stay, and a trailing slash stays only
 * where there was one.
 *
 * <p>Not thread-safe: one instance walks one path.
 */
final class Paths {
  private final byte[] out;
  private final boolean windows;
  private final int last;
  private final boolean relative;
  private int read;
  private int written;

  private boolean hitRoot;

  private Paths(byte[] copy, boolean windows) {
    this.windows = windows;
    out = copy;
    last = copy.length - 1;
    relative = !slash(0);
  }

  static byte[] normalize(byte[] in) {
    if (in.length == 0) {
      return in;
    }
    return normalizeCopy(in, in.clone(), false);
  }

  static byte[] normalizeWindows(byte[] in) {
    if (in.length == 0) {
      return in;
    }
    return normalizeCopy(in, in.clone(), true);
  }

  private static byte[] normalizeCopy(byte[] in, byte[] copy, boolean windows) {
    Paths walk = new Paths(copy, windows);
    boolean trailing = walk.slash(copy.length - 1);
    while (walk.read <= walk.last) {
      walk.step();
    }
    int size = walk.written;
    if (!trailing && size > 0 && copy[size - 1] == '/') {
      size--;
    }
    return java.util.Arrays.equals(in, 0, in.length, copy, 0, size)
        ? in
        : Bytes.slice(copy, 0, size);
  }

  private boolean slash(int at) {
    return out[at] == '/' || (windows && out[at] == '\\');
  }

  /** Handles the byte at {@code read}; references are recognised at the end of their segment. */
  private void step() {
    boolean atEnd = read == last;
    turnBackslashes();
    if (atEnd || out[read + 1] == '/') {
      if (out[read] == '.') {
        if (removeReference(atEnd)) {
          read++;
          if (atEnd) {
            return;
          }
        }
      } else if ((atEnd || out[read] != '/') && written > 0) {
        hitRoot = false;
      }
    }
    copy();
  }

  /** Only where it looks does it turn them: a run of mixed slashes keeps its last one. */
  private void turnBackslashes() {
    for (int at = read; windows && at <= Math.min(read + 1, last); at++) {
      if (out[at] == '\\') {
        out[at] = '/';
      }
    }
  }

  /** Takes a reference out of what is written; false where the dot is to be copied as it is. */
  private boolean removeReference(boolean atEnd) {
    if (written > 0 && out[written - 1] == '.') {
      if (relative && (hitRoot || written - 2 <= 0)) {
        hitRoot = true;
        return false;
      }
      dropSegment(atEnd);
    } else if (written > 0) {
      if (out[written - 1] != '/') {
        return false;
      }
      if (!atEnd) {
        written--;
      }
    }
    return true;
  }

  private void dropSegment(boolean atEnd) {
    int at = written - 3;
    while (at > 0 && out[at] != '/') {
      at--;
    }
    if (at <= 0) {
      hitRoot = true;
      at = !relative && atEnd ? 1 : 0;
    }
    written = at;
  }

  private void copy() {
    if (out[read] == '/') {
      while (read < last && slash(read + 1)) {
        read++;
      }
      if (relative && written == 0) {
        read++;
        return;
      }
    }
    out[written++] = out[read++];
  }
}

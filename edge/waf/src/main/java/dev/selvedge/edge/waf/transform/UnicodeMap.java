package dev.selvedge.edge.waf.transform;

import dev.selvedge.edge.waf.bytes.Bytes;

/**
 * Best-fit mapping of %uXXXX to one byte for one code page (SecUnicodeMapFile).
 *
 * <p>Immutable.
 */
public final class UnicodeMap {
  public static final UnicodeMap NONE = new UnicodeMap(new short[0]);

  private static final int CODES = 0x10000;

  private final short[] bytes;

  private UnicodeMap(short[] bytes) {
    this.bytes = bytes;
  }

  /** Whether there is a map at all. */
  boolean given() {
    return bytes.length > 0;
  }

  /** The mapped byte, or -1 where the map has none. */
  int of(int code) {
    return bytes.length == 0 ? -1 : bytes[code];
  }

  /**
   * Reads the section of one code page out of a mapping file: a line that starts with the code
   * page's number, then lines of {@code hex:hex} pairs, up to an empty line.
   *
   * @throws IllegalArgumentException where the file has no such section
   */
  public static UnicodeMap parse(byte[] file, String codePage) {
    short[] map = new short[CODES];
    java.util.Arrays.fill(map, (short) -1);
    boolean inside = false;
    boolean seen = false;
    for (String line : Bytes.text(file).split("\r?\n", -1)) {
      String text = line.strip();
      if (text.startsWith("#")) {
        continue;
      }
      if (text.equals(codePage) || text.startsWith(codePage + " ")) {
        inside = true;
        seen = true;
      } else if (inside) {
        if (text.isEmpty()) {
          break;
        }
        for (String pair : text.split("\\s+", -1)) {
          put(map, pair);
        }
      }
    }
    if (!seen) {
      throw new IllegalArgumentException("no code page " + codePage + " in unicode map");
    }
    return new UnicodeMap(map);
  }

  private static void put(short[] map, String pair) {
    int colon = pair.indexOf(':');
    if (colon <= 0) {
      return;
    }
    try {
      int code = Integer.parseInt(pair, 0, colon, 16);
      if (code < CODES) {
        map[code] = (short) Integer.parseInt(pair, colon + 1, pair.length(), 16);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("bad pair in unicode map: " + pair, e);
    }
  }
}

package dev.selvedge.edge.proxy.h1;

/** Classes of bytes in a message head (RFC 9110, 5.5 and 5.6.2). Immutable. */
final class Octets {

  /** Lower case of a token character; 0 for every other byte. */
  static final byte[] TOKEN_LOWER = tokens();

  /** Whether a byte may stand in a field value: HT, SP, visible ASCII, 0x80–0xFF. */
  static final boolean[] VALUE = values();

  private Octets() {}

  static boolean token(byte b) {
    return TOKEN_LOWER[b & 0xFF] != 0;
  }

  /** Value of a hexadecimal digit, or −1. */
  static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private static byte[] tokens() {
    byte[] table = new byte[256];
    for (char c = '0'; c <= '9'; c++) {
      table[c] = (byte) c;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      table[c] = (byte) c;
      table[c - 0x20] = (byte) c;
    }
    String marks = "!#$%&'*+-.^_`|~";
    for (int i = 0; i < marks.length(); i++) {
      table[marks.charAt(i)] = (byte) marks.charAt(i);
    }
    return table;
  }

  private static boolean[] values() {
    boolean[] table = new boolean[256];
    for (int b = 0x20; b < 256; b++) {
      table[b] = b != 0x7F;
    }
    table['\t'] = true;
    return table;
  }
}

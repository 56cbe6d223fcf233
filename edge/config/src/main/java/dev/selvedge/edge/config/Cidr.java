package dev.selvedge.edge.config;

import java.util.Arrays;

/** A block of addresses, IPv4 or IPv6, host bits zero. Immutable. */
public final class Cidr {

  private final byte[] address;
  private final int prefixLength;

  /**
   * @param address 4 or 16 bytes; bits behind the prefix are cleared
   * @param prefixLength 0–32 or 0–128
   */
  public Cidr(byte[] address, int prefixLength) {
    if ((address.length != 4 && address.length != 16)
        || prefixLength < 0
        || prefixLength > address.length * 8) {
      throw new IllegalArgumentException("not an address block");
    }
    byte[] copy = address.clone();
    for (int bit = prefixLength; bit < copy.length * 8; bit++) {
      copy[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
    }
    this.address = copy;
    this.prefixLength = prefixLength;
  }

  /** Bytes of its addresses: 4 or 16. */
  public int addressLength() {
    return address.length;
  }

  /** Leading bits that all its addresses share. */
  public int prefixLength() {
    return prefixLength;
  }

  /** Whether the address (4 or 16 bytes) lies in the block; families never match each other. */
  public boolean contains(byte[] candidate) {
    if (candidate.length != address.length) {
      return false;
    }
    int whole = prefixLength >> 3;
    for (int i = 0; i < whole; i++) {
      if (candidate[i] != address[i]) {
        return false;
      }
    }
    int rest = prefixLength & 7;
    return rest == 0 || ((candidate[whole] ^ address[whole]) & (0xFF00 >> rest) & 0xFF) == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr that
        && prefixLength == that.prefixLength
        && Arrays.equals(address, that.address);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(address) + prefixLength;
  }

  @Override
  public String toString() {
    try {
      return java.net.InetAddress.getByAddress(address).getHostAddress() + "/" + prefixLength;
    } catch (java.net.UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}

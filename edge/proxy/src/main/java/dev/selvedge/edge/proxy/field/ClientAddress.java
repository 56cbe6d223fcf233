package dev.selvedge.edge.proxy.field;

import dev.selvedge.edge.config.Cidr;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as bytes and text, and whom to trust. Immutable.
 *
 * <p>Reading a forwarded field goes from right to left: each entry was written by the peer to its
 * right, so it is believed as long as that peer is trusted; the first untrusted address is the
 * client (EDGE 1).
 */
public final class ClientAddress {

  /** Entries read at the most; a longer chain ends at its last entry read. */
  private static final int MAX_HOPS = 32;

  private ClientAddress() {}

  /** The address in 4 or 16 bytes; IPv4 mapped into IPv6 becomes IPv4. */
  public static byte[] canonical(InetAddress address) {
    return unmapped(address.getAddress());
  }

  /** IPv4 mapped into IPv6 becomes IPv4; everything else stays. */
  public static byte[] unmapped(byte[] bytes) {
    if (bytes.length != 16 || bytes[10] != (byte) 0xFF || bytes[11] != (byte) 0xFF) {
      return bytes;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return bytes;
      }
    }
    return java.util.Arrays.copyOfRange(bytes, 12, 16);
  }

  /** The address as text: dotted, or RFC 5952. */
  public static String text(byte[] address) {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(address));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  public static boolean trusted(List<Cidr> trusted, byte[] address) {
    for (int i = 0; i < trusted.size(); i++) {
      if (trusted.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The client that the values of X-Forwarded-For name, lines joined in order.
   *
   * @return null where the rightmost entry is not an address: then the peer itself is the client
   */
  public static byte @Nullable [] fromForwardedFor(String values, List<Cidr> trusted) {
    byte[] client = null;
    int end = values.length();
    for (int hops = 0; end >= 0 && hops < MAX_HOPS; hops++) {
      int comma = values.lastIndexOf(',', end - 1);
      byte[] address = parse(values.substring(comma + 1, end).strip());
      if (address == null) {
        return client;
      }
      client = address;
      if (!trusted(trusted, address)) {
        return client;
      }
      end = comma;
    }
    return client;
  }

  /** The same for the {@code for} parameters of Forwarded (RFC 7239). */
  public static byte @Nullable [] fromForwarded(String values, List<Cidr> trusted) {
    byte[] client = null;
    int end = values.length();
    for (int hops = 0; end >= 0 && hops < MAX_HOPS; hops++) {
      int comma = separatorBefore(values, end);
      byte[] address = forParameter(values.substring(comma + 1, end));
      if (address == null) {
        return client;
      }
      client = address;
      if (!trusted(trusted, address)) {
        return client;
      }
      end = comma;
    }
    return client;
  }

  /** The last comma before {@code end} that does not stand in a quoted string, or −1. */
  private static int separatorBefore(String values, int end) {
    boolean quoted = false;
    for (int i = end - 1; i >= 0; i--) {
      char c = values.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  private static byte @Nullable [] forParameter(String element) {
    for (String pair : element.split(";", -1)) {
      String trimmed = pair.strip();
      if (trimmed.regionMatches(true, 0, "for=", 0, 4)) {
        String value = trimmed.substring(4);
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
          value = value.substring(1, value.length() - 1);
        }
        return parse(value);
      }
    }
    return null;
  }

  /** An address with or without a port, IPv6 with or without brackets; null where it is none. */
  public static byte @Nullable [] parse(String text) {
    String address = text;
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0) {
        return null;
      }
      address = text.substring(1, close);
    } else {
      int colon = text.indexOf(':');
      if (colon >= 0 && colon == text.lastIndexOf(':')) {
        address = text.substring(0, colon);
      }
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null ? null : unmapped(bytes);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

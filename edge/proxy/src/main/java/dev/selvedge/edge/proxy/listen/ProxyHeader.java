package dev.selvedge.edge.proxy.listen;

import dev.selvedge.edge.proxy.field.ClientAddress;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, version 1 or 2 (HAProxy's proxy-protocol.txt), strictly:
 * anything that is not exactly a header is refused. A pure function of the bytes so far.
 */
final class ProxyHeader {

  /** What the bytes mean. */
  sealed interface Result {
    /** More bytes are needed. */
    record Partial() implements Result {}

    /** Not a header. */
    record Broken() implements Result {}

    /**
     * A header.
     *
     * @param source the client's address; null where the sender speaks for itself (LOCAL, UNKNOWN)
     * @param length bytes of the header
     */
    record Header(byte @Nullable [] source, int length) implements Result {}
  }

  private static final Result PARTIAL = new Result.Partial();
  private static final Result BROKEN = new Result.Broken();
  private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V2 = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };
  private static final int V1_MAX = 107;
  private static final int V2_FIXED = 16;
  private static final int V2_MAX = V2_FIXED + 536;

  private ProxyHeader() {}

  /** Reads without consuming. */
  static Result read(ByteBuf in) {
    int available = in.readableBytes();
    if (available == 0) {
      return PARTIAL;
    }
    boolean binary = in.getByte(in.readerIndex()) == V2[0];
    byte[] magic = binary ? V2 : V1;
    for (int i = 0; i < Math.min(magic.length, available); i++) {
      if (in.getByte(in.readerIndex() + i) != magic[i]) {
        return BROKEN;
      }
    }
    return binary ? version2(in, available) : version1(in, available);
  }

  private static Result version1(ByteBuf in, int available) {
    int scan = Math.min(available, V1_MAX);
    int line = in.indexOf(in.readerIndex(), in.readerIndex() + scan, (byte) '\n');
    if (line < 0) {
      return available >= V1_MAX ? BROKEN : PARTIAL;
    }
    int length = line - in.readerIndex() + 1;
    if (length < 2 || in.getByte(line - 1) != '\r') {
      return BROKEN;
    }
    String text = in.toString(in.readerIndex(), length - 2, StandardCharsets.US_ASCII);
    String[] parts = text.split(" ", -1);
    if (parts.length >= 2 && parts[1].equals("UNKNOWN")) {
      return new Result.Header(null, length);
    }
    boolean shaped =
        parts.length == 6
            && (parts[1].equals("TCP4") || parts[1].equals("TCP6"))
            && port(parts[4])
            && port(parts[5]);
    if (!shaped) {
      return BROKEN;
    }
    boolean v6 = parts[1].equals("TCP6");
    byte[] source = v6 ? version6(parts[2]) : version4(parts[2]);
    byte[] destination = v6 ? version6(parts[3]) : version4(parts[3]);
    if (source == null || destination == null) {
      return BROKEN;
    }
    return new Result.Header(source, length);
  }

  /** Four numbers without leading zeros, which some read as octal. */
  private static byte @Nullable [] version4(String text) {
    byte[] address = ClientAddress.parse(text);
    return address != null && ClientAddress.text(address).equals(text) && text.indexOf(':') < 0
        ? address
        : null;
  }

  /** An address alone: no brackets, no zone, and not a dotted one with a port. */
  private static byte @Nullable [] version6(String text) {
    boolean plain = text.indexOf('[') < 0 && text.indexOf('%') < 0;
    return plain && text.indexOf(':') != text.lastIndexOf(':') ? ClientAddress.parse(text) : null;
  }

  private static boolean port(String text) {
    if (text.isEmpty() || text.length() > 5 || (text.length() > 1 && text.charAt(0) == '0')) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return Integer.parseInt(text) <= 65_535;
  }

  private static Result version2(ByteBuf in, int available) {
    if (available < V2_FIXED) {
      return PARTIAL;
    }
    int at = in.readerIndex();
    int command = in.getUnsignedByte(at + 12);
    int family = in.getUnsignedByte(at + 13);
    int addresses = in.getUnsignedShort(at + 14);
    int length = V2_FIXED + addresses;
    if (command >> 4 != 2 || (command & 0xF) > 1 || length > V2_MAX) {
      return BROKEN;
    }
    if (available < length) {
      return PARTIAL;
    }
    if ((command & 0xF) == 0 || family == 0) {
      return new Result.Header(null, length);
    }
    int size =
        switch (family >> 4) {
          case 1 -> 4;
          case 2 -> 16;
          default -> 0;
        };
    if (size == 0 || (family & 0xF) != 1 || addresses < 2 * size + 4) {
      return BROKEN;
    }
    byte[] source = new byte[size];
    in.getBytes(at + V2_FIXED, source);
    return new Result.Header(ClientAddress.unmapped(Arrays.copyOf(source, size)), length);
  }
}

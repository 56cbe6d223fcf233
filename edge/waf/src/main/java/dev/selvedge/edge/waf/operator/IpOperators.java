package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether an address lies in one of the listed networks, IPv4 or IPv6. Immutable. */
final class IpOperators {
  @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
  private record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      return rest == 0 || ((address[whole] ^ other[whole]) & 0xFF) >> (8 - rest) == 0;
    }
  }

  private IpOperators() {}

  static Operator inline(String argument) {
    List<Network> networks = new ArrayList<>();
    for (String part : argument.split(",", -1)) {
      if (!part.isBlank()) {
        networks.add(network(part.strip()));
      }
    }
    return operator(networks);
  }

  static Operator fromFiles(String argument, Operators.Files files) {
    List<Network> networks = new ArrayList<>();
    for (byte[] line : Phrases.lines(files.read(argument.strip()))) {
      String text = Bytes.text(line);
      int comment = text.indexOf('#');
      networks.add(network((comment < 0 ? text : text.substring(0, comment)).strip()));
    }
    return operator(networks);
  }

  private static Operator operator(List<Network> networks) {
    return (value, _) -> {
      int nul = Bytes.indexOf(value, 0, 0, value.length);
      byte[] address = IpAddress.parse(Bytes.text(value, 0, nul < 0 ? value.length : nul));
      if (address == null) {
        return false;
      }
      for (Network network : networks) {
        if (network.contains(address)) {
          return true;
        }
      }
      return false;
    };
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new IllegalArgumentException("not an address or network: " + text);
    }
    int bits = address.length * 8;
    if (slash >= 0) {
      int given = Bytes.atoi(Bytes.of(text.substring(slash + 1)));
      if (given < 0 || given > bits) {
        throw new IllegalArgumentException("bad prefix length: " + text);
      }
      bits = given;
    }
    return new Network(address, bits);
  }
}

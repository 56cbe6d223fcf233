package dev.selvedge.edge.protocol.grpc;

import java.net.InetSocketAddress;

/** {@code HOST:PORT}, with an IPv6 host in brackets. */
public final class Addresses {

  private Addresses() {}

  /** Resolves; throws {@link IllegalArgumentException} where the text is no address. */
  public static InetSocketAddress parse(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("not HOST:PORT: " + address);
    }
    String host = address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
  }
}

package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.schema.Spot;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads addresses, address blocks and host names. Never asks a resolver. */
public final class Addresses {

  private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*\\.?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*):([0-9]{1,5})");
  private static final int NAME_MAX = 253;
  private static final int PORT_MAX = 65_535;

  private Addresses() {}

  /** Port 0 is a free one. */
  public static @Nullable Address listening(String text, Spot spot) {
    return address(text, 0, spot);
  }

  public static @Nullable Address target(String text, Spot spot) {
    return address(text, 1, spot);
  }

  private static @Nullable Address address(String text, int portMin, Spot spot) {
    Matcher form = HOST_AND_PORT.matcher(text);
    if (!form.matches()) {
      boolean bareIpv6 = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
      return spot.refuse(
          "\"" + text + "\" is not HOST:PORT, such as \"127.0.0.1:8080\"",
          bareIpv6 && literal(text) != null ? "[" + text + "]:8080" : null);
    }
    String host = form.group(1);
    int port = Integer.parseInt(form.group(2));
    if (host.isEmpty() || host.equals("*")) {
      return spot.refuse("the host is missing in \"" + text + "\"", "0.0.0.0:" + port);
    }
    if (port < portMin || port > PORT_MAX) {
      return spot.refuse("the port must be " + portMin + " to 65,535, not " + port);
    }
    boolean bracketed = host.startsWith("[");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    if (bracketed ? literal(bare) == null || bare.indexOf(':') < 0 : !isHost(host)) {
      return spot.refuse("\"" + host + "\" is neither an address nor a host name");
    }
    return new Address(bare, port);
  }

  /** A name, or an IPv4 address with every number in range. */
  private static boolean isHost(String text) {
    return NUMERIC.matcher(text).matches()
        ? literal(text) != null
        : text.length() <= NAME_MAX && NAME.matcher(text).matches();
  }

  /** The bytes of an IPv4 or IPv6 address; null where the text is neither. */
  private static byte @Nullable [] literal(String text) {
    boolean ipv6 = text.indexOf(':') >= 0;
    if (ipv6 ? text.indexOf('%') >= 0 : !IPV4.matcher(text).matches()) {
      return null;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      return ipv6 && address instanceof Inet4Address ? null : address.getAddress();
    } catch (IllegalArgumentException notALiteral) {
      return null;
    }
  }

  public static @Nullable Cidr cidr(String text, Spot spot) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = literal(slash < 0 ? text : text.substring(0, slash));
    String length = slash < 0 ? "" : text.substring(slash + 1);
    if (address == null || !(slash < 0 || length.matches("[0-9]{1,3}"))) {
      return spot.refuse(
          "\"" + text + "\" is neither an address nor an address block, such as \"10.0.0.0/8\"");
    }
    int bits = slash < 0 ? address.length * 8 : Integer.parseInt(length);
    if (bits > address.length * 8) {
      return spot.refuse("the prefix of \"" + text + "\" must be 0 to " + address.length * 8);
    }
    Cidr block = new Cidr(address, bits);
    return isFirst(address, bits)
        ? block
        : spot.refuse("\"" + text + "\" has bits set behind its prefix", block.toString());
  }

  /** Whether all bits behind the prefix are zero. */
  private static boolean isFirst(byte[] address, int bits) {
    for (int bit = bits; bit < address.length * 8; bit++) {
      if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
        return false;
      }
    }
    return true;
  }

  /** {@code a.example} or {@code *.a.example}, in lower case, without port and final dot. */
  public static @Nullable HostMatch host(String text, Spot spot) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean wildcard = lower.startsWith("*.");
    String name = wildcard ? lower.substring(2) : lower;
    Matcher withPort = HOST_AND_PORT.matcher(name);
    if (withPort.matches()) {
      return spot.refuse(
          "a host is compared without its port", (wildcard ? "*." : "") + withPort.group(1));
    }
    boolean ipv6 =
        name.startsWith("[")
            && name.endsWith("]")
            && literal(name.substring(1, name.length() - 1)) != null;
    if (!ipv6 && !isHost(name)) {
      return spot.refuse(
          "\"" + text + "\" is not a host, such as \"a.example\" or \"*.a.example\"");
    }
    if (name.endsWith(".")) {
      return spot.refuse(
          "a host is compared without its final dot", lower.substring(0, lower.length() - 1));
    }
    return wildcard ? new HostMatch.Wildcard("." + name) : new HostMatch.Exact(name);
  }
}

package dev.selvedge.edge.proxy.h1;

import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an Upgrade field offers and what was chosen from it (RFC 9110, 7.8). Stateless. */
public final class Upgrade {

  private Upgrade() {}

  /**
   * What a request offers, as sent; null where it offers nothing that is passed on: more than one
   * field line, or HTTP/2 in the clear, which would leave the proxy blind.
   */
  static byte @Nullable [] offer(HttpHead request) {
    int at = request.find(KnownField.UPGRADE, 0);
    boolean single = at >= 0 && request.find(KnownField.UPGRADE, at + 1) < 0;
    if (!single || Framing.hasToken(request, at, "h2c")) {
      return null;
    }
    return value(request, at);
  }

  /** What the answer chose; null where it chose nothing or something that was not offered. */
  public static byte @Nullable [] chosen(HttpHead response, byte[] offer) {
    int at = response.find(KnownField.UPGRADE, 0);
    if (at < 0) {
      return null;
    }
    byte[] protocol = value(response, at);
    HttpHead list = new HttpHead();
    int start = list.append(offer, 0, offer.length);
    list.addField(start, 0, start, offer.length);
    String chosen = new String(protocol, StandardCharsets.ISO_8859_1);
    return Framing.hasToken(list, 0, chosen.toLowerCase(Locale.ROOT)) ? protocol : null;
  }

  private static byte[] value(HttpHead head, int at) {
    int start = head.valueStart(at);
    return Arrays.copyOfRange(head.bytes(), start, start + head.valueLength(at));
  }
}

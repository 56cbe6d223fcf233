package dev.selvedge.edge.proxy.field;

import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.SystemConfig.ForwardedField;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import dev.selvedge.kernel.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cleans a request's fields so that nothing behind the proxy believes what the client made up, and
 * adds what only the proxy knows (EDGE 1, field hygiene).
 *
 * <p>Removed: hop-by-hop and framing fields, fields named in {@code Connection}, names with an
 * underscore (many backends fold {@code X_User_Id} into {@code X-User-Id}); from untrusted peers
 * also all forwarding fields ({@code x-forwarded-} and anything), the configured identity fields
 * and {@code x-request-id}. {@code Connection} may name no field that the proxy itself writes: such
 * a request asks the next hop to lose it. Ours are added after that. Trailers are held to the same:
 * many backends merge them into the fields of the head. Immutable.
 */
public final class FieldHygiene {

  private static final byte[] X_FORWARDED_FOR = name(KnownField.X_FORWARDED_FOR);
  private static final byte[] X_FORWARDED_PROTO = name(KnownField.X_FORWARDED_PROTO);
  private static final byte[] X_FORWARDED_HOST = name(KnownField.X_FORWARDED_HOST);
  private static final byte[] X_REQUEST_ID = name(KnownField.X_REQUEST_ID);
  private static final byte[] X_FORWARDED = ClientAddress.ascii("x-forwarded-");
  private static final byte[] CONTENT = ClientAddress.ascii("content-");
  private static final byte[] HTTP = ClientAddress.ascii("http");
  private static final byte[] HTTPS = ClientAddress.ascii("https");
  private static final byte[] COMMA = ClientAddress.ascii(", ");
  private static final int MAX_FOREIGN_ID = 128;

  private final List<Cidr> trusted;
  private final ForwardedField believed;
  private final byte[][] identityFields;

  public FieldHygiene(SystemConfig system) {
    trusted = system.trustedProxies();
    believed = system.forwarded();
    identityFields =
        system.identityFields().stream().map(ClientAddress::ascii).toArray(byte[][]::new);
  }

  /**
   * Removes what must not be believed.
   *
   * @return null, or why the request is refused
   */
  public @Nullable FailureCode clean(HttpHead head, Peer peer) {
    FailureCode refused = connectionOptions(head);
    if (refused != null) {
      return refused;
    }
    for (int i = head.fieldCount() - 1; i >= 0; i--) {
      if (removed(head, i, peer.trusted())) {
        head.removeField(i);
      }
    }
    return null;
  }

  private boolean removed(HttpHead head, int index, boolean fromTrusted) {
    int known = head.knownId(index);
    if (known != KnownField.NONE) {
      return switch (KnownField.of(known).role()) {
        case HOP, FRAMING -> true;
        case FORWARDING -> !fromTrusted || unbelieved(known);
        case IDENTITY -> !fromTrusted;
        case PLAIN, ROUTING -> false;
      };
    }
    return hasUnderscore(head, index)
        || !fromTrusted && (begins(head, index, X_FORWARDED) || identifies(head, index));
  }

  private boolean identifies(HttpHead head, int index) {
    for (byte[] identity : identityFields) {
      if (head.nameIs(index, identity)) {
        return true;
      }
    }
    return false;
  }

  private static boolean begins(HttpHead head, int index, byte[] prefix) {
    int start = head.nameStart(index);
    return head.nameLength(index) >= prefix.length
        && Arrays.equals(head.bytes(), start, start + prefix.length, prefix, 0, prefix.length);
  }

  /** Removes from a request's trailers what an untrusted peer may not say in its head either. */
  public void cleanTrailers(HttpHead trailers, Peer peer) {
    for (int i = trailers.fieldCount() - 1; i >= 0; i--) {
      if (!peer.trusted() && identifies(trailers, i)) {
        trailers.removeField(i);
      }
    }
  }

  /** Of X-Forwarded-For and Forwarded only the configured one may reach the backend. */
  private boolean unbelieved(int known) {
    return switch (believed) {
      case X_FORWARDED_FOR -> known == KnownField.FORWARDED.id();
      case FORWARDED -> known == KnownField.X_FORWARDED_FOR.id();
    };
  }

  private static boolean hasUnderscore(HttpHead head, int index) {
    byte[] bytes = head.bytes();
    int end = head.nameStart(index) + head.nameLength(index);
    for (int i = head.nameStart(index); i < end; i++) {
      if (bytes[i] == '_') {
        return true;
      }
    }
    return false;
  }

  /** Removes the fields that Connection names; refuses names of fields that the proxy writes. */
  private static @Nullable FailureCode connectionOptions(HttpHead head) {
    for (int at = head.find(KnownField.CONNECTION, 0);
        at >= 0;
        at = head.find(KnownField.CONNECTION, at + 1)) {
      List<byte[]> options = options(head, at);
      for (byte[] option : options) {
        int known = KnownField.id(option, 0, option.length);
        if (known != KnownField.NONE && ours(KnownField.of(known))) {
          return FailureCode.BAD_FIELD;
        }
      }
      for (byte[] option : options) {
        int known = KnownField.id(option, 0, option.length);
        if (known == KnownField.NONE || KnownField.of(known).role() == KnownField.Role.PLAIN) {
          int before = countBefore(head, option, at);
          head.removeFields(option);
          at -= before;
        }
      }
    }
    return null;
  }

  private static int countBefore(HttpHead head, byte[] name, int end) {
    int count = 0;
    for (int i = head.find(name, 0); i >= 0 && i < end; i = head.find(name, i + 1)) {
      count++;
    }
    return count;
  }

  private static boolean ours(KnownField field) {
    return switch (field.role()) {
      case FRAMING, ROUTING, FORWARDING, IDENTITY -> true;
      case HOP -> false;
      case PLAIN ->
          field == KnownField.TRACEPARENT
              || field == KnownField.TRACESTATE
              || field == KnownField.AUTHORIZATION
              || field == KnownField.COOKIE
              || field == KnownField.CONTENT_TYPE
              || field == KnownField.CONTENT_ENCODING;
    };
  }

  /** The options of one Connection line that can name fields, in lower case. */
  private static List<byte[]> options(HttpHead head, int index) {
    int length = head.valueLength(index);
    if (length == 10 || length == 5) {
      String only = head.value(index);
      if (only.equalsIgnoreCase("keep-alive") || only.equalsIgnoreCase("close")) {
        return List.of();
      }
    }
    List<byte[]> options = new ArrayList<>();
    for (String option : head.value(index).split(",", -1)) {
      String name = option.strip().toLowerCase(java.util.Locale.ROOT);
      if (!name.isEmpty() && !name.equals("close") && !name.equals("keep-alive")) {
        options.add(name.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return options;
  }

  /**
   * The client's address: the peer's own, or what the believed field of a trusted peer says. Call
   * after {@link #clean}.
   */
  public byte[] client(HttpHead head, Peer peer) {
    if (!peer.trusted()) {
      return peer.address();
    }
    KnownField field =
        switch (believed) {
          case X_FORWARDED_FOR -> KnownField.X_FORWARDED_FOR;
          case FORWARDED -> KnownField.FORWARDED;
        };
    int at = head.find(field, 0);
    if (at < 0) {
      return peer.address();
    }
    StringBuilder values = new StringBuilder(head.value(at));
    for (at = head.find(field, at + 1); at >= 0; at = head.find(field, at + 1)) {
      values.append(',').append(head.value(at));
    }
    byte[] client =
        switch (believed) {
          case X_FORWARDED_FOR -> ClientAddress.fromForwardedFor(values.toString(), trusted);
          case FORWARDED -> ClientAddress.fromForwarded(values.toString(), trusted);
        };
    return client == null ? peer.address() : client;
  }

  /** Adds the fields that tell the backend who asked, for what, over what. */
  public void addForwarding(HttpHead head, Peer peer, RequestTarget target) {
    switch (believed) {
      case X_FORWARDED_FOR ->
          append(head, KnownField.X_FORWARDED_FOR, X_FORWARDED_FOR, peer.text());
      case FORWARDED ->
          append(head, KnownField.FORWARDED, name(KnownField.FORWARDED), forwardedElement(peer));
    }
    if (head.find(KnownField.X_FORWARDED_PROTO, 0) < 0) {
      head.addField(X_FORWARDED_PROTO, peer.secure() ? HTTPS : HTTP);
    }
    if (head.find(KnownField.X_FORWARDED_HOST, 0) < 0) {
      byte[] source = target.source();
      int start = target.hostStart();
      int nameStart = head.append(X_FORWARDED_HOST, 0, X_FORWARDED_HOST.length);
      int valueStart = head.append(source, start, target.authorityLength());
      head.addField(nameStart, X_FORWARDED_HOST.length, valueStart, target.authorityLength());
    }
  }

  private static byte[] forwardedElement(Peer peer) {
    String text = new String(peer.text(), StandardCharsets.US_ASCII);
    String node = peer.address().length == 16 ? "\"[" + text + "]\"" : text;
    return ClientAddress.ascii("for=" + node + ";proto=" + (peer.secure() ? "https" : "http"));
  }

  /** Joins all lines of a list field and the new element into one line. */
  private static void append(HttpHead head, KnownField field, byte[] name, byte[] element) {
    int at = head.find(field, 0);
    if (at < 0) {
      head.addField(name, element);
      return;
    }
    int nameStart = head.append(name, 0, name.length);
    int valueStart = head.length();
    for (; at >= 0; at = head.find(field, at + 1)) {
      head.reserve(head.valueLength(at) + COMMA.length);
      head.append(head.bytes(), head.valueStart(at), head.valueLength(at));
      head.append(COMMA, 0, COMMA.length);
    }
    head.append(element, 0, element.length);
    head.removeFields(name);
    head.addField(nameStart, name.length, valueStart, head.length() - valueStart);
  }

  /** Index of a trusted peer's request id that may be taken over, or −1. Call after clean. */
  public static int foreignId(HttpHead head) {
    int at = head.find(KnownField.X_REQUEST_ID, 0);
    if (at < 0) {
      return -1;
    }
    boolean usable =
        head.valueLength(at) > 0
            && head.valueLength(at) <= MAX_FOREIGN_ID
            && head.find(KnownField.X_REQUEST_ID, at + 1) < 0;
    for (int i = head.valueStart(at);
        usable && i < head.valueStart(at) + head.valueLength(at);
        i++) {
      byte b = head.bytes()[i];
      usable = b > ' ' && b < 0x7F && b != '"' && b != '\\';
    }
    return usable ? at : -1;
  }

  /** Replaces the request id by ours. */
  public static void requestId(HttpHead head, byte[] id) {
    if (head.find(KnownField.X_REQUEST_ID, 0) >= 0) {
      head.removeFields(X_REQUEST_ID);
    }
    head.addField(X_REQUEST_ID, id);
  }

  /**
   * Whether an answer's field goes where Connection names it. Not what says how to read the body:
   * without it the body would be read as something else.
   */
  private static boolean ofItsConnection(KnownField field) {
    return field.role() == KnownField.Role.PLAIN
        && field != KnownField.CONTENT_TYPE
        && field != KnownField.CONTENT_ENCODING
        && field != KnownField.CONTENT_RANGE;
  }

  /** Removes from an answer what belongs to the upstream's connection. */
  public static void cleanResponse(HttpHead head) {
    for (int at = head.find(KnownField.CONNECTION, 0);
        at >= 0;
        at = head.find(KnownField.CONNECTION, at + 1)) {
      for (byte[] option : options(head, at)) {
        int known = KnownField.id(option, 0, option.length);
        if (known == KnownField.NONE || ofItsConnection(KnownField.of(known))) {
          at -= countBefore(head, option, at);
          head.removeFields(option);
        }
      }
    }
    for (int i = head.fieldCount() - 1; i >= 0; i--) {
      int known = head.knownId(i);
      if (known != KnownField.NONE) {
        switch (KnownField.of(known).role()) {
          case HOP, FRAMING, IDENTITY -> head.removeField(i);
          case PLAIN, ROUTING, FORWARDING -> {}
        }
      }
    }
  }

  /**
   * Whether a trailer may be forwarded, whoever sent it: not framing, routing, authentication,
   * content or forwarding.
   */
  public static boolean trailerAllowed(HttpHead head, int index) {
    int known = head.knownId(index);
    if (known == KnownField.NONE) {
      return !hasUnderscore(head, index)
          && !begins(head, index, X_FORWARDED)
          && !begins(head, index, CONTENT);
    }
    return switch (KnownField.of(known)) {
      case ETAG, LAST_MODIFIED -> true;
      default -> false;
    };
  }

  private static byte[] name(KnownField field) {
    return Arrays.copyOf(ClientAddress.ascii(field.fieldName()), field.fieldName().length());
  }
}

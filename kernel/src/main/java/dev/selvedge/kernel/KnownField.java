package dev.selvedge.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Field names the program gives a meaning to, recognised without a String while a head is parsed.
 *
 * <p>Lookup is one multiplicative hash of the length and three bytes into a table that has no
 * collision between known names (the constructor of the table searches for such a multiplier), then
 * one comparison. Immutable.
 */
public enum KnownField {
  ACCEPT_ENCODING,
  ACCEPT_RANGES,
  ALT_SVC,
  AUTHORIZATION,
  CACHE_CONTROL,
  CONNECTION(Role.HOP),
  CONTENT_ENCODING,
  CONTENT_LENGTH(Role.FRAMING),
  CONTENT_RANGE,
  CONTENT_TYPE,
  COOKIE,
  DATE,
  ETAG,
  EXPECT,
  FORWARDED(Role.FORWARDING),
  HOST(Role.ROUTING),
  HTTP2_SETTINGS(Role.HOP),
  IF_MODIFIED_SINCE,
  IF_NONE_MATCH,
  IF_MATCH,
  IF_UNMODIFIED_SINCE,
  IF_RANGE,
  KEEP_ALIVE(Role.HOP),
  LAST_MODIFIED,
  LOCATION,
  MAX_FORWARDS,
  PROXY_AUTHENTICATE(Role.HOP),
  PROXY_AUTHORIZATION(Role.HOP),
  PROXY_CONNECTION(Role.HOP),
  RANGE,
  REFERER,
  RETRY_AFTER,
  SERVER,
  SET_COOKIE,
  TE(Role.HOP),
  TRACEPARENT,
  TRACESTATE,
  TRAILER(Role.HOP),
  TRANSFER_ENCODING(Role.FRAMING),
  UPGRADE(Role.HOP),
  USER_AGENT,
  VARY,
  VIA,
  WWW_AUTHENTICATE,
  X_FORWARDED_FOR(Role.FORWARDING),
  X_FORWARDED_HOST(Role.FORWARDING),
  X_FORWARDED_PORT(Role.FORWARDING),
  X_FORWARDED_PROTO(Role.FORWARDING),
  X_REAL_IP(Role.FORWARDING),
  X_REQUEST_ID(Role.IDENTITY);

  /** Why the dataplane treats a field specially. */
  public enum Role {
    /** Forwarded like any other. */
    PLAIN,
    /** Belongs to one connection; never forwarded. */
    HOP,
    /** Says where a message ends; written by the codec alone. */
    FRAMING,
    /** Says where a request goes. */
    ROUTING,
    /** Says whom a request comes from; believed only from trusted peers. */
    FORWARDING,
    /** Names the request itself. */
    IDENTITY
  }

  /** {@link #id} of a name that is not known. */
  public static final int NONE = -1;

  private static final KnownField[] VALUES = values();
  private static final Table TABLE = new Table();

  private final byte[] name;
  private final Role role;

  KnownField() {
    this(Role.PLAIN);
  }

  KnownField(Role role) {
    this.name =
        name().replace('_', '-').toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    this.role = role;
  }

  /** The number under which heads remember the field: its ordinal. */
  public int id() {
    return ordinal();
  }

  public Role role() {
    return role;
  }

  /** Lower-case name as on the wire. */
  public String fieldName() {
    return new String(name, StandardCharsets.US_ASCII);
  }

  /** The field with that id. */
  public static KnownField of(int id) {
    return VALUES[id];
  }

  /** The id of the lower-case name in {@code bytes}, or {@link #NONE}. */
  public static int id(byte[] bytes, int offset, int length) {
    return TABLE.id(bytes, offset, length);
  }

  /** A collision-free hash table over the known names. */
  private static final class Table {
    private static final int BITS = 9;
    private static final int SHORTEST = 2;

    private final byte[] slots = new byte[1 << BITS];
    private final int multiplier;

    Table() {
      int candidate = 0x9E3779B1;
      while (!fill(candidate)) {
        candidate += 2;
      }
      multiplier = candidate;
    }

    private boolean fill(int candidate) {
      java.util.Arrays.fill(slots, (byte) NONE);
      for (KnownField field : VALUES) {
        int slot = slot(field.name, 0, field.name.length, candidate);
        if (slots[slot] != NONE) {
          return false;
        }
        slots[slot] = (byte) field.ordinal();
      }
      return true;
    }

    private static int slot(byte[] bytes, int offset, int length, int multiplier) {
      int mix =
          length
              ^ bytes[offset] << 5
              ^ bytes[offset + (length >> 1)] << 12
              ^ bytes[offset + length - 1] << 20
              ^ bytes[offset + length - 2] << 26;
      return mix * multiplier >>> 32 - BITS;
    }

    int id(byte[] bytes, int offset, int length) {
      if (length < SHORTEST) {
        return NONE;
      }
      int id = slots[slot(bytes, offset, length, multiplier)];
      if (id == NONE) {
        return NONE;
      }
      byte[] name = VALUES[id].name;
      return java.util.Arrays.equals(name, 0, name.length, bytes, offset, offset + length)
          ? id
          : NONE;
    }
  }
}

package dev.selvedge.edge.protocol;

import org.jspecify.annotations.Nullable;

/** What an agent can be told about an exchange. Codes are those of both codecs. Immutable. */
public enum EventType {
  REQUEST_HEADERS(0x10),
  REQUEST_BODY(0x11),
  RESPONSE_HEADERS(0x12),
  RESPONSE_BODY(0x13),
  /** Reserved: never sent in version 1. */
  WEBSOCKET_FRAME(0x14),
  REQUEST_COMPLETE(0x15);

  private static final EventType[] VALUES = values();

  private final int code;

  EventType(int code) {
    this.code = code;
  }

  /** The type byte of the event's frame. */
  public int code() {
    return code;
  }

  /** The event's bit in a set of events. */
  public int bit() {
    return 1 << ordinal();
  }

  public boolean in(int events) {
    return (events & bit()) != 0;
  }

  /** The name in configuration files: {@code request_headers}. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The event of that code, or null. */
  public static @Nullable EventType of(int code) {
    int index = code - REQUEST_HEADERS.code;
    return index >= 0 && index < VALUES.length ? VALUES[index] : null;
  }
}

package dev.selvedge.edge.proxy.h1;

import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import org.jspecify.annotations.Nullable;

/**
 * What a head says about its own connection and body: length, persistence, upgrade, expectation.
 * Anything that two recipients could read in two ways is refused (RFC 9112, 6; EDGE 2).
 *
 * <p>Reused through {@link #request} and {@link #response}. Confined to its event loop.
 */
public final class Framing {

  /** {@link #length}: chunked coding. */
  public static final long CHUNKED = -1;

  /** {@link #length}: to the end of the connection; responses only. */
  public static final long UNTIL_CLOSE = -2;

  private static final int DIGITS_MAX = 18;

  private long length;
  private long declared;
  private boolean keepAlive;
  private boolean closeSaid;
  private boolean upgrade;
  private boolean expectContinue;
  private boolean wantsTrailers;
  private @Nullable FailureCode failure;

  /**
   * Reads a request's fields.
   *
   * @return null, or why it is refused
   */
  public @Nullable FailureCode request(HttpHead head, boolean version10) {
    clear(version10);
    fields(head, version10);
    if (failure != null) {
      return failure;
    }
    if (length == UNTIL_CLOSE) {
      length = 0;
    }
    declared = length;
    upgrade &= !version10 && length == 0;
    wantsTrailers &= !version10;
    return null;
  }

  /**
   * Reads a response's fields.
   *
   * @param toHead whether it answers a HEAD request
   * @return null, or {@code UPSTREAM_MALFORMED}
   */
  public @Nullable FailureCode response(HttpHead head, boolean version10, boolean toHead) {
    clear(version10);
    fields(head, version10);
    if (failure != null) {
      return FailureCode.UPSTREAM_MALFORMED;
    }
    declared = length;
    int status = head.status();
    boolean bodiless = toHead || status < 200 || status == 204 || status == 304;
    if (bodiless) {
      length = 0;
    }
    return null;
  }

  private void clear(boolean version10) {
    length = UNTIL_CLOSE;
    keepAlive = !version10;
    closeSaid = false;
    upgrade = false;
    expectContinue = false;
    wantsTrailers = false;
    failure = null;
  }

  private void fields(HttpHead head, boolean version10) {
    boolean chunked = false;
    boolean sized = false;
    int count = head.fieldCount();
    for (int i = 0; i < count; i++) {
      int known = head.knownId(i);
      if (known == KnownField.NONE) {
        continue;
      }
      switch (KnownField.of(known)) {
        case CONTENT_LENGTH -> {
          if (sized || chunked) {
            failure = FailureCode.AMBIGUOUS_FRAMING;
            return;
          }
          sized = true;
          contentLength(head, i);
        }
        case TRANSFER_ENCODING -> {
          if (chunked || sized || version10) {
            failure = FailureCode.AMBIGUOUS_FRAMING;
            return;
          }
          chunked = true;
          transferEncoding(head, i);
        }
        case CONNECTION -> connection(head, i);
        case EXPECT -> expectation(head, i);
        case TE -> wantsTrailers |= hasToken(head, i, "trailers");
        default -> {}
      }
    }
  }

  private void contentLength(HttpHead head, int index) {
    byte[] bytes = head.bytes();
    int start = head.valueStart(index);
    int digits = head.valueLength(index);
    if (digits == 0 || digits > DIGITS_MAX) {
      failure = FailureCode.AMBIGUOUS_FRAMING;
      return;
    }
    long value = 0;
    for (int i = start; i < start + digits; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        failure = FailureCode.AMBIGUOUS_FRAMING;
        return;
      }
      value = value * 10 + digit;
    }
    length = value;
  }

  /** Only {@code chunked} alone is understood; it must be last and must not be repeated. */
  private void transferEncoding(HttpHead head, int index) {
    String value = head.value(index);
    if (value.equalsIgnoreCase("chunked")) {
      length = CHUNKED;
      return;
    }
    String[] codings = value.split(",", -1);
    for (int i = 0; i < codings.length; i++) {
      boolean chunked = codings[i].strip().equalsIgnoreCase("chunked");
      if (chunked != (i == codings.length - 1)) {
        failure = FailureCode.AMBIGUOUS_FRAMING;
        return;
      }
    }
    failure = FailureCode.TRANSFER_CODING_UNSUPPORTED;
  }

  /** "close" wins over "keep-alive" wherever both are said. */
  private void connection(HttpHead head, int index) {
    if (hasToken(head, index, "close")) {
      keepAlive = false;
      closeSaid = true;
    } else if (!closeSaid && hasToken(head, index, "keep-alive")) {
      keepAlive = true;
    }
    upgrade |= hasToken(head, index, "upgrade");
  }

  private void expectation(HttpHead head, int index) {
    if (head.value(index).equalsIgnoreCase("100-continue")) {
      expectContinue = true;
    } else {
      failure = FailureCode.EXPECTATION_UNKNOWN;
    }
  }

  /** Whether a comma-separated list has the token, in any case. */
  public static boolean hasToken(HttpHead head, int index, String token) {
    byte[] bytes = head.bytes();
    int end = head.valueStart(index) + head.valueLength(index);
    int i = head.valueStart(index);
    while (i < end) {
      while (i < end && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == ',')) {
        i++;
      }
      int start = i;
      while (i < end && bytes[i] != ',') {
        i++;
      }
      int last = i;
      while (last > start && (bytes[last - 1] == ' ' || bytes[last - 1] == '\t')) {
        last--;
      }
      if (equalsIgnoreCase(bytes, start, last - start, token)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equalsIgnoreCase(byte[] bytes, int start, int length, String lower) {
    if (length != lower.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte folded = Octets.TOKEN_LOWER[bytes[start + i] & 0xFF];
      if (folded != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of body to read: a count, {@link #CHUNKED} or {@link #UNTIL_CLOSE}. */
  public long length() {
    return length;
  }

  /** What the fields say, also where no body follows (HEAD, 304). */
  public long declared() {
    return declared;
  }

  /** Whether the connection may carry another message after this one. */
  public boolean keepAlive() {
    return keepAlive;
  }

  /** Whether the client offers to leave HTTP. */
  public boolean upgrade() {
    return upgrade;
  }

  public boolean expectContinue() {
    return expectContinue;
  }

  /** Whether the client takes trailers. */
  public boolean wantsTrailers() {
    return wantsTrailers;
  }
}

package dev.selvedge.edge.proxy.service.file;

import org.jspecify.annotations.Nullable;

/** The conditions of a request, evaluated in the order of RFC 9110, 13.2.2. Stateless. */
final class Preconditions {

  /** What the conditions come to. */
  enum Outcome {
    HOLD,
    NOT_MODIFIED,
    FAILED
  }

  /** A date this old or older cannot hide a second change in its second (RFC 9110, 8.8.2.2). */
  private static final long STRONG_AFTER_SECONDS = 60;

  private Preconditions() {}

  /** Evaluates all but If-Range. */
  static Outcome evaluate(StaticRequest request, Representation selected) {
    long now = request.nowSeconds();
    String etag = selected.etag();
    String ifMatch = request.ifMatch();
    Long unmodified = date(request.ifUnmodifiedSince(), now);
    if (ifMatch != null) {
      if (!listed(ifMatch, etag, true)) {
        return Outcome.FAILED;
      }
    } else if (unmodified != null && selected.lastModified(now) > unmodified) {
      return Outcome.FAILED;
    }
    String ifNoneMatch = request.ifNoneMatch();
    Long modified = date(request.ifModifiedSince(), now);
    if (ifNoneMatch != null) {
      return listed(ifNoneMatch, etag, false) ? Outcome.NOT_MODIFIED : Outcome.HOLD;
    }
    boolean unchanged = modified != null && selected.lastModified(now) <= modified;
    return unchanged ? Outcome.NOT_MODIFIED : Outcome.HOLD;
  }

  /**
   * Whether a Range may be honoured: no If-Range, or one that names exactly what is selected.
   *
   * <p>A date names it only if it is old enough to be strong and the file is never sent coded:
   * codings of one file often share their date, and parts of two codings must not be joined.
   */
  static boolean rangeHolds(StaticRequest request, Representation selected) {
    String ifRange = request.ifRange();
    if (ifRange == null) {
      return true;
    }
    if (ifRange.startsWith("\"") || ifRange.startsWith("W/")) {
      return ifRange.equals(selected.etag());
    }
    long now = request.nowSeconds();
    Long date = HttpDate.parse(ifRange, now);
    return date != null
        && !selected.type().negotiated()
        && date == selected.lastModified(now)
        && date <= now - STRONG_AFTER_SECONDS;
  }

  private static @Nullable Long date(@Nullable String field, long nowSeconds) {
    return field == null ? null : HttpDate.parse(field, nowSeconds);
  }

  /**
   * Whether a list of entity tags names this strong one; {@code *} names any. Reading stops where
   * the list is malformed.
   *
   * @param strong whether weak tags of the list match nothing (RFC 9110, 8.8.3.2)
   */
  static boolean listed(String list, String etag, boolean strong) {
    if (list.strip().equals("*")) {
      return true;
    }
    int at = 0;
    while (true) {
      while (at < list.length() && " \t,".indexOf(list.charAt(at)) >= 0) {
        at++;
      }
      boolean weak = list.startsWith("W/", at);
      int open = weak ? at + 2 : at;
      int close = open < list.length() ? list.indexOf('"', open + 1) : -1;
      if (close < 0 || list.charAt(open) != '"') {
        return false;
      }
      boolean same = close + 1 - open == etag.length() && list.startsWith(etag, open);
      if (same && !(weak && strong)) {
        return true;
      }
      at = close + 1;
    }
  }
}

package dev.selvedge.edge.proxy.service.file;

import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What would be sent for a file, plain or coded, and how caches tell it from others. Immutable.
 *
 * @param name of the plain file
 * @param coding null for the plain file
 */
record Representation(
    String name, MediaType type, @Nullable Coding coding, long size, Instant modified) {

  /**
   * A strong validator (RFC 9110, 8.8.3): size, time of the last change to the nanosecond, coding.
   *
   * <p>As exact as the file system's clock (a few milliseconds): a file rewritten twice within one
   * tick at the same size keeps its tag.
   */
  String etag() {
    HexFormat hex = HexFormat.of();
    String time =
        Long.toHexString(modified.getEpochSecond()) + "." + hex.toHexDigits(modified.getNano());
    String tag = "\"" + Long.toHexString(size) + "-" + time;
    return coding == null ? tag + "\"" : tag + "-" + coding.token() + "\"";
  }

  /** Last-Modified in seconds: never in the future (RFC 9110, 8.8.2.1). */
  long lastModified(long nowSeconds) {
    return Math.min(modified.getEpochSecond(), nowSeconds);
  }

  /** The name of the file to open. */
  String fileName() {
    return coding == null ? name : name + coding.suffix();
  }
}

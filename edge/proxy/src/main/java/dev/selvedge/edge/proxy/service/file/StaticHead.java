package dev.selvedge.edge.proxy.service.file;

import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer that sends or confirms a representation. Immutable.
 *
 * <p>304 has what a cache needs to update what it keeps (RFC 9110, 15.4.5). Vary is sent for every
 * type that may be negotiated, whether or not a coded copy lies there today.
 */
final class StaticHead {

  private static final byte[] CONTENT_TYPE = ascii("content-type");
  private static final byte[] CONTENT_ENCODING = ascii("content-encoding");
  private static final byte[] CONTENT_RANGE = ascii("content-range");
  private static final byte[] ETAG = ascii("etag");
  private static final byte[] LAST_MODIFIED = ascii("last-modified");
  private static final byte[] ACCEPT_RANGES = ascii("accept-ranges");
  private static final byte[] BYTES = ascii("bytes");
  private static final byte[] VARY = ascii("vary");
  private static final byte[] ACCEPT_ENCODING = ascii("accept-encoding");
  private static final byte[] CACHE_CONTROL = ascii("cache-control");
  private static final byte[] CONTENT_TYPE_OPTIONS = ascii("x-content-type-options");
  private static final byte[] NOSNIFF = ascii("nosniff");

  private final byte @Nullable [] cacheControl;

  StaticHead(@Nullable String cacheControl) {
    this.cacheControl = cacheControl == null ? null : ascii(cacheControl);
  }

  /** 200. */
  void whole(HttpHead head, Representation selected, long nowSeconds) {
    head.status(200);
    represent(head, selected, nowSeconds);
    validate(head, selected);
  }

  /** 206. */
  void part(HttpHead head, Representation selected, ByteRange range, long nowSeconds) {
    head.status(206);
    represent(head, selected, nowSeconds);
    head.addField(CONTENT_RANGE, ascii(range.contentRange(selected.size())));
    validate(head, selected);
  }

  /** 304. */
  void notModified(HttpHead head, Representation selected) {
    head.status(304);
    validate(head, selected);
  }

  private static void represent(HttpHead head, Representation selected, long nowSeconds) {
    head.addField(CONTENT_TYPE, ascii(selected.type().text()));
    Coding coding = selected.coding();
    if (coding != null) {
      head.addField(CONTENT_ENCODING, ascii(coding.token()));
    }
    head.addField(LAST_MODIFIED, ascii(HttpDate.format(selected.lastModified(nowSeconds))));
    head.addField(ACCEPT_RANGES, BYTES);
    head.addField(CONTENT_TYPE_OPTIONS, NOSNIFF);
  }

  private void validate(HttpHead head, Representation selected) {
    head.addField(ETAG, ascii(selected.etag()));
    if (selected.type().negotiated()) {
      head.addField(VARY, ACCEPT_ENCODING);
    }
    byte[] control = cacheControl;
    if (control != null) {
      head.addField(CACHE_CONTROL, control);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

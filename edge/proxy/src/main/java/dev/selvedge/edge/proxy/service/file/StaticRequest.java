package dev.selvedge.edge.proxy.service.file;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.KnownField;
import org.jspecify.annotations.Nullable;

/**
 * What a request says that bears on which bytes of a file answer it, copied so that it outlives the
 * head. Immutable.
 *
 * <p>Lines of a list field are joined; of a field that must stand alone, several lines count as
 * none.
 */
record StaticRequest(
    boolean headOnly,
    long nowSeconds,
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable String ifModifiedSince,
    @Nullable String ifUnmodifiedSince,
    @Nullable String range,
    @Nullable String ifRange,
    Coding.Accepted accepted) {

  static StaticRequest of(Exchange exchange) {
    HttpHead head = exchange.request();
    return new StaticRequest(
        exchange.headOnly(),
        Math.floorDiv(exchange.worker().epochMillis(), 1000),
        joined(head, KnownField.IF_MATCH),
        joined(head, KnownField.IF_NONE_MATCH),
        single(head, KnownField.IF_MODIFIED_SINCE),
        single(head, KnownField.IF_UNMODIFIED_SINCE),
        single(head, KnownField.RANGE),
        single(head, KnownField.IF_RANGE),
        Coding.Accepted.parse(joined(head, KnownField.ACCEPT_ENCODING)));
  }

  private static @Nullable String joined(HttpHead head, KnownField field) {
    int at = head.find(field, 0);
    if (at < 0) {
      return null;
    }
    String value = head.value(at);
    for (at = head.find(field, at + 1); at >= 0; at = head.find(field, at + 1)) {
      value = value + ", " + head.value(at);
    }
    return value;
  }

  private static @Nullable String single(HttpHead head, KnownField field) {
    int at = head.find(field, 0);
    return at < 0 || head.find(field, at + 1) >= 0 ? null : head.value(at);
  }
}

package dev.selvedge.edge.proxy.service.answer;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;

/**
 * Refuses like {@link Exchange#refuse}, with one field that only the service knows: {@code Allow}
 * with 405 (RFC 9110, 15.5.6), {@code Content-Range} with 416 (15.5.17).
 */
public final class FieldRefusal {

  private FieldRefusal() {}

  /**
   * Answers with the code's problem document and the field.
   *
   * @param name lower case
   */
  public static void refuse(Exchange exchange, FailureCode code, String name, String value) {
    exchange.record().fail(code);
    long now = exchange.worker().now();
    exchange.record().step(Step.REFUSED, code.ordinal(), now);
    HttpHead head = exchange.ownHead();
    head.status(code.status());
    head.addField("content-type", "application/problem+json");
    head.addField(name, value);
    String id = new String(exchange.requestId(), StandardCharsets.US_ASCII);
    String problem =
        ("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
                + "\"code\":\"%s\",\"request_id\":\"%s\"}\n")
            .formatted(code.title(), code.status(), code.code(), id);
    exchange.answer(head, problem.getBytes(StandardCharsets.US_ASCII));
  }
}

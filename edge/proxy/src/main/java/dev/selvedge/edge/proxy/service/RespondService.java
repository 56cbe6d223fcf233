package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.service.answer.BytesAnswer;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;

/**
 * Gives every request the same answer. A status of 400 or more without a body is a refusal with the
 * code {@code route_refused}, so that it is recorded and explained like any other refusal.
 * Immutable.
 */
final class RespondService implements Service {

  private static final int FIRST_ERROR = 400;
  private static final byte[] CONTENT_TYPE = "content-type".getBytes(StandardCharsets.US_ASCII);

  private final int status;
  private final boolean refuses;
  private final byte[] body;
  private final byte[] contentType;

  RespondService(RouteConfig.Service.Respond config) {
    String text = config.body();
    status = config.status();
    refuses = status >= FIRST_ERROR && text == null;
    body = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    contentType = config.contentType().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public ServiceStream start(Exchange exchange) {
    if (refuses) {
      exchange.refuse(FailureCode.ROUTE_REFUSED, status);
      return Discard.INSTANCE;
    }
    HttpHead head = exchange.ownHead();
    head.status(status);
    if (body.length > 0) {
      head.addField(CONTENT_TYPE, contentType);
    }
    return BytesAnswer.start(exchange, head, body);
  }
}

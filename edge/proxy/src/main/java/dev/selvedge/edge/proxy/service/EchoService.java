package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.service.answer.BytesAnswer;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Answers with the request as an upstream would have seen it, as JSON, once its body is complete.
 *
 * <p>Every body byte is counted, the first {@value #KEPT} are shown. Holds no more than those and
 * {@link BytesAnswer#WINDOW} bytes in flight, whatever the body's length. Immutable.
 */
final class EchoService implements Service {

  /** Bytes of the body that are shown. */
  static final int KEPT = 64 * 1024;

  private static final int REQUEST_CREDIT = 64 * 1024;
  private static final byte[] CONTENT_TYPE = "content-type".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] JSON = "application/json".getBytes(StandardCharsets.US_ASCII);

  @Override
  public ServiceStream start(Exchange exchange) {
    Echo echo = new Echo(exchange);
    if (exchange.requestComplete()) {
      echo.requestEnd(null);
    } else {
      exchange.requestCredit(REQUEST_CREDIT);
    }
    return echo;
  }

  /** Gathers one body, then hands over to the answer. Confined to its event loop. */
  private static final class Echo implements ServiceStream {
    private final Exchange exchange;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long bodyBytes;
    private @Nullable ServiceStream answer;
    private boolean over;

    Echo(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void requestChunk(ByteBuf chunk) {
      int count = chunk.readableBytes();
      if (!over) {
        keep(chunk, Math.min(count, KEPT - kept.size()));
        bodyBytes += count;
      }
      chunk.release();
      if (!over) {
        exchange.requestCredit(count);
      }
    }

    private void keep(ByteBuf chunk, int count) {
      byte[] bytes = new byte[count];
      chunk.getBytes(chunk.readerIndex(), bytes);
      kept.writeBytes(bytes);
    }

    @Override
    public void requestEnd(@Nullable HttpHead trailers) {
      if (over || answer != null) {
        return;
      }
      byte[] json = EchoJson.of(exchange, bodyBytes, kept.toByteArray());
      HttpHead head = exchange.ownHead();
      head.status(200);
      head.addField(CONTENT_TYPE, JSON);
      answer = BytesAnswer.start(exchange, head, json);
    }

    @Override
    public void requestFlush() {}

    @Override
    public void responseCredit(int bytes) {
      ServiceStream to = answer;
      if (to != null) {
        to.responseCredit(bytes);
      }
    }

    @Override
    public void cancel(Failure why) {
      over = true;
      ServiceStream to = answer;
      if (to != null) {
        to.cancel(why);
      }
    }
  }
}

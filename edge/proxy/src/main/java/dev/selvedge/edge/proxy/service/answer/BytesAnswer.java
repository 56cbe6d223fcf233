package dev.selvedge.edge.proxy.service.answer;

import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Answers with an array that may be larger than a client takes at once: never more than {@value
 * #WINDOW} bytes of it wait for the client.
 *
 * <p>The window is what EDGE 4 lets one direction buffer. An answer begins with a full window, and
 * {@link #responseCredit} gives back what has left. Confined to its event loop.
 */
public final class BytesAnswer implements ServiceStream {

  /** Bytes of one answer that may be on their way to a client. */
  public static final int WINDOW = 64 * 1024;

  private final Exchange exchange;
  private final byte[] body;
  private int sent;
  private long credit = WINDOW;
  private boolean sending;
  private boolean over;

  private BytesAnswer(Exchange exchange, byte[] body) {
    this.exchange = exchange;
    this.body = body;
  }

  /**
   * Begins to answer.
   *
   * @param head complete but for framing; may be reused after this call
   * @return where credit comes in
   */
  public static ServiceStream start(Exchange exchange, HttpHead head, byte[] body) {
    if (body.length <= WINDOW || exchange.headOnly()) {
      exchange.answer(head, body);
      return Discard.INSTANCE;
    }
    BytesAnswer answer = new BytesAnswer(exchange, body);
    exchange.respond(head, body.length, true);
    // In a later turn of the loop: credit for bytes sent here would reach the exchange before the
    // service has returned its stream.
    exchange.worker().execute(answer::send);
    return answer;
  }

  private void send() {
    if (sending) {
      return;
    }
    sending = true;
    while (!over && credit > 0) {
      int count = (int) Math.min(credit, body.length - sent);
      ByteBuf chunk = exchange.worker().alloc().directBuffer(count);
      chunk.writeBytes(body, sent, count);
      credit -= count;
      sent += count;
      exchange.responseChunk(chunk);
      if (sent == body.length && !over) {
        over = true;
        exchange.responseEnd(null);
      }
      exchange.flush();
    }
    sending = false;
  }

  @Override
  public void requestChunk(ByteBuf chunk) {
    chunk.release();
  }

  @Override
  public void requestEnd(@Nullable HttpHead trailers) {}

  @Override
  public void requestFlush() {}

  @Override
  public void responseCredit(int bytes) {
    credit = Math.min(WINDOW, credit + bytes);
    send();
  }

  @Override
  public void cancel(Failure why) {
    over = true;
  }
}

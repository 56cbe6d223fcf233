package dev.selvedge.edge.proxy.service.file;

import dev.selvedge.edge.proxy.exchange.Exchange;
import dev.selvedge.edge.proxy.exchange.ServiceStream;
import dev.selvedge.edge.proxy.service.answer.FieldRefusal;
import dev.selvedge.edge.proxy.service.answer.Location;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one file: never more than {@value #WINDOW} bytes of it are in memory, and a file that ends
 * before its announced length breaks the answer off instead of padding it.
 *
 * <p>Each visit to a blocking thread does one thing (open and read the first bytes; read a chunk;
 * close) and comes back to the loop as a task. At most one is under way. A cancel during a visit is
 * noticed when it comes back; then the file is closed. Confined to its event loop, but for what the
 * visits do, which touches only what they were given.
 */
final class StaticStream implements ServiceStream {

  /** Bytes on their way to the client or being read for it (EDGE 4, buffered per direction). */
  static final int WINDOW = 64 * 1024;

  /** Reading waits for this much room, so that a slow client does not cause tiny reads. */
  private static final int WORTH_READING = 16 * 1024;

  private static final byte[] NO_BODY = {};

  private final Exchange exchange;
  private final Executor blocking;
  private final StaticHead heads;
  private final StaticRequest request;
  private final StaticName name;
  private final byte[] query;

  private @Nullable SeekableByteChannel file;
  private long remaining;
  private final long window;
  private final long worthReading;
  private long credit;
  private boolean visiting;
  private boolean over;

  /**
   * Makes the stream of one request.
   *
   * @param query as sent, with its question mark; empty for none
   */
  StaticStream(
      Exchange exchange,
      Executor blocking,
      StaticHead heads,
      StaticRequest request,
      StaticName name,
      byte[] query) {
    this.exchange = exchange;
    this.blocking = blocking;
    this.heads = heads;
    this.request = request;
    this.name = name;
    this.query = query;
    this.window = Math.min(WINDOW, exchange.snapshot().client().window());
    this.worthReading = Math.min(WORTH_READING, window);
    this.credit = window;
  }

  // ---- opening

  void open(StaticRoot root) {
    visiting = true;
    blocking.execute(() -> {
      try {
        Opened opened = root.answer(name, request);
        comeBack(() -> opened(opened), opened.rest(), null);
      } catch (IOException unreadable) {
        Failure failure = Failure.of(FailureCode.STATIC_READ_FAILED, unreadable);
        comeBack(() -> failed(failure), null, null);
      } catch (RuntimeException | Error bug) {
        comeBack(() -> failed(Failure.of(FailureCode.INTERNAL_ERROR, bug)), null, null);
        throw bug;
      }
    });
  }

  /** Returns to the loop; where the loop has ended, releases what the visit holds. */
  private void comeBack(
      Runnable task, @Nullable SeekableByteChannel channel, @Nullable ByteBuf chunk) {
    try {
      exchange.worker().execute(task);
    } catch (RejectedExecutionException loopHasEnded) {
      if (chunk != null) {
        chunk.release();
      }
      if (channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private void opened(Opened opened) {
    visiting = false;
    file = opened.rest();
    if (over) {
      close();
      return;
    }
    switch (opened.decision()) {
      case StaticDecision.NotFound none -> refuse(FailureCode.NOT_FOUND);
      case StaticDecision.AddSlash folder -> addSlash();
      case StaticDecision.Failed failed -> refuse(FailureCode.PRECONDITION_FAILED);
      case StaticDecision.Unsatisfiable range -> refuseRange(range.size());
      case StaticDecision.NotModified same -> {
        HttpHead head = exchange.ownHead();
        heads.notModified(head, same.selected());
        answer(head, NO_BODY);
      }
      case StaticDecision.Whole whole -> {
        HttpHead head = exchange.ownHead();
        heads.whole(head, whole.selected(), request.nowSeconds());
        send(head, whole.selected().size(), opened.first());
      }
      case StaticDecision.Part part -> {
        HttpHead head = exchange.ownHead();
        heads.part(head, part.selected(), part.range(), request.nowSeconds());
        send(head, part.range().length(), opened.first());
      }
    }
  }

  private void refuse(FailureCode code) {
    over = true;
    exchange.refuse(code);
  }

  private void refuseRange(long size) {
    over = true;
    FieldRefusal.refuse(
        exchange, FailureCode.RANGE_UNSATISFIABLE, "content-range", "bytes */" + size);
  }

  private void addSlash() {
    Location location = new Location();
    for (String segment : name.names()) {
      location.literal("/").segment(segment);
    }
    location.literal("/").query(query, 0, query.length);
    HttpHead head = exchange.ownHead();
    head.status(308);
    head.addField("location", location.pathValue());
    answer(head, NO_BODY);
  }

  private void answer(HttpHead head, byte[] body) {
    over = true;
    exchange.answer(head, body);
  }

  // ---- sending

  private void send(HttpHead head, long length, byte[] first) {
    if (request.headOnly()) {
      over = true;
      exchange.respond(head, length, false);
      exchange.flush();
      return;
    }
    if (first.length == length) {
      answer(head, first);
      return;
    }
    remaining = length;
    exchange.respond(head, length, true);
    ByteBuf chunk = exchange.worker().alloc().directBuffer(first.length);
    sendChunk(chunk.writeBytes(first));
  }

  private void sendChunk(ByteBuf chunk) {
    credit -= chunk.readableBytes();
    remaining -= chunk.readableBytes();
    exchange.responseChunk(chunk);
    if (remaining == 0 && !over) {
      over = true;
      close();
      exchange.responseEnd(null);
    }
    exchange.flush();
    read();
  }

  /** Reads the next chunk where there is room for it. */
  private void read() {
    SeekableByteChannel channel = file;
    long count = Math.min(credit, remaining);
    boolean worth = count >= worthReading || count == remaining;
    if (over || visiting || channel == null || count <= 0 || !worth) {
      return;
    }
    visiting = true;
    ByteBuf chunk = exchange.worker().alloc().directBuffer((int) count, (int) count);
    blocking.execute(() -> visit(channel, chunk));
  }

  private void visit(SeekableByteChannel channel, ByteBuf chunk) {
    Failure failure = null;
    try {
      boolean filled = Opened.fill(channel, chunk.internalNioBuffer(0, chunk.writableBytes()));
      if (!filled) {
        failure = Failure.of(FailureCode.STATIC_READ_FAILED, "the file became shorter");
      }
    } catch (IOException unreadable) {
      failure = Failure.of(FailureCode.STATIC_READ_FAILED, unreadable);
    } catch (RuntimeException | Error bug) {
      comeBack(() -> chunkRead(chunk, Failure.of(FailureCode.INTERNAL_ERROR, bug)), channel, chunk);
      throw bug;
    }
    Failure seen = failure;
    comeBack(() -> chunkRead(chunk, seen), channel, chunk);
  }

  private void chunkRead(ByteBuf chunk, @Nullable Failure failure) {
    visiting = false;
    if (over || failure != null) {
      chunk.release();
      if (failure != null) {
        failed(failure);
      }
      close();
      return;
    }
    sendChunk(chunk.writerIndex(chunk.capacity()));
  }

  private void failed(Failure failure) {
    visiting = false;
    if (!over) {
      over = true;
      close();
      exchange.serviceFailed(failure);
    }
  }

  /** Closes the file, unless a visit uses it: then the visit's return does. */
  private void close() {
    SeekableByteChannel channel = file;
    if (channel != null && !visiting) {
      file = null;
      blocking.execute(() -> closeQuietly(channel));
    }
  }

  /** A file that was only read has nothing to lose when its close fails. */
  private static void closeQuietly(SeekableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException nothingToLose) {
      assert !channel.isOpen();
    }
  }

  // ---- from the exchange

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
    credit = Math.min(window, credit + bytes);
    read();
  }

  @Override
  public void cancel(Failure why) {
    over = true;
    close();
  }
}

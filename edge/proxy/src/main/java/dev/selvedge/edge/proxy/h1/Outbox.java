package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has to send: gathers the head and small bodies of one turn of the loop into
 * one write, passes large chunks by reference, and tells how many body bytes have left, which is
 * the credit that the producer gets back.
 *
 * <p>A peer that takes nothing for a whole time-out is reported once. Bytes that the socket did not
 * take at once are counted against the global bound of buffered bytes. Confined to its event loop.
 */
public final class Outbox {

  /** Chunks up to this size are copied behind what is gathered; larger ones pass by reference. */
  private static final int COALESCE = 8192;

  private final Bounds buffered;
  private final Channel channel;
  private final Worker worker;
  private final StallTimer stall;
  private boolean inChunks;
  private @Nullable ByteBuf gathered;
  private boolean written;
  private boolean begun;
  private long uncredited;
  private long counted;
  private long lastPending;
  private long lastProgress;

  /**
   * Makes the outbox of a connection.
   *
   * @param stallNanos how long the peer may take nothing of what waits for it
   * @param stalled what happens then
   */
  public Outbox(
      Channel channel, Worker worker, Bounds buffered, LongSupplier stallNanos, Runnable stalled) {
    this.channel = channel;
    this.worker = worker;
    this.buffered = buffered;
    this.stall = new StallTimer(worker, this, stallNanos, stalled);
  }

  /** Room to reserve behind a head when a body of that length follows; 0 where it is too large. */
  public static int room(long length) {
    return length > 0 && length <= COALESCE ? (int) length : 0;
  }

  /** Adds bytes that are not body: a head, a last chunk. */
  public void head(ByteBuf bytes) {
    ByteBuf open = gathered;
    if (open == null) {
      gathered = bytes;
    } else if (bytes.readableBytes() <= open.maxFastWritableBytes()) {
      open.writeBytes(bytes);
      bytes.release();
    } else {
      write(open);
      gathered = bytes;
    }
  }

  /** Whether the bodies that follow are in chunked coding. */
  public void inChunks(boolean chunked) {
    inChunks = chunked;
  }

  /** Adds bytes of a body, in its coding; owns them. */
  public void body(ByteBuf chunk) {
    if (!chunk.isReadable()) {
      chunk.release();
    } else if (inChunks) {
      chunked(chunk);
    } else {
      plain(chunk);
    }
  }

  /** The body is complete. */
  public void bodyEnd(@Nullable HttpHead trailers) {
    if (inChunks) {
      head(HeadWriter.lastChunk(worker, trailers));
    }
  }

  private void plain(ByteBuf chunk) {
    int size = chunk.readableBytes();
    uncredited += size;
    ByteBuf open = gathered;
    if (open != null && size <= COALESCE && size <= open.maxFastWritableBytes()) {
      open.writeBytes(chunk);
      chunk.release();
      return;
    }
    if (open != null) {
      gathered = null;
      write(open);
    }
    write(chunk);
  }

  private void chunked(ByteBuf chunk) {
    ByteBufAllocator alloc = worker.alloc();
    int size = chunk.readableBytes();
    ByteBuf open = gathered;
    if (open == null) {
      open = alloc.directBuffer(size <= COALESCE ? size + 16 : 16);
      gathered = open;
    }
    HeadWriter.chunkSize(open, size);
    plain(chunk);
    ByteBuf behind = gathered;
    if (behind == null) {
      behind = alloc.directBuffer(64);
      gathered = behind;
    }
    behind.writeShort('\r' << 8 | '\n');
  }

  /** Drops the message begun last if none of its bytes went to the channel yet. */
  public boolean withdraw() {
    ByteBuf open = gathered;
    if (begun || open == null) {
      return false;
    }
    gathered = null;
    open.release();
    uncredited = 0;
    return true;
  }

  private void write(ByteBuf bytes) {
    written = true;
    begun = true;
    channel.write(bytes, channel.voidPromise());
  }

  /** Sends everything; the socket may take it later. */
  public void flush() {
    ByteBuf open = gathered;
    if (open != null) {
      gathered = null;
      write(open);
    }
    if (written) {
      written = false;
      channel.flush();
    }
    count();
  }

  /**
   * Runs the action once everything passed so far has left; never, if the connection ends first.
   */
  public void whenSent(Runnable action) {
    flush();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> {
          if (sent.isSuccess()) {
            // Not at once: the channel still counts what it has just sent.
            channel.eventLoop().execute(action);
          }
        });
  }

  /** Body bytes that have left since the last call. */
  public int settle() {
    long pending = count();
    long left = uncredited - Math.min(pending, uncredited);
    uncredited -= left;
    stall.settle();
    return (int) left;
  }

  /** The next message begins: what is still to leave of the last is no credit of its producer. */
  public void nextMessage() {
    uncredited = 0;
    begun = false;
  }

  /** Whether everything has left. */
  public boolean empty() {
    return gathered == null && pending() == 0;
  }

  /** Whether the peer took anything since this was last asked; true where nothing waits. */
  public boolean progressed() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    long pending = pending();
    long progress = queue == null ? 0 : queue.currentProgress();
    boolean moved = pending == 0 || pending != lastPending || progress != lastProgress;
    lastPending = pending;
    lastProgress = progress;
    return moved;
  }

  /** The connection is gone: nothing is held any more. */
  public void discard() {
    stall.stop();
    ByteBuf open = gathered;
    if (open != null) {
      gathered = null;
      open.release();
    }
    if (counted != 0) {
      buffered.add(-counted);
      counted = 0;
    }
  }

  private long pending() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  private long count() {
    long pending = pending();
    if (pending != counted) {
      buffered.add(pending - counted);
      counted = pending;
    }
    return pending;
  }
}

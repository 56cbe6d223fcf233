package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.loop.Bounds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has received and nobody has taken yet, and whether it reads on.
 *
 * <p>Guarantees: bytes are taken in order, step by step, and never while a step is under way;
 * nothing is read while something lies here, nor, where bytes are taken against credit, without
 * credit; the end is told once, behind the last byte. So at most one read lies here. What is passed
 * on holds at most four times its size of memory, however small the reads were.
 *
 * <p>A large window makes large reads and large writes, and those are what a large body costs
 * (docs/decisions/0011). Once half of the bytes that may be buffered in all are, every window
 * shrinks to {@link ClientSettings#PRESSED_WINDOW}: many slow readers are then no worse than with
 * small windows. Confined to its event loop.
 */
public final class Inbox {

  /** The connection, as its inbox needs it. */
  public interface Owner {

    /** One step on what arrived; false where nothing can be done with it now. */
    boolean take(ByteBuf in);

    /** What was {@link Inbox#delivered delivered} in this round can be passed on. */
    void flushDelivered();

    /** Nothing more comes, and all that came was taken. */
    void endOfInput();

    /** Whether bytes are taken against credit now. */
    boolean onCredit();

    /** Bytes that surely come next, where they are taken against credit. */
    long expected();

    /** Reading has paused or goes on. */
    void readingChanged();
  }

  private static final int SLACK = 4;

  private final ByteBufAllocator alloc;
  private final ReadSize readSize;
  private final Bounds buffered;
  private final Owner owner;
  private @Nullable Channel channel;
  private @Nullable ByteBuf input;
  private boolean processing;
  private boolean delivered;
  private boolean ended;
  private boolean endPending;
  private boolean reading = true;
  private boolean closed;
  private long credit;
  private long window;

  public Inbox(ByteBufAllocator alloc, ReadSize readSize, Bounds buffered, Owner owner) {
    this.alloc = alloc;
    this.readSize = readSize;
    this.buffered = buffered;
    this.owner = owner;
  }

  /** The channel whose reading it steers. */
  public void attach(Channel open) {
    channel = open;
  }

  /** Bytes have arrived; owns them. */
  public void received(ByteBuf bytes) {
    ByteBuf held = input;
    if (held == null) {
      input = bytes;
    } else {
      input = alloc.directBuffer(held.readableBytes() + bytes.readableBytes());
      input.writeBytes(held).writeBytes(bytes);
      held.release();
      bytes.release();
    }
    process();
  }

  /** An event of the channel: perhaps that the peer sends no more. */
  public void event(Object event) {
    boolean end =
        event instanceof ChannelInputShutdownEvent
            || event instanceof ChannelInputShutdownReadComplete;
    if (end && !ended) {
      ended = true;
      endPending = true;
      process();
    }
  }

  /** Takes what can be taken; what cannot stays, and reading pauses. */
  public void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      do {
        delivered = false;
        takeAll();
        if (delivered) {
          owner.flushDelivered();
        }
      } while (delivered && !closed);
    } finally {
      processing = false;
    }
    ByteBuf rest = input;
    if (rest != null && (!rest.isReadable() || closed)) {
      input = null;
      rest.release();
    }
    if (endPending && input == null) {
      endPending = false;
      owner.endOfInput();
    }
    read();
  }

  private void takeAll() {
    ByteBuf in = input;
    while (in != null && in.isReadable() && !closed && owner.take(in)) {
      in = input;
    }
  }

  private void read() {
    Channel open = channel;
    if (closed || open == null) {
      return;
    }
    boolean onCredit = owner.onCredit();
    long most = credit();
    boolean wanted = input == null && (most > 0 || !onCredit);
    if (wanted && onCredit) {
      readSize.next((int) Math.min(most, Math.max(owner.expected(), ReadSize.HEAD)));
    } else {
      readSize.next(ReadSize.HEAD);
    }
    if (wanted != reading && !ended && open.isOpen()) {
      reading = wanted;
      open.config().setAutoRead(wanted);
      owner.readingChanged();
    }
  }

  /** The next part of a body, within the credit, which it takes; null where it has no bytes. */
  public @Nullable ByteBuf take(BodyReader body, ByteBuf in) {
    ByteBuf chunk = body.next(in, (int) Math.min(credit(), Integer.MAX_VALUE));
    return chunk == null ? null : passOn(chunk, in.capacity());
  }

  /** As many bytes as the credit allows, as they are. */
  public ByteBuf takeRaw(ByteBuf in) {
    int bytes = (int) Math.min(credit(), in.readableBytes());
    return passOn(in.readRetainedSlice(bytes), in.capacity());
  }

  /** A few bytes must not keep a large read's memory for as long as a slow receiver likes. */
  private ByteBuf passOn(ByteBuf chunk, int held) {
    int bytes = chunk.readableBytes();
    credit -= bytes;
    delivered = true;
    if (bytes * (long) SLACK >= held) {
      return chunk;
    }
    ByteBuf fitted = alloc.directBuffer(bytes);
    fitted.writeBytes(chunk);
    chunk.release();
    return fitted;
  }

  /** Something was passed on in this round: its receiver waits for a flush. */
  public void delivered() {
    delivered = true;
  }

  /** Nobody waits for a flush any more. */
  public void undelivered() {
    delivered = false;
  }

  /** So many more bytes may be taken. */
  public void grant(int bytes) {
    credit += bytes;
    window = Math.max(window, credit);
  }

  /** The next message begins, with so much credit. */
  public void credit(long bytes) {
    credit = bytes;
    window = bytes;
  }

  /** Bytes that may be taken now. */
  public long credit() {
    boolean pressed = window > ClientSettings.PRESSED_WINDOW && buffered.halfFull();
    return pressed ? credit - (window - ClientSettings.PRESSED_WINDOW) : credit;
  }

  /** Whether the peer has ended its side, be it that bytes of before still lie here. */
  public boolean ended() {
    return ended;
  }

  /** Whether nothing lies here. */
  public boolean empty() {
    return input == null;
  }

  /** Whether the connection waits for its peer, not for whoever takes the bytes. */
  public boolean waitsForPeer() {
    return reading || credit() > 0;
  }

  /** The connection is gone: nothing is held any more. */
  public void close() {
    closed = true;
    ByteBuf rest = input;
    if (rest != null && !processing) {
      input = null;
      rest.release();
    }
  }
}

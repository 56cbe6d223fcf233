package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in order, passed by reference; small pieces are copied together, so that a body that comes
 * byte by byte costs no object and no frame for each of them, and pins no read buffer for each.
 * Whoever adds and takes keeps it bounded. Confined to its event loop.
 */
public final class ByteQueue {

  /** Pieces below this are copied. */
  static final int SMALL = 1024;

  private static final int GATHERED = 4096;

  private final ByteBufAllocator alloc;
  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>();

  /** The last of {@link #parts} where it is a buffer of our own that may still be filled. */
  private @Nullable ByteBuf gather;

  private long bytes;

  public ByteQueue(ByteBufAllocator alloc) {
    this.alloc = alloc;
  }

  /** Takes ownership. */
  public void add(ByteBuf part) {
    int count = part.readableBytes();
    bytes += count;
    if (count == 0) {
      part.release();
    } else if (count < SMALL) {
      room(count).writeBytes(part);
      part.release();
    } else {
      parts.add(part);
      gather = null;
    }
  }

  private ByteBuf room(int count) {
    ByteBuf open = gather;
    if (open == null || open.writableBytes() < count) {
      open = alloc.directBuffer(GATHERED, GATHERED);
      parts.add(open);
      gather = open;
    }
    return open;
  }

  public long bytes() {
    return bytes;
  }

  public boolean isEmpty() {
    return bytes == 0;
  }

  /** The next bytes, at least one and at most {@code limit}; the caller owns them. Not if empty. */
  public ByteBuf take(int limit) {
    ByteBuf first = parts.element();
    int count = first.readableBytes();
    if (count > limit) {
      bytes -= limit;
      return first.readRetainedSlice(limit);
    }
    bytes -= count;
    parts.remove();
    if (parts.isEmpty()) {
      gather = null;
    }
    return first;
  }

  /** The next bytes up to {@code limit}, none if empty; the caller owns them. */
  ByteBuf takeOrNone(int limit) {
    return bytes == 0 ? Unpooled.EMPTY_BUFFER : take(limit);
  }

  public void clear() {
    for (ByteBuf part = parts.poll(); part != null; part = parts.poll()) {
      part.release();
    }
    gather = null;
    bytes = 0;
  }
}

package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A body that waits for its verdict: at most {@value #MEMORY} bytes of it are in memory, the rest
 * is in a file without a name, and it comes out as it went in.
 *
 * <pre>
 *   append → blocks ──(more than fits)──→ write → file → read → ahead ─→ take
 *               └──────────────(behind what is in the file)──────────────┘
 * </pre>
 *
 * The bytes that {@link #room} offers may be appended; what comes beyond it is kept too, in memory.
 * Bytes are copied into blocks of our own: what a body pins is what it counts. Once {@link
 * #release}d nothing more is written and everything can be taken, in order. At most one visit to a
 * blocking thread is under way, with at most {@value #BLOCK} bytes to write or {@value #READ} to
 * read; nothing is released that a visit still uses. {@link #close} is right at any time and gives
 * everything back: now, or when the visit returns. Confined to its event loop, but for the visits.
 */
final class HeldBody {

  /** Bytes in memory while more can be written. */
  static final int MEMORY = 64 * 1024;

  /** Bytes written in one visit. */
  static final int BLOCK = 32 * 1024;

  /** Bytes read in one visit. */
  static final int READ = 64 * 1024;

  private static final int SMALLEST_BLOCK = 4096;

  /** What the body tells, on the loop, from a visit that came back. */
  interface Listener {

    /** There is room, or something to take, that was not there before. */
    void changed();

    /** Nothing more can be kept or read; closed already. */
    void failed(Failure why);
  }

  private final ByteBufAllocator alloc;
  private final SpillFiles files;
  private final Executor loop;
  private final Listener listener;
  private final ArrayDeque<ByteBuf> blocks = new ArrayDeque<>();
  private List<ByteBuf> writing = List.of();
  private @Nullable FileChannel file;
  private @Nullable ByteBuf ahead;
  private @Nullable Failure refused;
  private long memory;
  private long written;
  private long read;
  private long reserved;
  private boolean counted;
  private boolean visiting;
  private boolean released;
  private boolean closed;

  /**
   * An empty body.
   *
   * @param loop runs a task on the event loop, or refuses where it has ended
   */
  HeldBody(ByteBufAllocator alloc, SpillFiles files, Executor loop, Listener listener) {
    this.alloc = alloc;
    this.files = files;
    this.loop = loop;
    this.listener = listener;
  }

  // ---- in

  /** Bytes that may come now. */
  int room() {
    return released ? 0 : (int) Math.max(0, MEMORY - memory);
  }

  /** Keeps the bytes; takes ownership. */
  void append(ByteBuf chunk) {
    while (chunk.isReadable() && !closed) {
      ByteBuf last = blocks.peekLast();
      if (last == null || !last.isWritable()) {
        int size = Math.clamp(chunk.readableBytes(), SMALLEST_BLOCK, BLOCK);
        last = alloc.directBuffer(size, size);
        blocks.add(last);
      }
      int count = Math.min(last.writableBytes(), chunk.readableBytes());
      last.writeBytes(chunk, count);
      memory += count;
    }
    chunk.release();
  }

  /** Writes what is too much for memory; called at the end of a turn in which bytes came. */
  void settle(boolean complete) {
    boolean spills = written > 0 || reserved > 0;
    long enough = spills ? BLOCK : MEMORY;
    if (closed || released || visiting || complete || memory < enough || refused != null) {
      return;
    }
    long count = 0;
    writing = new ArrayList<>();
    while (count < BLOCK) {
      ByteBuf block = blocks.element();
      if (count > 0 && count + block.readableBytes() > BLOCK) {
        break;
      }
      count += block.readableBytes();
      writing.add(blocks.remove());
    }
    counted = counted || files.count().tryAcquire();
    if (!counted || !files.bytes().tryAcquire(count)) {
      fail(Failure.of(FailureCode.SPILL_FULL));
      return;
    }
    reserved += count;
    write(count);
  }

  private void write(long count) {
    FileChannel open = file;
    List<ByteBuf> taken = writing;
    visit(() -> {
      FileChannel to = open == null ? files.make() : open;
      try {
        writeAll(to, taken);
      } catch (IOException | RuntimeException | Error failed) {
        closeQuietly(to);
        throw failed;
      }
      return () -> written(to, count);
    });
  }

  private static void writeAll(FileChannel to, List<ByteBuf> blocks) throws IOException {
    for (ByteBuf block : blocks) {
      ByteBuffer bytes = block.internalNioBuffer(block.readerIndex(), block.readableBytes());
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
  }

  private void written(FileChannel to, long count) {
    file = to;
    written += count;
    memory -= count;
    releaseWriting();
  }

  // ---- out

  /** From now on the bytes can be taken. */
  void release() {
    released = true;
    readOn();
  }

  /** The next bytes, at most {@code limit}, owned by the caller; null where none are there yet. */
  @Nullable ByteBuf take(int limit) {
    if (!released || closed) {
      return null;
    }
    ByteBuf next = ahead;
    if (next != null) {
      if (next.readableBytes() > limit) {
        return next.readRetainedSlice(limit);
      }
      ahead = null;
      memory -= next.capacity();
      readOn();
      return next;
    }
    if (read < written || visiting) {
      return null;
    }
    ByteBuf block = blocks.peek();
    if (block == null) {
      return null;
    }
    if (block.readableBytes() > limit) {
      memory -= limit;
      return block.readRetainedSlice(limit);
    }
    memory -= block.readableBytes();
    return blocks.remove();
  }

  /** Whether all that was appended has been taken. */
  boolean drained() {
    return released && blocks.isEmpty() && ahead == null && read == written && !visiting;
  }

  private void readOn() {
    FileChannel from = file;
    if (!released || visiting || closed || ahead != null || from == null || read == written) {
      return;
    }
    int count = (int) Math.min(READ, written - read);
    long position = read;
    ByteBuf to = alloc.directBuffer(count, count);
    memory += count;
    visit(() -> {
      try {
        readFully(from, to.internalNioBuffer(0, count), position);
      } catch (IOException | RuntimeException | Error failed) {
        to.release();
        throw failed;
      }
      return () -> {
        read += count;
        ahead = to.writerIndex(count);
      };
    });
  }

  private static void readFully(FileChannel from, ByteBuffer to, long position) throws IOException {
    long at = position;
    while (to.hasRemaining()) {
      int count = from.read(to, at);
      if (count < 0) {
        throw new IOException("the file became shorter");
      }
      at += count;
    }
  }

  // ---- visits

  /** Work that blocks; what it returns is done on the loop. */
  private interface Visit {
    Runnable work() throws IOException;
  }

  private void visit(Visit visit) {
    visiting = true;
    files
        .blocking()
        .execute(() -> {
          Runnable done;
          try {
            done = visit.work();
          } catch (IOException failed) {
            files.failed(failed, System.nanoTime());
            comeBack(() -> refused = Failure.of(FailureCode.SPILL_FAILED, failed));
            return;
          } catch (RuntimeException | Error bug) {
            comeBack(() -> refused = Failure.of(FailureCode.INTERNAL_ERROR, bug));
            throw bug;
          }
          comeBack(done);
        });
  }

  /** Returns to the loop; where that has ended, nobody else touches the body any more. */
  private void comeBack(Runnable done) {
    try {
      loop.execute(() -> returned(done));
    } catch (RejectedExecutionException loopHasEnded) {
      closed = true;
      done.run();
      visiting = false;
      giveBack();
    }
  }

  private void returned(Runnable done) {
    visiting = false;
    done.run();
    Failure why = refused;
    if (closed) {
      giveBack();
    } else if (why != null) {
      fail(why);
    } else {
      readOn();
      listener.changed();
    }
  }

  private void fail(Failure why) {
    refused = why;
    close();
    listener.failed(why);
  }

  // ---- ends

  /** Bytes held in memory, with those being written or read. */
  long memory() {
    return memory;
  }

  /** Gives everything back; a visit under way does it when it returns. */
  void close() {
    if (!closed) {
      closed = true;
      if (!visiting) {
        giveBack();
      }
    }
  }

  private void giveBack() {
    for (ByteBuf block = blocks.poll(); block != null; block = blocks.poll()) {
      block.release();
    }
    releaseWriting();
    ByteBuf unread = ahead;
    if (unread != null) {
      ahead = null;
      unread.release();
    }
    memory = 0;
    FileChannel open = file;
    file = null;
    long back = reserved;
    int one = counted ? 1 : 0;
    reserved = 0;
    counted = false;
    if (open == null) {
      free(back, one);
    } else {
      files
          .blocking()
          .execute(() -> {
            closeQuietly(open);
            free(back, one);
          });
    }
  }

  private void free(long bytes, int count) {
    files.bytes().add(-bytes);
    files.count().add(-count);
  }

  private void releaseWriting() {
    for (ByteBuf block : writing) {
      block.release();
    }
    writing = List.of();
  }

  /** What the file held is not wanted any more, so nothing is lost when its close fails. */
  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException nothingToLose) {
      assert !channel.isOpen();
    }
  }
}

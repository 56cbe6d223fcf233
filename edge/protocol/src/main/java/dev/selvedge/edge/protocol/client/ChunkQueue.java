package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.EventType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Body chunks that wait for the connection; in order, and no more than a bound and one chunk.
 * Confined to its event loop.
 */
public final class ChunkQueue {

  /** A chunk with its place. */
  public record Chunk(int call, int flags, EventType event, ByteBuf data) {}

  /**
   * Bytes beyond which no more are taken. What an agent grants is its own word and may be a GiB;
   * this is what the proxy keeps for one that grants and does not read.
   */
  private static final int BYTES_MAX = 256 * 1024;

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private long bytes;

  public void add(Chunk chunk) {
    chunks.add(chunk);
    bytes += chunk.data().readableBytes();
  }

  /** Whether another chunk should be added. */
  public boolean hasRoom() {
    return bytes < BYTES_MAX;
  }

  public boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** The oldest, whose data the caller now owns; null where none waits. */
  public @Nullable Chunk poll() {
    Chunk chunk = chunks.poll();
    if (chunk != null) {
      bytes -= chunk.data().readableBytes();
    }
    return chunk;
  }

  /** Drops what waits of that call and says how many bytes it was. */
  public int purge(int call) {
    int purged = 0;
    if (!chunks.isEmpty()) {
      for (Iterator<Chunk> all = chunks.iterator(); all.hasNext(); ) {
        Chunk chunk = all.next();
        if (chunk.call() == call) {
          purged += chunk.data().readableBytes();
          chunk.data().release();
          all.remove();
        }
      }
    }
    bytes -= purged;
    return purged;
  }

  public void releaseAll() {
    bytes = 0;
    for (Chunk chunk; (chunk = chunks.poll()) != null; ) {
      chunk.data().release();
    }
  }
}

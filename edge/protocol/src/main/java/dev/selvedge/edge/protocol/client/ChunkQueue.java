package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.EventType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Body chunks that wait for the connection; in order, bounded by the agent's credit. Confined to
 * its event loop.
 */
public final class ChunkQueue {

  /** A chunk with its place. */
  public record Chunk(int call, int flags, EventType event, ByteBuf data) {}

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

  public void add(Chunk chunk) {
    chunks.add(chunk);
  }

  public boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** The oldest, whose data the caller now owns; null where none waits. */
  public @Nullable Chunk poll() {
    return chunks.poll();
  }

  /** Drops what waits of that call and says how many bytes it was. */
  public int purge(int call) {
    int bytes = 0;
    if (!chunks.isEmpty()) {
      for (Iterator<Chunk> all = chunks.iterator(); all.hasNext(); ) {
        Chunk chunk = all.next();
        if (chunk.call() == call) {
          bytes += chunk.data().readableBytes();
          chunk.data().release();
          all.remove();
        }
      }
    }
    return bytes;
  }

  public void releaseAll() {
    for (Chunk chunk; (chunk = chunks.poll()) != null; ) {
      chunk.data().release();
    }
  }
}

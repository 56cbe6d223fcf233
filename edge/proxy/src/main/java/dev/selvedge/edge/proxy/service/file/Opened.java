package dev.selvedge.edge.proxy.service.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A decision with the bytes that carry it out.
 *
 * @param first the bytes to send, up to {@value #FIRST_BYTES} of them
 * @param rest positioned behind those; null where they are all. Whoever holds this closes it.
 */
record Opened(StaticDecision decision, byte[] first, @Nullable SeekableByteChannel rest) {

  /** Files up to this size cost one visit to a blocking thread and keep nothing open. */
  static final int FIRST_BYTES = 64 * 1024;

  private static final byte[] NONE = {};

  /** A decision that sends no bytes. */
  static Opened nothing(StaticDecision decision) {
    return new Opened(decision, NONE, null);
  }

  /** Reads the first bytes of a range; null where the file ends before them. */
  static @Nullable Opened read(
      StaticDecision decision, SeekableByteChannel channel, ByteRange bytes) throws IOException {
    byte[] first = new byte[(int) Math.min(bytes.length(), FIRST_BYTES)];
    channel.position(bytes.first());
    if (!fill(channel, ByteBuffer.wrap(first))) {
      return null;
    }
    return new Opened(decision, first, bytes.length() > first.length ? channel : null);
  }

  /** Reads until the buffer is full; false where the file ends before that. */
  static boolean fill(SeekableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    return true;
  }
}

package dev.selvedge.bench.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts the lines of a growing file, reading each byte once. Not thread-safe. */
final class LineCount {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private long position;
  private long lines;

  LineCount(Path file) {
    this.file = file;
  }

  /** Whole lines in the file by now; 0 while there is no file. */
  long now() {
    if (!Files.exists(file)) {
      return lines;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer.clear(), position) > 0) {
        position += buffer.flip().remaining();
        while (buffer.hasRemaining()) {
          if (buffer.get() == '\n') {
            lines++;
          }
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

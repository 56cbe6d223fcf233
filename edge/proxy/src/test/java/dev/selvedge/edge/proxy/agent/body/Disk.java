package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Spill files in a folder of the test, threads that run when told, and what all of it still holds.
 */
final class Disk {

  final ManualExecutor threads = new ManualExecutor();
  final ManualExecutor loop = new ManualExecutor();
  final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(true);
  final SpillFiles files;
  private final Path folder;

  Disk(Path parent, long bytesMax) throws IOException {
    folder = parent.resolve("spill");
    files = new SpillFiles(threads, bytesMax);
    SpillFiles.prepare(folder);
    files.folder(folder);
  }

  /** Lets everything under way come to its end. */
  void settle() {
    boolean ran;
    do {
      ran = threads.runOne() || loop.runOne();
    } while (ran);
  }

  long memory() {
    return alloc.metric().usedDirectMemory() + alloc.metric().usedHeapMemory();
  }

  /** Files of the folder that this process has open, though they have no name any more. */
  int open() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          count += target.startsWith(folder.toString()) ? 1 : 0;
        } catch (NoSuchFileException closedMeanwhile) {
          count += 0;
        }
      }
    }
    return count;
  }

  /** Names in the folder. */
  int names() throws IOException {
    try (var names = Files.list(folder)) {
      return (int) names.count();
    }
  }
}

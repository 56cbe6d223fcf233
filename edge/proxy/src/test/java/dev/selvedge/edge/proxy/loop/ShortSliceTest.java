package dev.selvedge.edge.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the kernel says of the threads of loops, where it tells and is new enough to listen. */
class ShortSliceTest {

  private static final Path SCHEDULING = Path.of("/proc/thread-self/sched");

  @Test
  void letsLoopsRunInShortTurns() {
    assumeTrue(Files.exists(SCHEDULING), "the kernel does not tell how it schedules");
    assumeTrue(kernel() >= 6_012, "a kernel before 6.12, which knows no slices of threads");
    CompletableFuture<Long> told = new CompletableFuture<>();
    new LoopThreads().newThread(() -> told.complete(slice())).start();
    assertThat(told.join()).isEqualTo(ShortSlice.NANOS);
    assertThat(slice()).as("of other threads").isGreaterThan(ShortSlice.NANOS);
  }

  /** 6_012 for 6.12. */
  private static int kernel() {
    String[] parts = System.getProperty("os.version").split("[.-]", 3);
    return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
  }

  private static long slice() {
    try {
      return Files.readAllLines(SCHEDULING).stream()
          .filter(line -> line.startsWith("se.slice"))
          .map(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
          .findFirst()
          .orElse(-1L);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

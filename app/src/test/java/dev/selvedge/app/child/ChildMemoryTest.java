package dev.selvedge.app.child;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.AgentConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Test;

class ChildMemoryTest {

  @Test
  void memoryBoundsTheHeapOfAChild() throws Exception {
    Collection<AgentConfig> agents =
        Children.agents("agent \"e\" { type \"echo\"; failure-mode \"open\"; memory \"48MiB\" }");
    try (Children children = new Children()) {
      children.start(agents);
      Path line = Path.of("/proc", Long.toString(Children.onlyChild().pid()), "cmdline");
      assertThat(Files.readString(line).split("\0", -1))
          .contains(
              "-Xmx" + (48L << 20),
              "-XX:MaxDirectMemorySize=" + (32L << 20),
              "-XX:+ExitOnOutOfMemoryError");
    }
  }
}

package dev.selvedge.bench.proxy;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineCountTest {
  @Test
  void countsWholeLinesOfAGrowingFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("log");
    LineCount lines = new LineCount(file);
    assertThat(lines.now()).isZero();
    Files.writeString(file, "one\ntw", CREATE, APPEND);
    assertThat(lines.now()).isEqualTo(1);
    Files.writeString(file, "o\nthree\n", APPEND);
    assertThat(lines.now()).isEqualTo(3);
    assertThat(lines.now()).isEqualTo(3);
  }
}

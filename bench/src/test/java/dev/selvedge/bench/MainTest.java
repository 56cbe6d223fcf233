package dev.selvedge.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void showsItsUsage() {
    assertThat(run("help")).isZero();
    assertThat(run("proxy", "--help")).isZero();
    assertThat(text(out)).contains("bench proxy", "1KB-fixed-rate");
    assertThat(run()).isEqualTo(2);
    assertThat(text(err)).contains("bench proxy");
  }

  @Test
  void namesTheBenchmarksThatThereAre() {
    assertThat(run("recrod")).isEqualTo(2);
    assertThat(text(err)).contains("no benchmark \"recrod\"", "micro.RecordBenchmark.record");
  }

  @Test
  void refusesBadArgumentsInOneLine() {
    assertThat(run("proxy", "--case", "2KB")).isEqualTo(2);
    assertThat(run("record", "--case", "2KB")).isEqualTo(2);
    assertThat(text(err).lines()).hasSize(2).allMatch(line -> line.startsWith("selvedge bench: "));
  }

  @Test
  void findsTheProject() {
    assertThat(Files.exists(Main.home().resolve("bench/peers"))).isTrue();
  }

  private int run(String... args) {
    return Main.run(List.of(args), stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

package dev.selvedge.app.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildLinesTest {

  private final List<String> lines = new ArrayList<>();
  private long now;
  private final ChildLines child =
      new ChildLines(
          "w\"af",
          (level, message, members) -> lines.add(level + "|" + message + "|" + members),
          () -> now);

  private void read(String text) {
    child.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void keepsLevelAndTextOfOurOwnLines() {
    read("{\"time\":\"x\",\"level\":\"error\",\"msg\":\"a \\\"b\\\"\",\"logger\":\"l\"}\n");
    assertThat(lines)
        .containsExactly(
            "error|a \"b\"|,\"agent\":\"w\\\"af\",\"detail\":\"\\\"logger\\\":\\\"l\\\"\"");
  }

  @Test
  void takesAnythingElseAsText() {
    read("{\"time\":\"x\",\"level\":\"error\",\"msg\":\"open\nplain\n{\"msg\":\"forged\"}\n\nlast");
    assertThat(lines)
        .extracting(line -> line.substring(0, line.indexOf("|,")))
        .containsExactly(
            "info|{\"time\":\"x\",\"level\":\"error\",\"msg\":\"open",
            "info|plain",
            "info|{\"msg\":\"forged\"}",
            "info|",
            "info|last");
  }

  @Test
  void cutsLongLines() {
    read("x".repeat(100_000) + "\nnext\n");
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).hasSizeLessThan(ChildLines.LINE_MAX + 100);
  }

  @Test
  void countsWhatIsTooMuch() {
    read("line\n".repeat(1_000));
    assertThat(lines).hasSize(ChildLines.AT_ONCE + 1);
    assertThat(lines.getLast()).contains("left out: " + (1_000 - ChildLines.AT_ONCE));
    now += 1_000_000_000L;
    lines.clear();
    read("line\n".repeat(1_000));
    assertThat(lines).hasSize(ChildLines.PER_SECOND + 1);
  }
}

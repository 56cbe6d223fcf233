package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a sound file, the answer is a configuration or places inside the file. */
class ConfigLoaderLawsTest {

  private static final int ROUNDS = Boolean.getBoolean("selvedge.soak") ? 200_000 : 2_000;
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          ";",
          "\"",
          "\\",
          "#",
          "/-",
          "/*",
          "*/",
          "//",
          "(",
          ")",
          "=",
          "\n",
          "\r\n",
          "\r",
          " ",
          "\t",
          "\u2028",
          "\uFEFF",
          "\u0000",
          "😀",
          "\uD800",
          "\"\"\"",
          "#\"",
          "\"#",
          "${",
          "${HOME}",
          "$${",
          "-",
          "0",
          "9".repeat(30),
          "1e9",
          "0x",
          "1.5",
          "#true",
          "#null",
          "#nan",
          "true",
          "route",
          "include \"test.kdl\"",
          "include \"none/*\"",
          "matches",
          "-ms",
          "%",
          "..",
          "[",
          "{99999}",
          "é",
          "*",
          "\"10MiB\"",
          "\"5s\"");

  @TempDir Path folder;

  @Test
  void mutationsNeverThrowAndPlacesAreInside() throws IOException {
    Files.createDirectories(folder.resolve("site"));
    Files.createDirectories(folder.resolve("logs"));
    for (String name : List.of("ca.pem", "proxy.pem", "proxy.key")) {
      Files.createFile(folder.resolve(name));
    }
    String sound;
    try (var in = ConfigLoaderLawsTest.class.getResourceAsStream("every-key.kdl")) {
      sound = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    long seed = Long.getLong("selvedge.seed", 20_261_123L);
    SplittableRandom seeds = new SplittableRandom(seed);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = mutated(sound, seeds.split());
      try {
        accepted += check(text) ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ":\n" + text, e);
      }
    }
    assertThat(accepted).as("accepted").isBetween(1, ROUNDS * 9 / 10);
  }

  private boolean check(String text) {
    Path file = folder.resolve("test.kdl");
    Map<String, String> env = Map.of("ADMIN_TOKEN", "t", "HOME", "${HOME}");
    Loaded loaded = ConfigLoader.parse(text, file.toString(), env::get, List.of("waf"));
    if (!(loaded instanceof Loaded.Refused(List<Problem> problems))) {
      return true;
    }
    assertThat(problems).isNotEmpty();
    List<String> lines = List.of(text.split("\r\n|\n|\r", -1));
    for (Problem problem : problems) {
      assertThat(problem.file()).isEqualTo(file.toString());
      assertThat(problem.line()).as(problem.toString()).isBetween(1, lines.size());
      String line = lines.get(problem.line() - 1);
      assertThat(problem.column())
          .as(problem.toString())
          .isBetween(1, line.codePointCount(0, line.length()) + 1);
    }
    assertThat(problems)
        .isSortedAccordingTo(
            java.util.Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    return false;
  }

  private static String mutated(String text, SplittableRandom random) {
    StringBuilder out = new StringBuilder(text);
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int at = random.nextInt(out.length());
      int end = Math.min(out.length(), at + random.nextInt(1, 12));
      switch (random.nextInt(5)) {
        case 0 -> out.delete(at, end);
        case 1 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> out.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        case 3 -> out.insert(at, out.substring(at, end).repeat(random.nextInt(1, 4)));
        default -> out.setCharAt(at, (char) random.nextInt(1, 0x250));
      }
    }
    return out.toString();
  }
}

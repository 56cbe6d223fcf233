package dev.selvedge.edge.config.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Spot;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathFormTest {

  private final Report report = new Report(any -> null);
  private final Spot spot = new Spot("path", new Place(new Source("t", Path.of("")), 1, 1), report);

  private @Nullable String suggestion() {
    return report.sorted().getFirst().suggestion();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a",
        "/a/",
        "/a//b",
        "/a/b;v=1",
        "/%2F%5C%20",
        "/...",
        "/a.b/.c",
        "/a:@!$&'()*+,="
      })
  void acceptsTheNormalForm(String path) {
    assertThat(PathForm.read(path, spot)).isEqualTo(path);
    assertThat(report.count()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "a, /a",
    "../a, /a",
    "/., /",
    "/.., /",
    "/a/., /a/",
    "/a/.., /",
    "/a/../b, /b",
    "/a//../b, /a/b",
    "/%7euser, /~user",
    "/%41, /A",
    "/%2e%2E/a, /a",
    "/%2f, /%2F",
    "/é, /%C3%A9",
    "/a b, /a%20b",
  })
  void showsTheNormalForm(String path, String normal) {
    assertThat(PathForm.read(path, spot)).isNull();
    assertThat(suggestion()).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/a?b", "/a#b", "/%2"})
  void refusesWhatIsNoPath(String path) {
    assertThat(PathForm.read(path, spot)).isNull();
    assertThat(suggestion()).isNull();
  }

  @Test
  void normalFormIsItsOwnNormalForm() {
    List<String> pieces =
        List.of("/", ".", "..", "a", "%2e", "%2F", "%7e", "%25", "%C3", "é", " ", ";", "~", "%41");
    long seed = Long.getLong("selvedge.seed", 20_261_123L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5_000; round++) {
      StringBuilder path = new StringBuilder("/");
      for (int i = random.nextInt(8); i > 0; i--) {
        path.append(pieces.get(random.nextInt(pieces.size())));
      }
      Report problems = new Report(any -> null);
      if (PathForm.read(path.toString(), new Spot("path", spot.place(), problems)) == null) {
        String normal = problems.sorted().getFirst().suggestion();
        String told = "seed " + seed + ": " + path + " to " + normal;
        assertThat(normal).as(told).isNotNull();
        assertThat(PathForm.read(String.valueOf(normal), spot)).as(told).isEqualTo(normal);
      }
    }
  }
}

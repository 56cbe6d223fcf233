package dev.selvedge.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private static final Spread SMALL = new Spread(10, 9, 11, 5);
  private static final Spread LARGE = new Spread(13, 12, 14, 4);

  @ParameterizedTest
  @EnumSource
  void ratioIsAboveOneExactlyWhenOursIsBetter(Metric metric) {
    boolean moreIsBetter = metric == Metric.RPS;
    Spread better = moreIsBetter ? LARGE : SMALL;
    Spread worse = moreIsBetter ? SMALL : LARGE;
    assertThat(Row.of("c", metric, "p", better, worse, "").ratio()).isCloseTo(1.3, within(1e-9));
    assertThat(Row.of("c", metric, "p", worse, better, "").ratio())
        .isCloseTo(1 / 1.3, within(1e-9));
    assertThat(Row.of("c", metric, "p", SMALL, SMALL, "").ratio()).isEqualTo(1);
  }

  @Test
  void nothingAgainstNothingIsEven() {
    assertThat(Metric.BYTES.ratio(0, 0)).isEqualTo(1);
    assertThat(Metric.BYTES.ratio(0, 8)).isInfinite();
    assertThat(Metric.BYTES.ratio(8, 0)).isZero();
  }

  @Test
  void jsonHasTheShapeOfTheContract(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("made/for/it.json");
    Row valid = Row.of("1KB-equal", Metric.CPU, "nginx", SMALL, LARGE, "");
    Row invalid = Row.of("1KB-equal", Metric.RPS, "nginx", LARGE, SMALL, "the load was full");
    new Report("proxy", "2 × something", List.of(valid, invalid)).writeTo(file);

    JsonNode json = new JsonMapper().readTree(Files.readString(file));
    assertThat(json.propertyNames()).containsExactly("bench", "machine", "rows");
    JsonNode first = json.get("rows").get(0);
    assertThat(first.propertyNames())
        .containsExactly("case", "metric", "peer", "ours", "theirs", "ratio", "rounds", "valid");
    assertThat(first.toString())
        .isEqualTo(
            """
            {"case":"1KB-equal","metric":"cpu","peer":"nginx","ours":10.0,"theirs":13.0,\
            "ratio":1.3,"rounds":4,"valid":true}\
            """);
    JsonNode second = json.get("rows").get(1);
    assertThat(second.get("valid").asBoolean()).isFalse();
    assertThat(second.get("why").asString()).isEqualTo("the load was full");
  }

  @Test
  void tableSaysWhyARowProvesNothing() {
    Row row = Row.of("1KB-equal", Metric.RPS, "nginx", LARGE, SMALL, "the load was full");
    assertThat(new Report("proxy", "m", List.of(row)).toMarkdown())
        .endsWith("| 1KB-equal | rps | nginx | 13 | 10 | 1.30 | no: the load was full |\n");
  }
}

package dev.selvedge.edge.waf.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.selvedge.edge.waf.injection.LibinjectionSuite.Case;
import dev.selvedge.edge.waf.injection.LibinjectionSuite.Line;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The unit tests and data lines of libinjection itself. */
final class LibinjectionConformanceTest {
  private static final int CASES = 480;

  @TestFactory
  Stream<DynamicTest> unitTests() {
    List<Case> cases = LibinjectionSuite.cases();
    assertThat(cases).hasSize(CASES);
    return cases.stream()
        .map(c -> dynamicTest(c.name(), () -> assertThat(actual(c)).isEqualTo(c.expected())));
  }

  private static String actual(Case c) {
    byte[] s = LibinjectionSuite.bytes(c.input());
    String kind = c.name().split("-", -1)[1];
    String actual =
        switch (kind) {
          case "tokens" -> Printed.tokens(s);
          case "folding" -> Printed.folded(s);
          case "sqli" -> String.valueOf(SqlInjection.fingerprint(s, 0, s.length));
          case "html5" -> Printed.markup(s);
          default -> throw new IllegalArgumentException(c.name());
        };
    return actual.equals("null") ? "" : LibinjectionSuite.trimEnd(actual);
  }

  /**
   * libinjection 3.9.2 itself misjudges 39 lines by the label of their file (its own build allows
   * for that); on each line our verdict is libinjection's.
   */
  @Test
  void dataLinesAreJudgedAsLibinjectionJudgesThem() {
    Set<String> outliers = new HashSet<>(Tables.lines("libinjection-outliers.txt"));
    List<String> disagreements = new ArrayList<>();
    List<Line> lines = LibinjectionSuite.lines();
    for (Line line : lines) {
      byte[] s = LibinjectionSuite.bytes(line.value());
      boolean expected = line.attack() != outliers.contains(line.place());
      if ((SqlInjection.fingerprint(s, 0, s.length) != null) != expected) {
        disagreements.add(line.toString());
      }
    }
    assertThat(lines).hasSize(16_284);
    assertThat(outliers).hasSize(39);
    assertThat(disagreements).isEmpty();
  }
}

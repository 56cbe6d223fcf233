package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports say which method ran and how it ended, for plain and for parameterised tests. */
class TestReportsTest {

  @TempDir private Path root;

  @Test
  void readsHowEachRunEnded() throws IOException {
    Path folder = Files.createDirectories(root.resolve("edge/x/target/surefire-reports"));
    Files.writeString(
        folder.resolve("TEST-a.FooTest.xml"),
        """
        <testsuite name="a.FooTest">
          <testcase name="one" classname="a.FooTest" time="0.1"/>
          <testcase name="two(int)[1]" classname="a.FooTest" time="0.1"/>
          <testcase name="two(int)[2]" classname="a.FooTest" time="0.1"><failure/></testcase>
          <testcase name="oneMore" classname="a.FooTest" time="0.1"><skipped/></testcase>
        </testsuite>
        """);
    TestReports reports = TestReports.read(root, List.of("edge/x", "edge/y"));
    assertThat(reports.ran("edge/x")).isTrue();
    assertThat(reports.ran("edge/y")).isFalse();
    assertThat(ends(reports, "one")).containsExactly(TestReports.End.PASSED);
    assertThat(ends(reports, "two"))
        .containsExactly(TestReports.End.PASSED, TestReports.End.FAILED);
    assertThat(ends(reports, "oneMore")).containsExactly(TestReports.End.SKIPPED);
    assertThat(ends(reports, "three")).isEmpty();
    assertThat(reports.of("BarTest", "one")).isEmpty();
  }

  private static List<TestReports.End> ends(TestReports reports, String method) {
    return reports.of("FooTest", method).stream().map(TestReports.Case::end).toList();
  }
}

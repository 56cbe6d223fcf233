package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last lines of a build tell what ran, what did not, and why. */
class BuildReportTest {

  private static final String TWO_PASSED =
      """
      <testsuite name="a.FooTest" time="3.5">
        <testcase name="one" classname="a.FooTest" time="1,001.5"/>
        <testcase name="two" classname="a.FooTest" time="2.0"/>
      </testsuite>
      """;

  /** As Surefire writes an assumption that does not hold: the reason is in the text. */
  private static final String ABORTED =
      """
      <skipped type="org.opentest4j.TestAbortedException"><![CDATA[\
      org.opentest4j.TestAbortedException: Assumption failed: no promtool
      \tat org.junit.jupiter.api.Assumptions.assumeTrue(Assumptions.java:127)
      ]]></skipped>\
      """;

  private static final String FIVE_SKIPPED =
      """
      <testsuite name="a.BarTest" time="0">
        <testcase name="one" classname="a.BarTest" time="0">
          <skipped message="no suites found&#10;more"/>
        </testcase>
        <testcase name="two" classname="a.BarTest" time=""><skipped/></testcase>
        <testcase name="three(int)[1]" classname="a.BarTest" time="0">%1$s</testcase>
        <testcase name="three(int)[2]" classname="a.BarTest" time="0">%1$s</testcase>
        <testcase name="" classname="a.b.BazIT" time="0">%1$s</testcase>
      </testsuite>
      """
          .formatted(ABORTED);
  private static final String ONE_FAILED =
      """
      <testsuite name="a.BadTest" time="0">
        <testcase name="one" classname="a.BadTest" time="0.5"><error message="no"/></testcase>
      </testsuite>
      """;

  @TempDir private Path root;

  private record Printed(boolean good, List<String> lines) {}

  private void report(String folder, String name, String xml) throws IOException {
    Path reports = Files.createDirectories(root.resolve(folder));
    Files.writeString(reports.resolve(name), xml);
  }

  private Printed print(String mode, int seconds) throws IOException {
    BuildReport report = new BuildReport();
    report.readBelow(root);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean good =
        report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), mode, seconds);
    return new Printed(good, bytes.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void endsWithWhatRanAndWhatWasSkippedAndWhy() throws IOException {
    report("a/target/surefire-reports", "TEST-a.FooTest.xml", TWO_PASSED);
    report("b/target/failsafe-reports", "TEST-a.BarTest.xml", FIVE_SKIPPED);
    Printed printed = print("all", 10);
    assertThat(printed.lines().getLast())
        .isEqualTo(
            "run 2, skipped 5 (no promtool: BarTest.three 2x, BazIT; no reason given: BarTest.two;"
                + " no suites found: BarTest.one)");
    assertThat(printed.lines()).contains("   1003.5 s  a.FooTest");
    assertThat(printed.lines()).contains("build took 10 s of 900 s");
    assertThat(printed.good()).isTrue();
  }

  @Test
  void listsTheSlowestTwentyOnly() throws IOException {
    for (int i = 0; i < 30; i++) {
      String one = "<testcase name=\"x\" time=\"" + i + "\"/>";
      String xml = "<testsuite name=\"T" + i + "\">" + one + "</testsuite>";
      report("a/target/surefire-reports", "TEST-T" + i + ".xml", xml);
    }
    List<String> slowest =
        print("all", 1).lines().stream().filter(line -> line.startsWith("  ")).toList();
    assertThat(slowest).hasSize(20);
    assertThat(slowest.getFirst()).endsWith("29.0 s  T29");
  }

  @Test
  void failsOverTheBudgetUnlessItSoaks() throws IOException {
    report("a/target/surefire-reports", "TEST-a.FooTest.xml", TWO_PASSED);
    assertThat(print("all", 900).good()).isTrue();
    assertThat(print("all", 901).good()).isFalse();
    assertThat(print("all", 901).lines()).contains("build took 901 s of 900 s: over");
    assertThat(print("soak", 901).good()).isTrue();
  }

  @Test
  void failsWhereATestFailedOrNoneRan() throws IOException {
    assertThat(print("all", 1).good()).isFalse();
    report("a/target/surefire-reports", "TEST-a.FooTest.xml", TWO_PASSED);
    report("a/target/surefire-reports", "TEST-a.BadTest.xml", ONE_FAILED);
    Printed printed = print("all", 1);
    assertThat(printed.good()).isFalse();
    assertThat(printed.lines().getLast()).isEqualTo("run 3, failed 1, skipped 0");
  }

  @Test
  void failsWhereAReportIsBroken() throws IOException {
    report("a/target/surefire-reports", "TEST-a.FooTest.xml", TWO_PASSED);
    report("a/target/surefire-reports", "TEST-a.CutTest.xml", "<testsuite");
    Printed printed = print("all", 1);
    assertThat(printed.good()).isFalse();
    assertThat(printed.lines().getFirst()).startsWith("unreadable report ");
  }

  @Test
  void passesByWhatLiesInSources() throws IOException {
    report("a/src/test/resources", "TEST-a.BadTest.xml", ONE_FAILED);
    report("a/target/surefire-reports", "TEST-a.FooTest.xml", TWO_PASSED);
    assertThat(print("all", 1).lines().getLast()).isEqualTo("run 2, skipped 0");
  }
}

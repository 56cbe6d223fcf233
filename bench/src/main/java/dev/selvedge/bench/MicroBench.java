package dev.selvedge.bench;

import dev.selvedge.bench.report.Machine;
import dev.selvedge.bench.report.Metric;
import dev.selvedge.bench.report.Report;
import dev.selvedge.bench.report.Row;
import dev.selvedge.bench.report.Spread;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH class {@code NAMEBenchmark} and compares each of its methods with the one called
 * {@code baseline}: nanoseconds and allocated bytes of one operation.
 *
 * <p>A class states its own forks, warm-up and iterations; its mode must be average time in
 * nanoseconds, so that a row's unit is never in doubt.
 */
final class MicroBench {
  private static final String BASELINE = "baseline";
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private MicroBench() {}

  static int run(String name, List<String> args, PrintStream out) {
    Path json = jsonFile(args);
    requireKnown(name);
    Collection<RunResult> results;
    try {
      results =
          new Runner(
                  new OptionsBuilder()
                      .include(pattern(name))
                      .addProfiler(GCProfiler.class)
                      .shouldFailOnError(true)
                      .build())
              .run();
    } catch (RunnerException e) {
      throw new BenchException("the micro-benchmark " + name + " failed: " + e.getMessage());
    }
    Report report = new Report(name, Machine.describe(), rows(results));
    out.print(report.toMarkdown());
    if (json != null) {
      report.writeTo(json);
    }
    return 0;
  }

  private static @Nullable Path jsonFile(List<String> args) {
    if (args.isEmpty()) {
      return null;
    }
    if (args.size() != 2 || !args.getFirst().equals("--json")) {
      throw new IllegalArgumentException("a micro-benchmark takes only --json FILE");
    }
    return Path.of(args.get(1));
  }

  private static String pattern(String name) {
    return "(?i)\\." + Pattern.quote(name.replace("-", "")) + "Benchmark\\.";
  }

  private static void requireKnown(String name) {
    Pattern pattern = Pattern.compile(pattern(name));
    List<String> known =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
            .stream()
            .map(BenchmarkListEntry::getUsername)
            .toList();
    if (known.stream().noneMatch(id -> pattern.matcher(id).find())) {
      throw new IllegalArgumentException(
          "no benchmark \"" + name + "\"; there are proxy and the micro-benchmarks " + known);
    }
  }

  private static List<Row> rows(Collection<RunResult> results) {
    Map<String, RunResult> baselines = new TreeMap<>();
    for (RunResult result : results) {
      if (method(result).equals(BASELINE)) {
        baselines.put(owner(result), result);
      }
    }
    List<Row> rows = new ArrayList<>();
    for (RunResult result : results) {
      RunResult baseline = baselines.get(owner(result));
      if (!method(result).equals(BASELINE)) {
        for (Metric metric : List.of(Metric.NANOS, Metric.BYTES)) {
          rows.add(row(metric, result, baseline));
        }
      }
    }
    return rows;
  }

  private static Row row(Metric metric, RunResult result, @Nullable RunResult baseline) {
    Spread ours = spread(metric, result);
    Spread theirs = baseline == null ? ours : spread(metric, baseline);
    String why = baseline == null ? "its class has no method named " + BASELINE : "";
    return Row.of(method(result), metric, BASELINE, ours, theirs, why);
  }

  private static Spread spread(Metric metric, RunResult result) {
    Result<?> figure =
        metric == Metric.NANOS
            ? result.getPrimaryResult()
            : result.getSecondaryResults().get(ALLOCATED);
    if (figure == null) {
      throw new BenchException("JMH reports no " + metric.label() + " for " + method(result));
    }
    // JMH charges its own few allocations to the operations: 0.0001 bytes are none.
    double score =
        metric == Metric.BYTES ? Math.rint(figure.getScore() * 100) / 100 : figure.getScore();
    int rounds = Math.toIntExact(Math.max(1, figure.getSampleCount()));
    return new Spread(score, score, score, rounds);
  }

  private static String method(RunResult result) {
    return id(result).substring(id(result).lastIndexOf('.') + 1);
  }

  private static String owner(RunResult result) {
    return id(result).substring(0, id(result).lastIndexOf('.'));
  }

  private static String id(RunResult result) {
    return result.getParams().getBenchmark();
  }
}

package dev.selvedge.bench;

import dev.selvedge.bench.agents.CallBench;
import dev.selvedge.bench.proxy.BenchCase.Suite;
import dev.selvedge.bench.proxy.ProxyBench;
import dev.selvedge.bench.proxy.ProxyOptions;
import dev.selvedge.bench.report.Row;
import dev.selvedge.bench.waf.WafBench;
import dev.selvedge.bench.waf.WafOptions;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Runs {@code ./selvedge bench NAME}: 0 measured, 1 failed or work not done, 2 bad arguments. */
public final class Main {
  private static final String USAGE =
      """
      ./selvedge bench proxy [--json FILE] [--case NAME]… [--rounds N] [--seconds S] [--write]
          this proxy against nginx and HAProxy; --write renews the section in docs/benchmarks.md
          cases: %s
      ./selvedge bench agents [the same options]
          this proxy with an agent against itself without
          cases: %s
      ./selvedge bench waf [the same options]
          the rule engine against libmodsecurity, the CRS on the same requests
          cases: crs-clean, crs-attack, crs-body-64k
      ./selvedge bench NAME [--json FILE]
          the micro-benchmarks (JMH) whose class is NAME followed by Benchmark
      """
          .formatted(ProxyOptions.caseNames(Suite.PROXY), ProxyOptions.caseNames(Suite.AGENTS));

  private Main() {}

  /** Runs one benchmark and exits. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    try {
      boolean help = args.contains("--help") || args.contains("-h");
      if (args.isEmpty() || help || args.getFirst().equals("help")) {
        (args.isEmpty() ? err : out).print(USAGE);
        return args.isEmpty() ? 2 : 0;
      }
      List<String> rest = args.subList(1, args.size());
      if (args.getFirst().equals("proxy")) {
        return ProxyBench.run(ProxyOptions.parse(home(), Suite.PROXY, rest), out);
      }
      if (args.getFirst().equals("agents")) {
        return agents(ProxyOptions.parse(home(), Suite.AGENTS, rest), out);
      }
      if (args.getFirst().equals("waf")) {
        return WafBench.run(WafOptions.parse(home(), rest), out);
      }
      return MicroBench.run(args.getFirst(), rest, out);
    } catch (IllegalArgumentException e) {
      err.println("selvedge bench: " + e.getMessage());
      return 2;
    } catch (BenchException | UncheckedIOException e) {
      err.println("selvedge bench: " + e.getMessage());
      return 1;
    }
  }

  /** The calls alone come first, unless single cases were asked for. */
  private static int agents(ProxyOptions options, PrintStream out) {
    List<Row> calls =
        options.everyCase()
            ? new CallBench(options.home(), options.rounds(), options.seconds(), out).run()
            : List.of();
    return ProxyBench.run(options, calls, out);
  }

  /**
   * The project's folder: named by the launcher, else the nearest one above that has the wrapper.
   */
  public static Path home() {
    String named = System.getProperty("selvedge.home");
    if (named != null) {
      return Path.of(named);
    }
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    for (Path f = folder; f != null; f = f.getParent()) {
      if (f.resolve("mvnw").toFile().exists()) {
        return f;
      }
    }
    throw new BenchException("not inside the project: " + folder);
  }
}

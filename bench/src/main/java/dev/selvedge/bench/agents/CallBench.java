package dev.selvedge.bench.agents;

import dev.selvedge.bench.BenchException;
import dev.selvedge.bench.proxy.RunningAgent;
import dev.selvedge.bench.report.Metric;
import dev.selvedge.bench.report.Row;
import dev.selvedge.bench.report.Spread;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Codec and transport of one agent call, frames beside gRPC, alternating: {@link CallLoad} on the
 * proxy's core, the agent on the other. Not thread-safe.
 */
public final class CallBench {

  /** What CallLoad prints. */
  record Calls(long calls, int seconds, double cpuMicros, double p50Micros, double p99Micros) {}

  private enum Pace {
    THIRTY_TWO("call-32-in-flight", 32, 0),
    ONE("call-1-in-flight", 1, 0),
    RATE("call-2000-per-second", 1, 2_000);

    private final String label;
    private final int inFlight;
    private final int rate;

    Pace(String label, int inFlight, int rate) {
      this.label = label;
      this.inFlight = inFlight;
      this.rate = rate;
    }
  }

  /** CPU µs of a call with 32 in flight that must not be passed (DESIGN 11). */
  private static final double CALL_MICROS_MAX = 1.5;

  private static final int WARMUP_SECONDS = 8;
  private static final int PATIENCE_SECONDS = 30;
  private static final int PROXY_CORE = 0;
  private static final int AGENT_CORE = 1;

  private final Path home;
  private final int rounds;
  private final int seconds;
  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();

  /** Prepares so many rounds of so many seconds. */
  public CallBench(Path home, int rounds, int seconds, PrintStream out) {
    this.home = home;
    this.rounds = rounds;
    this.seconds = seconds;
    this.out = out;
  }

  /** Measures every pace; returns rows that compare frames with the bound and with gRPC. */
  public List<Row> run() {
    try {
      Path folder = Files.createTempDirectory("selvedge-calls-");
      try {
        for (Pace pace : Pace.values()) {
          measure(pace, folder);
        }
        return rows;
      } finally {
        for (String left : List.of("agent.sock", "agent.out", "calls.out")) {
          Files.deleteIfExists(folder.resolve(left));
        }
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void measure(Pace pace, Path folder) throws IOException {
    List<Calls> frames = new ArrayList<>();
    List<Calls> grpc = new ArrayList<>();
    for (int i = 1; i <= rounds; i++) {
      frames.add(round(pace, i, "frames", "unix:" + folder.resolve("agent.sock"), folder));
      grpc.add(round(pace, i, "gRPC", "127.0.0.1:" + RunningAgent.freePort(), folder));
    }
    if (pace == Pace.THIRTY_TWO) {
      Spread bound = Spread.of(List.of(CALL_MICROS_MAX));
      rows.add(
          Row.of(
              pace.label,
              Metric.CPU,
              "at most 1.5 µs",
              spread(frames, Calls::cpuMicros),
              bound,
              ""));
    }
    rows.add(row(pace, Metric.CPU, frames, grpc, Calls::cpuMicros));
    if (pace != Pace.THIRTY_TWO) {
      rows.add(row(pace, Metric.P99, frames, grpc, Calls::p99Micros));
    }
  }

  private static Row row(
      Pace pace, Metric metric, List<Calls> frames, List<Calls> grpc, ToDoubleFunction<Calls> of) {
    return Row.of(pace.label, metric, "gRPC", spread(frames, of), spread(grpc, of), "");
  }

  private static Spread spread(List<Calls> all, ToDoubleFunction<Calls> figure) {
    return Spread.of(all.stream().map(figure::applyAsDouble).toList());
  }

  private Calls round(Pace pace, int number, String transport, String address, Path folder)
      throws IOException {
    RunningAgent agent =
        RunningAgent.start(home, "denylist", address, folder.resolve("agent.out"), AGENT_CORE);
    try {
      Calls calls = load(address, pace, folder);
      out.printf(
          Locale.ROOT,
          "%s round %d/%d %-6s %,9.0f calls/s %7.2f µs CPU",
          pace.label,
          number,
          rounds,
          transport,
          (double) calls.calls() / calls.seconds(),
          calls.cpuMicros());
      if (pace != Pace.THIRTY_TWO) {
        out.printf(
            Locale.ROOT, ", p50 %,.0f µs, p99 %,.0f µs", calls.p50Micros(), calls.p99Micros());
      }
      out.println();
      return calls;
    } finally {
      agent.close();
    }
  }

  /** A side that hangs must not hang the benchmark. */
  private void awaitEnd(Process process) {
    try {
      if (!process.waitFor(WARMUP_SECONDS + seconds + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new BenchException("the calls did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted");
    } finally {
      process.destroyForcibly();
    }
  }

  private Calls load(String address, Pace pace, Path folder) throws IOException {
    List<String> command =
        List.of(
            "taskset",
            "-c",
            Integer.toString(PROXY_CORE),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.leakDetection.level=disabled",
            "-cp",
            System.getProperty("java.class.path"),
            CallLoad.class.getName(),
            address,
            Integer.toString(pace.inFlight),
            Integer.toString(pace.rate),
            Integer.toString(WARMUP_SECONDS),
            Integer.toString(seconds));
    Path output = folder.resolve("calls.out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    awaitEnd(process);
    String said = Files.readString(output, StandardCharsets.UTF_8);
    try {
      return new JsonMapper().readValue(said, Calls.class);
    } catch (JacksonException e) {
      throw new BenchException("the calls ended with: " + said.strip());
    }
  }
}

package dev.selvedge.bench.micro;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.edge.proxy.record.DecisionRecord;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import dev.selvedge.kernel.RequestTarget;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to fill a decision record with eight steps and to keep it, as the program does:
 * ring, notable ring with its capped refusal line, access line. Must: at most 300 ns and 0 bytes
 * for the record and its ring (EDGE 6); the access line comes on top.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class RecorderBenchmark {

  private final HttpHead head = new HttpHead();
  private final RequestTarget target = new RequestTarget();
  private final DecisionRecord record = new DecisionRecord();
  private final Names names = new Names();
  private final int route = names.number("api");
  private final int upstream = names.number("users");
  private final byte[] client = {127, 0, 0, 1};
  private Records quietRecords;
  private Records loggingRecords;
  private Recorder quiet;
  private Recorder logging;
  private long sequence;
  private long nanos;

  /** Opens both kinds of recorder, and parses the one request. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    byte[] line = "GET /api/users/42/orders?limit=20".getBytes(StandardCharsets.US_ASCII);
    head.append(line, 0, line.length);
    head.method(0, 3);
    head.target(4, line.length - 4);
    head.addField("host", "users.example");
    if (target.parse(head, false, false) != null) {
      throw new IllegalStateException("the request of the benchmark is refused");
    }
    Metrics metrics = new Metrics();
    AccessLog file = new AccessLog.ToFile(Path.of("/dev/null"));
    FileChannel stdout = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
    quietRecords = Records.open(1, 1, names, metrics, new AccessLog.Off(), stdout);
    loggingRecords = Records.open(1, 1, names, metrics, file, stdout);
    quiet = quietRecords.recorderFor(0, metrics.shard());
    logging = loggingRecords.recorderFor(0, metrics.shard());
  }

  @TearDown(Level.Trial)
  public void close() {
    quietRecords.close();
    loggingRecords.close();
  }

  /** The clock and the count go on without a record too. */
  @Benchmark
  public long baseline() {
    nanos += 50_000;
    return ++sequence + nanos;
  }

  /** The record and its ring. */
  @Benchmark
  public long ring() {
    fill();
    quiet.finish(record);
    return sequence + nanos;
  }

  /** The same, and the access line. */
  @Benchmark
  public long ringAndAccessLine() {
    fill();
    logging.finish(record);
    return sequence + nanos;
  }

  /** A refusal in a flood: both rings; nearly all lines are over the cap. */
  @Benchmark
  public long notable() {
    fill();
    record.fail(FailureCode.ROUTE_REFUSED);
    quiet.finish(record);
    return sequence + nanos;
  }

  private void fill() {
    nanos += 50_000;
    record.begin(0, ++sequence, nanos, nanos >> 20);
    record.client(client);
    record.method(head);
    record.target(target);
    record.route(route);
    record.step(Step.ROUTED, route, nanos);
    record.upstream(upstream);
    record.step(Step.POOL_QUEUED, upstream, nanos + 500);
    record.step(Step.CONNECTING, upstream, nanos + 600);
    record.step(Step.CONNECTED, upstream, nanos + 1_000);
    record.step(Step.REQUEST_BODY_COMPLETE, 0, nanos + 2_000);
    record.step(Step.FIRST_BYTE, 200, nanos + 30_000);
    record.step(Step.ANSWERED_BY, upstream, nanos + 30_000);
    record.status(200);
    record.step(Step.RESPONDED, 200, nanos + 31_000);
    record.countResponseBytes(1024);
    record.end(nanos + 40_000);
  }
}

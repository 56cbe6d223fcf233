package dev.selvedge.bench.micro;

import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.edge.proxy.record.DecisionRecord;
import dev.selvedge.edge.proxy.record.Names;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.edge.proxy.record.Records;
import dev.selvedge.edge.proxy.record.Step;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import dev.selvedge.kernel.RequestTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the decision record of one ordinary proxied request costs, its copy into the ring included,
 * against the same request without one. Must: at most 300 ns more, 0 bytes (EDGE 6). The access
 * line is off: it is the same work that a peer's log is.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class RecordBenchmark {
  private static final int ROUTE = 10;
  private static final int UPSTREAM = 11;

  private final HttpHead head = new HttpHead();
  private final RequestTarget target = new RequestTarget();
  private final DecisionRecord record = new DecisionRecord();
  private final byte[] client = {127, 0, 0, 1};
  private Recorder recorder = Recorder.NONE;
  private long sequence;
  private long nanos;

  /** One request, which both methods see. */
  @Setup
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
    Records records = Records.open(1, 1, new Names(), metrics, new AccessLog.Off());
    recorder = records.recorderFor(0, metrics.shard());
  }

  /** The clock and the count go on without a record too. */
  @Benchmark
  public long baseline() {
    nanos += 50_000;
    return ++sequence + nanos;
  }

  /** As an exchange fills it: an upstream on a reused connection answers. */
  @Benchmark
  public long record() {
    nanos += 50_000;
    record.begin(0, ++sequence, nanos, nanos);
    record.client(client);
    record.method(head);
    record.target(target);
    record.route(ROUTE);
    record.step(Step.ROUTED, ROUTE, nanos);
    record.upstream(UPSTREAM);
    record.step(Step.CONNECTION_REUSED, UPSTREAM, nanos + 1_000);
    record.step(Step.REQUEST_BODY_COMPLETE, 0, nanos + 2_000);
    record.step(Step.FIRST_BYTE, 200, nanos + 30_000);
    record.status(200);
    record.step(Step.RESPONDED, 200, nanos + 31_000);
    record.countResponseBytes(1024);
    record.end(nanos + 40_000);
    recorder.finish(record);
    return sequence + nanos;
  }
}

package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.time;

import dev.selvedge.edge.config.UpstreamConfig.LoadBalancing;
import dev.selvedge.edge.config.UpstreamConfig.Target;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Targets;
import dev.selvedge.edge.config.value.Types;
import java.time.Duration;

/** The keys of {@code upstreams}. */
public final class UpstreamKeys {

  public static final Key<Target> TARGET =
      Key.repeated(
          "upstreams.upstream.target",
          new Targets(),
          "One server and its share against the others; at least one.",
          "UpstreamsTest#sharesRequestsByWeight");

  public static final Key<LoadBalancing> LOAD_BALANCING =
      Key.withDefault(
          "upstreams.upstream.load-balancing",
          Types.Choice.of("round-robin", LoadBalancing.ROUND_ROBIN)
              .or("least-connections", LoadBalancing.LEAST_CONNECTIONS),
          "\"round-robin\"",
          "How a target is chosen.",
          "UpstreamsTest#choosesTheTargetWithFewestExchangesUnderLeastConnections");

  public static final Key<Integer> MAX_CONNECTIONS =
      Key.withDefault(
          "upstreams.upstream.max-connections",
          new Types.Whole(1, 1_000_000),
          "10000",
          "Open connections over all targets; further requests wait.",
          "BoundsTest#opensNoMoreUpstreamConnectionsThanMaxConnections");

  public static final Key<Integer> MAX_QUEUE =
      Key.withDefault(
          "upstreams.upstream.max-queue",
          new Types.Whole(0, 1_000_000),
          "1000",
          "Requests that wait for a connection; one more gets 503.",
          "BoundsTest#refusesRequestsOverTheUpstreamQueue");

  public static final Key<Duration> POOL_WAIT =
      Key.withDefault(
          "upstreams.upstream.timeouts.pool-wait",
          time("1ms", "1h"),
          "\"1s\"",
          "How long a request waits for a connection before it gets 503.",
          "TimersTest#endsTheWaitForAPoolConnection");

  public static final Key<Duration> CONNECT =
      Key.withDefault(
          "upstreams.upstream.timeouts.connect",
          time("1ms", "1h"),
          "\"5s\"",
          "How long a try to connect may take, of two at most: 504, or 502 where it is refused.",
          "TimersTest#endsConnecting");

  public static final Key<Duration> WRITE_STALL =
      Key.withDefault(
          "upstreams.upstream.timeouts.write-stall",
          time("1ms", "24h"),
          "\"30s\"",
          "How long a target may take nothing of a request before it ends with 504.",
          "TimersTest#endsAWriteThatStalls");

  public static final Key<Duration> FIRST_BYTE =
      Key.withDefault(
          "upstreams.upstream.timeouts.first-byte",
          time("1ms", "24h"),
          "\"60s\"",
          "From the end of the request to the first byte of the answer, else 504.",
          "TimersTest#endsTheWaitForTheFirstByte");

  public static final Key<Duration> BETWEEN_BYTES =
      Key.withDefault(
          "upstreams.upstream.timeouts.between-bytes",
          time("1ms", "24h"),
          "\"60s\"",
          "Between two reads of an answer, else 504 or a cut answer.",
          "TimersTest#endsAnAnswerThatStalls");

  public static final Key<Duration> IDLE =
      Key.withDefault(
          "upstreams.upstream.timeouts.idle",
          time("1ms", "24h"),
          "\"60s\"",
          "How long an unused pooled connection is kept.",
          "TimersTest#closesIdlePooledConnections");

  static final Block TIMEOUT_KEYS =
      Block.of(
          "upstreams.upstream.timeouts",
          POOL_WAIT,
          CONNECT,
          WRITE_STALL,
          FIRST_BYTE,
          BETWEEN_BYTES,
          IDLE);

  public static final Key<KdlNode> TIMEOUTS =
      Key.optional(
          "upstreams.upstream.timeouts",
          TIMEOUT_KEYS,
          "Timers of the upstream's side.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block ONE =
      Block.named(
              "upstreams.upstream", TARGET, LOAD_BALANCING, MAX_CONNECTIONS, MAX_QUEUE, TIMEOUTS)
          .later(
              "health-check", "outlier-detection", "retry", "tls", "protocol", "circuit-breaker");

  public static final Key<KdlNode> UPSTREAM =
      Key.repeated(
          "upstreams.upstream",
          ONE,
          "Servers that give the same answers, by a name that routes use.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block BLOCK = Block.of("upstreams", UPSTREAM);

  private UpstreamKeys() {}
}

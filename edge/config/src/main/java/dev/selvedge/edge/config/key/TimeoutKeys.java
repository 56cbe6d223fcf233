package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.size;
import static dev.selvedge.edge.config.value.Measure.time;

import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.kernel.ByteSize;
import java.time.Duration;

/** The keys of {@code system.timeouts}: the client's side of EDGE 3. */
public final class TimeoutKeys {

  public static final Key<Duration> HEAD =
      Key.withDefault(
          "system.timeouts.head",
          time("1ms", "1h"),
          "\"10s\"",
          "From the accept, or the first byte of a later head, to the head's end; else 408, or a"
              + " silent close where no byte came.",
          "TimersTest#endsAHeadThatIsNotFinished");

  public static final Key<Duration> KEEP_ALIVE =
      Key.withDefault(
          "system.timeouts.keep-alive",
          time("1ms", "24h"),
          "\"75s\"",
          "Between two requests of a connection; then it is closed.",
          "TimersTest#closesIdleClientConnections");

  public static final Key<Duration> REQUEST_BODY =
      Key.withDefault(
          "system.timeouts.request-body",
          time("1ms", "24h"),
          "\"30s\"",
          "Between two reads of a request body; else 408.",
          "TimersTest#endsARequestBodyThatStalls");

  public static final Key<ByteSize> REQUEST_BODY_MIN_RATE =
      Key.withDefault(
          "system.timeouts.request-body-min-rate",
          size("0B", "1GiB"),
          "\"1KiB\"",
          "Bytes a second of a request body, averaged over 30 s; less is 408, `0B` allows all.",
          "TimersTest#endsARequestBodyThatTrickles");

  public static final Key<Duration> CLIENT_WRITE =
      Key.withDefault(
          "system.timeouts.client-write",
          time("1ms", "24h"),
          "\"60s\"",
          "How long a client may take nothing of its answer before it is cut.",
          "TimersTest#cutsAClientThatDoesNotRead");

  public static final Key<Duration> UPGRADED_IDLE =
      Key.withDefault(
          "system.timeouts.upgraded-idle",
          time("1ms", "168h"),
          "\"10m\"",
          "Without a byte in either direction of an upgraded connection; then it is closed.",
          "TimersTest#closesIdleTunnels");

  static final Block BLOCK =
      Block.of(
          "system.timeouts",
          HEAD,
          KEEP_ALIVE,
          REQUEST_BODY,
          REQUEST_BODY_MIN_RATE,
          CLIENT_WRITE,
          UPGRADED_IDLE);

  private TimeoutKeys() {}
}

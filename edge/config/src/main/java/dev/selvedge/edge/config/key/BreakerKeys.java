package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.time;

import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Types;
import java.time.Duration;

/** The keys of an agent's circuit breaker. */
public final class BreakerKeys {

  public static final Key<Integer> FAILURE_THRESHOLD =
      Key.withDefault(
          "agents.agent.circuit-breaker.failure-threshold",
          new Types.Whole(1, 10_000),
          "3",
          "Failures within the window that open it, if they are a tenth of the calls as well.",
          "AgentBreakerTest#opensAtTheFailureThreshold");

  public static final Key<Integer> SUCCESS_THRESHOLD =
      Key.withDefault(
          "agents.agent.circuit-breaker.success-threshold",
          new Types.Whole(1, 1_000),
          "2",
          "Probes in a row that must succeed to close it.",
          "AgentBreakerTest#closesAtTheSuccessThreshold");

  public static final Key<Duration> TIMEOUT =
      Key.withDefault(
          "agents.agent.circuit-breaker.timeout",
          time("1ms", "1h"),
          "\"30s\"",
          "How long it stays open before one call at a time probes; less after a new connection.",
          "AgentBreakerTest#probesAfterItsTimeout");

  public static final Key<Duration> WINDOW =
      Key.withDefault(
          "agents.agent.circuit-breaker.window",
          time("1s", "1h"),
          "\"30s\"",
          "How far back failures count.",
          "AgentBreakerTest#forgetsFailuresOutsideTheWindow");

  static final Block BLOCK =
      Block.of(
          "agents.agent.circuit-breaker", FAILURE_THRESHOLD, SUCCESS_THRESHOLD, TIMEOUT, WINDOW);

  private BreakerKeys() {}
}

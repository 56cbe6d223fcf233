package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.size;
import static dev.selvedge.edge.config.value.Measure.time;

import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig.BodyMode;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.config.AgentConfig.FailureMode;
import dev.selvedge.edge.config.AgentConfig.OverLimit;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.AgentAddresses;
import dev.selvedge.edge.config.value.AnyNodes;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Types;
import dev.selvedge.kernel.ByteSize;
import java.time.Duration;
import java.util.List;

/** The keys of one agent; its circuit breaker's are {@link BreakerKeys}. */
public final class AgentKeys {

  public static final Key<Ref> TYPE =
      Key.optional(
          "agents.agent.type",
          new Types.Text<>("name of a built-in type, where no address is given", Ref::read),
          "Which built-in agent runs as a child process; beside an address only a label.",
          "AgentConfigTest#typeSelectsABuiltInOnlyWhereNoAddressIsGiven");

  public static final Key<AgentAddress> GRPC =
      Key.optional(
          "agents.agent.grpc",
          new AgentAddresses.OverGrpc(),
          "Speaks gRPC with an agent that runs elsewhere; `https` by TLS, with a certificate of"
              + " the proxy's own if `cert-file=` and `key-file=` name one.",
          "AgentTransportsTest#asksAnAgentOverGrpc");

  public static final Key<AgentAddress> UNIX_SOCKET =
      Key.optional(
          "agents.agent.unix-socket",
          new AgentAddresses.OverUnixSocket(),
          "Speaks frames with an agent that runs elsewhere.",
          "AgentTransportsTest#asksAnAgentOverAUnixSocket");

  public static final Key<List<Event>> EVENTS =
      Key.withDefault(
          "agents.agent.events",
          new Types.Texts<>(
              "`request_headers`, `request_body`, `response_headers`, `response_body` or"
                  + " `request_complete`",
              AgentAddresses::event),
          "\"request_headers\"",
          "What the agent is told; bodies also by `request-body` and `response-body`.",
          "AgentEventsTest#tellsOnlyTheEventsAskedFor");

  public static final Key<Duration> TIMEOUT =
      Key.withDefault(
          "agents.agent.timeout",
          time("1ms", "10m"),
          "\"100ms\"",
          "How long the proxy waits for the agent in one call, waiting for a permit included.",
          "BoundsTest#endsACallToAnAgentAtItsDeadline");

  public static final Key<FailureMode> FAILURE_MODE =
      Key.required(
          "agents.agent.failure-mode",
          failureModes(),
          "What becomes of a request whose agent does not decide: it passes, or 503.",
          "AgentFailuresTest#failureModeDecidesWhereTheAgentDoesNot");

  public static final Key<Integer> MAX_CONCURRENT_CALLS =
      Key.withDefault(
          "agents.agent.max-concurrent-calls",
          new Types.Whole(1, 65_535),
          "100",
          "Calls at a time, over all event loops; further calls wait.",
          "BoundsTest#asksAnAgentNoMoreThanMaxConcurrentCallsAtATime");

  public static final Key<Integer> MAX_QUEUED_CALLS =
      Key.withDefault(
          "agents.agent.max-queued-calls",
          new Types.Whole(0, 1_000_000),
          "100",
          "Calls that wait; one more takes the failure mode at once.",
          "BoundsTest#callsOverTheQueueOfAnAgentTakeItsFailureModeAtOnce");

  public static final Key<KdlNode> CIRCUIT_BREAKER =
      Key.optional(
          "agents.agent.circuit-breaker",
          BreakerKeys.BLOCK,
          "When an agent that fails is left alone.",
          "AgentBreakerTest#opensProbesAndCloses");

  public static final Key<BodyMode> REQUEST_BODY =
      Key.withDefault(
          "agents.agent.request-body",
          bodyModes(),
          "\"none\"",
          "How the agent sees request bodies: as they pass, or before any byte passes.",
          "AgentBodiesTest#requestBodyModeDecidesWhatTheUpstreamGetsBeforeTheVerdict");

  public static final Key<BodyMode> RESPONSE_BODY =
      Key.withDefault(
          "agents.agent.response-body",
          bodyModes(),
          "\"none\"",
          "How the agent sees response bodies.",
          "AgentBodiesTest#responseBodyModeDecidesWhatTheClientGetsBeforeTheVerdict");

  public static final Key<ByteSize> INSPECT_LIMIT =
      Key.withDefault(
          "agents.agent.inspect-limit",
          size("1B", "1GiB"),
          "\"1MiB\"",
          "Bytes of one body that the agent is shown.",
          "AgentBodiesTest#inspectLimitBoundsWhatTheAgentSees");

  public static final Key<OverLimit> BODY_OVER_LIMIT =
      Key.withDefault(
          "agents.agent.body-over-limit",
          Types.Choice.of("block", OverLimit.BLOCK).or("pass", OverLimit.PASS),
          "\"block\"",
          "What becomes of a body over `inspect-limit`: 413, or its rest passes unseen.",
          "AgentBodiesTest#bodyOverLimitBlocksOrPasses");

  public static final Key<ByteSize> MEMORY =
      Key.withDefault(
          "agents.agent.memory",
          size("16MiB", "64GiB"),
          "\"64MiB\"",
          "Heap of the child process; an agent that needs more is ended and started anew.",
          "ChildMemoryTest#memoryBoundsTheHeapOfAChild");

  public static final Key<List<KdlNode>> CONFIG =
      Key.optional(
          "agents.agent.config",
          new AnyNodes(),
          "The agent's own configuration, handed to it with the places of its values.",
          "AgentEventsTest#handsTheAgentItsConfiguration");

  static final Block ONE =
      Block.named(
          "agents.agent",
          TYPE,
          GRPC,
          UNIX_SOCKET,
          EVENTS,
          TIMEOUT,
          FAILURE_MODE,
          MAX_CONCURRENT_CALLS,
          MAX_QUEUED_CALLS,
          CIRCUIT_BREAKER,
          REQUEST_BODY,
          RESPONSE_BODY,
          INSPECT_LIMIT,
          BODY_OVER_LIMIT,
          MEMORY,
          CONFIG);

  public static final Key<KdlNode> AGENT =
      Key.repeated(
          "agents.agent",
          ONE,
          "One agent, by a name that routes use.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  /** The same at the top level, outside of {@code agents}. */
  public static final Key<KdlNode> AT_TOP_LEVEL =
      Key.repeated(
          "agent",
          ONE,
          "One agent, as in `agents`.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block BLOCK = Block.of("agents", AGENT);

  private AgentKeys() {}

  static Types.Choice<FailureMode> failureModes() {
    return Types.Choice.of("open", FailureMode.OPEN).or("closed", FailureMode.CLOSED);
  }

  private static Types.Choice<BodyMode> bodyModes() {
    return Types.Choice.of("none", BodyMode.NONE)
        .or("stream", BodyMode.STREAM)
        .or("hold", BodyMode.HOLD);
  }
}

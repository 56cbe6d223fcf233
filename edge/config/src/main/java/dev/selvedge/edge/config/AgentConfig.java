package dev.selvedge.edge.config;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.kernel.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One agent: where it is, what it is asked, and the bounds within which it may hold a request up.
 * Two are equal that say the same, wherever in a file they stand: a reload keeps what is equal.
 * Immutable.
 *
 * @param type which built-in it is; a mere label where an address is given
 * @param address null: a built-in type, run as a child process
 * @param events what it may be told, the events of its body modes included; never empty
 * @param timeout the clock of one call, waiting for a permit included
 * @param maxConcurrentCalls permits, over all event loops
 * @param maxQueuedCalls calls that wait for a permit; one more takes the failure mode at once
 * @param inspectLimit bytes of one body that it is shown
 * @param memory heap bound of its child process
 * @param config its own block, values from the environment filled in
 */
public record AgentConfig(
    String name,
    String type,
    @Nullable AgentAddress address,
    Set<Event> events,
    Duration timeout,
    FailureMode failureMode,
    int maxConcurrentCalls,
    int maxQueuedCalls,
    Breaker breaker,
    BodyMode requestBody,
    BodyMode responseBody,
    ByteSize inspectLimit,
    OverLimit bodyOverLimit,
    ByteSize memory,
    List<KdlNode> config,
    Place place) {

  /** What an agent can be told about an exchange. */
  public enum Event {
    REQUEST_HEADERS,
    REQUEST_BODY,
    RESPONSE_HEADERS,
    RESPONSE_BODY,
    REQUEST_COMPLETE
  }

  /** What becomes of a request whose agent does not decide. */
  public enum FailureMode {
    /** It passes, and the record shows the gap. */
    OPEN,
    /** It is refused with 503. */
    CLOSED
  }

  /** How an agent sees a body. */
  public enum BodyMode {
    NONE,
    /** As it passes. */
    STREAM,
    /** Before any byte of it passes. */
    HOLD
  }

  /** What becomes of a body larger than the agent inspects. */
  public enum OverLimit {
    /** 413. */
    BLOCK,
    /** The rest passes unseen, and the record shows the gap. */
    PASS
  }

  /**
   * When an agent that fails is left alone (EDGE 5).
   *
   * @param failureThreshold failures within the window that open it
   * @param successThreshold good probes in a row that close it
   * @param timeout from opening to the first probe
   * @param window how far back failures count
   */
  public record Breaker(
      int failureThreshold, int successThreshold, Duration timeout, Duration window) {}

  public AgentConfig {
    events = Set.copyOf(events);
    config = List.copyOf(config);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AgentConfig that
        && settings().equals(that.settings())
        && Objects.equals(address, that.address)
        && KdlNode.saySame(config, that.config);
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  private List<Object> settings() {
    return List.of(
        name,
        type,
        events,
        timeout,
        failureMode,
        maxConcurrentCalls,
        maxQueuedCalls,
        breaker,
        requestBody,
        responseBody,
        inspectLimit,
        bodyOverLimit,
        memory);
  }
}

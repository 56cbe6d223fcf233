package dev.selvedge.edge.protocol;

import dev.selvedge.kernel.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * What happened in an exchange, as an agent receives it. Events of one call come in order. Heads
 * are the receiver's own and not shared; all else is immutable.
 */
public sealed interface AgentEvent extends ToAgent {

  EventType type();

  /**
   * A request as it left the proxy's filters.
   *
   * @param rawPath the path as sent; empty where the target was {@code *} or bare
   * @param path the normal form, on which the proxy routes
   * @param query without its question mark; null where none was sent
   * @param head method and fields
   */
  record RequestHeaders(
      RequestContext context,
      String authority,
      String rawPath,
      String path,
      @Nullable String query,
      HttpHead head)
      implements AgentEvent {
    @Override
    public EventType type() {
      return EventType.REQUEST_HEADERS;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  record RequestBody(byte[] data) implements AgentEvent {
    @Override
    public EventType type() {
      return EventType.REQUEST_BODY;
    }
  }

  /** The upstream's answer: status and fields. */
  record ResponseHeaders(HttpHead head) implements AgentEvent {
    @Override
    public EventType type() {
      return EventType.RESPONSE_HEADERS;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
  record ResponseBody(byte[] data) implements AgentEvent {
    @Override
    public EventType type() {
      return EventType.RESPONSE_BODY;
    }
  }

  /**
   * The exchange is over. Not answered.
   *
   * @param status as sent to the client; 0 where none was
   * @param failure the code of what ended it early; empty where nothing did
   */
  record RequestComplete(
      int status, long durationMicros, long requestBytes, long responseBytes, String failure)
      implements AgentEvent {
    @Override
    public EventType type() {
      return EventType.REQUEST_COMPLETE;
    }
  }
}

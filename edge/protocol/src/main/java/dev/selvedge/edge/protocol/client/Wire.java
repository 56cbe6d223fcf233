package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;

/**
 * A codec on a connection, as a channel uses it. Sends in order, but body chunks behind everything
 * else. Tells the channel nothing while it is called by it. Confined to its event loop.
 */
public interface Wire {

  void requestHeaders(
      int call, int flags, HttpHead head, RequestTarget target, RequestContext context);

  void responseHeaders(int call, int flags, HttpHead head);

  /** Takes the chunk's ownership. */
  void body(int call, int flags, EventType event, ByteBuf chunk);

  void requestComplete(int call, int flags, RequestComplete event);

  void control(int call, ToAgent.Control message);

  /**
   * Whether {@link #body} should be called now; where not, {@link AgentChannel#roomAgain} follows.
   */
  boolean takesChunks();

  /** Drops the call's chunks that were not sent yet and says how many bytes they were. */
  int purge(int call);

  /** Ends the connection; what was written before is still sent if that takes no waiting. */
  void close();
}

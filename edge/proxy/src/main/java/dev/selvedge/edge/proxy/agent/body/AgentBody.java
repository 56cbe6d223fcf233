package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;

/**
 * One agent's call about one body: where the machines of this package send chunks and what they
 * tell about the wait. What the agent answers comes back through its {@link Subscriber}. Confined
 * to its event loop; none of these may call back into the machine before it returns, but for {@link
 * #overLimit}, which may cancel the pipe.
 */
public interface AgentBody {

  /** Bytes that may be sent now; where 0, {@link Subscriber#credit} follows. */
  int creditNow();

  /**
   * Sends the next chunk, never larger than {@link #creditNow}; takes ownership.
   *
   * @param end whether the body ends with it
   */
  void send(ByteBuf chunk, boolean end);

  /** Bytes that the agent made have been passed on: it may make so many more. */
  void consumed(int bytes);

  /**
   * Whether the proxy waits for this agent and for nobody else (EDGE 5, clock of a call). Told on
   * each change; told {@code true} again where the wait begins anew because the agent did
   * something.
   */
  void clock(boolean running);

  /** The body is longer than the agent inspects; none of what follows will be sent. */
  void overLimit();

  /** After {@link #overLimit}: all chunks sent are answered, so that the call may be cancelled. */
  void left();
}

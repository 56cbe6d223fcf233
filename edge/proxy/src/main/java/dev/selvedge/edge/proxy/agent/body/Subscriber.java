package dev.selvedge.edge.proxy.agent.body;

/**
 * An agent's place at a body: what its call says is told here. Confined to its event loop.
 *
 * <p>Each is subscribed to a {@link BodyPipe} before the body begins and leaves when its agent has
 * decided, in whatever way: then it gets no more chunks.
 */
public sealed interface Subscriber permits Inspector, Replacer {

  /** The agent takes bytes again, after {@link AgentBody#creditNow} said 0. */
  void credit();

  /**
   * The agent has decided, or its failure mode has: it gets no more chunks, and what it has not
   * answered stays as it is.
   *
   * @return false where the body cannot go on without it, because a chunk is half replaced
   */
  boolean finish();

  /** Whether it still takes part. */
  boolean active();
}

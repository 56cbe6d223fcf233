package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;

/** A step that the body itself passes through: a replacer, or the end of the pipe. */
interface Stage {

  /** Takes bytes, and ownership; more than {@link #room} only where they cannot wait. */
  void accept(ByteBuf chunk);

  /** No more bytes follow. */
  void end();

  /** Bytes that may come now. */
  long room();

  /** Moves what can be moved; true where anything was. */
  boolean pump();

  /** Bytes that it holds in memory. */
  long buffered();

  /** Tells the clock, where there is one. */
  void time();

  /** Gives everything back. */
  void close();
}

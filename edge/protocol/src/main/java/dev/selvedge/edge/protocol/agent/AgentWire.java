package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.ToProxy;

/** A codec on a connection, as a session uses it. Confined to its loop but for the last two. */
public interface AgentWire {

  void send(int call, int flags, ToProxy message);

  /** Ends the connection after what was sent. */
  void close();

  /** Whether the caller is on the connection's loop. Thread-safe. */
  boolean onLoop();

  /** Runs it on the connection's loop. Thread-safe. */
  void run(Runnable task);
}

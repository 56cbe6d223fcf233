package dev.selvedge.edge.proxy.agent.body;

/** Tells a call's clock each change once, and each new beginning. Confined to its event loop. */
final class Wait {

  private final AgentBody agent;
  private boolean running;
  private boolean anew;

  Wait(AgentBody agent) {
    this.agent = agent;
  }

  /** The agent did something: a wait that goes on from here begins anew. */
  void anew() {
    anew = true;
  }

  void set(boolean waits) {
    if (waits != running || waits && anew) {
      running = waits;
      agent.clock(waits);
    }
    anew = false;
  }
}

package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.proxy.exchange.Labels;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.Metrics;

/** Slots of one agent's counters. Immutable. */
final class AgentMetrics {

  private static final String[] VERDICTS = {
    "allow", "block", "redirect", "challenge", "needs_more"
  };

  private final int calls;
  private final int latency;
  private final int timeouts;
  private final int connections;
  private final int lost;
  private final int[] decisions = new int[VERDICTS.length];
  private final int[] failures;

  AgentMetrics(Metrics metrics, String agent) {
    String label = "agent=\"" + Labels.escape(agent) + "\"";
    calls = metrics.counter("selvedge_agent_calls", "Times that an agent was to decide.", label);
    latency =
        metrics.histogram(
            "selvedge_agent_latency_seconds",
            "From asking an agent, the wait for a permit included, to its decision.",
            label);
    timeouts =
        metrics.counter(
            "selvedge_agent_timeouts", "Calls that ended at the agent's deadline.", label);
    connections =
        metrics.counter(
            "selvedge_agent_connections", "Connections made to the agent; restarts too.", label);
    lost =
        metrics.counter(
            "selvedge_agent_connections_lost", "Connections that the agent broke off.", label);
    for (int i = 0; i < VERDICTS.length; i++) {
      decisions[i] =
          metrics.counter(
              "selvedge_agent_decisions",
              "Decisions of an agent.",
              label + ",decision=\"" + VERDICTS[i] + "\"");
    }
    FailureCode[] codes = FailureCode.values();
    failures = new int[codes.length];
    for (FailureCode code : codes) {
      if (code.source() == FailureCode.Source.AGENT) {
        failures[code.ordinal()] =
            metrics.counter(
                "selvedge_agent_failures",
                "Calls that took the agent's failure mode, by reason.",
                label + ",code=\"" + code.code() + "\"");
      }
    }
  }

  int calls() {
    return calls;
  }

  int latency() {
    return latency;
  }

  int timeouts() {
    return timeouts;
  }

  int connections() {
    return connections;
  }

  int lost() {
    return lost;
  }

  int decision(Verdict verdict) {
    return decisions[verdict.code()];
  }

  int failure(FailureCode code) {
    return failures[code.ordinal()];
  }
}

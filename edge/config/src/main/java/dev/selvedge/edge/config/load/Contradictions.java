package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.key.AgentKeys;
import dev.selvedge.edge.config.key.LimitKeys;
import dev.selvedge.edge.config.key.PolicyKeys;
import dev.selvedge.edge.config.key.SystemKeys;
import dev.selvedge.edge.config.key.UpstreamKeys;
import dev.selvedge.edge.config.load.AgentDecoder.Agent;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds bounds that can never be reached and timers that can never fire because one around them
 * acts first.
 *
 * <p>Reported is what an operator wrote: an inner value that was left at its default simply gives
 * way. The one exception is the drain delay, since a drain that is cut before it began harms.
 *
 * <p>Nested are: the drain delay in the drain; pool wait then connect, and the wait for the first
 * byte, in a route's total; an agent's deadline in it too. Not nested are timers that begin anew
 * with each byte (request body, write stall, between bytes, client write), and those of different
 * times (head and keep-alive).
 */
final class Contradictions {

  private final Report report;

  Contradictions(Report report) {
    this.report = report;
  }

  void ofSystem(Section system, Section limits) {
    notOver(
        limits,
        LimitKeys.MAX_CONNECTIONS_PER_ADDRESS,
        limits,
        LimitKeys.MAX_CONNECTIONS,
        "one address could never reach it");
    notOver(
        limits,
        LimitKeys.MAX_BUFFERED_PER_DIRECTION,
        limits,
        LimitKeys.MAX_BUFFERED,
        "one exchange could never reach it");
    String head = "the head would be refused first";
    notOver(limits, LimitKeys.MAX_FIELD_NAME, limits, LimitKeys.MAX_HEAD, head);
    notOver(limits, LimitKeys.MAX_FIELD_VALUE, limits, LimitKeys.MAX_HEAD, head);
    notOver(limits, LimitKeys.MAX_TARGET, limits, LimitKeys.MAX_HEAD, head);
    if (!system.sound(SystemKeys.DRAIN_DELAY)
        || !system.sound(SystemKeys.GRACEFUL_SHUTDOWN_TIMEOUT)) {
      return;
    }
    Duration delay = system.get(SystemKeys.DRAIN_DELAY);
    Duration drain = system.get(SystemKeys.GRACEFUL_SHUTDOWN_TIMEOUT);
    if (delay.compareTo(drain) >= 0) {
      Key<Duration> written =
          system.has(SystemKeys.DRAIN_DELAY)
              ? SystemKeys.DRAIN_DELAY
              : SystemKeys.GRACEFUL_SHUTDOWN_TIMEOUT;
      report.problem(
          system.place(written),
          "drain-delay ("
              + SystemKeys.DRAIN_DELAY.show(delay)
              + ") does not end before graceful-shutdown-timeout ("
              + SystemKeys.DRAIN_DELAY.show(drain)
              + "): connections would be cut before the drain has begun");
    }
  }

  void ofRoute(Section policies, Section limits) {
    String why = "the process's bound would refuse first";
    notOver(policies, PolicyKeys.MAX_IN_FLIGHT, limits, LimitKeys.MAX_IN_FLIGHT, why);
    notOver(policies, PolicyKeys.MAX_UPGRADED, limits, LimitKeys.MAX_CONNECTIONS, why);
  }

  void ofRouteAndUpstream(Section policies, UpstreamConfig upstream, Section timeouts) {
    @Nullable Duration total = policies.find(PolicyKeys.TOTAL_TIMEOUT);
    if (total == null) {
      return;
    }
    String whose = "upstream \"" + upstream.name() + "\"";
    Duration waits = upstream.poolWait().plus(upstream.connect());
    boolean waitsWritten =
        timeouts.has(UpstreamKeys.POOL_WAIT) || timeouts.has(UpstreamKeys.CONNECT);
    if (waitsWritten && waits.compareTo(total) > 0) {
      outlives("pool-wait and connect together", waits, policies, total, whose);
    }
    if (timeouts.has(UpstreamKeys.FIRST_BYTE) && upstream.firstByte().compareTo(total) > 0) {
      outlives("first-byte", upstream.firstByte(), policies, total, whose);
    }
  }

  void ofRouteAndAgent(Section policies, Agent agent) {
    @Nullable Duration total = policies.find(PolicyKeys.TOTAL_TIMEOUT);
    Duration timeout = agent.config().timeout();
    if (total != null && agent.section().has(AgentKeys.TIMEOUT) && timeout.compareTo(total) > 0) {
      outlives("timeout", timeout, policies, total, "agent \"" + agent.config().name() + "\"");
    }
  }

  private void outlives(
      String inner, Duration value, Section policies, Duration total, String whose) {
    Key<Duration> key = PolicyKeys.TOTAL_TIMEOUT;
    report.problem(
        policies.place(key),
        "total-timeout ("
            + key.show(total)
            + ") ends before "
            + inner
            + " ("
            + key.show(value)
            + ") of "
            + whose
            + " could: that timer is inside the total and would never fire");
  }

  private <T extends Comparable<T>> void notOver(
      Section innerSection, Key<T> inner, Section outerSection, Key<T> outer, String why) {
    if (!innerSection.has(inner) || !outerSection.sound(outer)) {
      return;
    }
    @Nullable T innerValue = innerSection.find(inner);
    T outerValue = outerSection.get(outer);
    if (innerValue == null || !outerSection.sound(outer) || innerValue.compareTo(outerValue) <= 0) {
      return;
    }
    report.problem(
        innerSection.place(inner),
        inner.name()
            + " ("
            + inner.show(innerValue)
            + ") is over "
            + (innerSection == outerSection ? outer.name() : outer.path())
            + " ("
            + outer.show(outerValue)
            + (outerSection.has(outer) ? "" : " by default")
            + "): "
            + why);
  }
}

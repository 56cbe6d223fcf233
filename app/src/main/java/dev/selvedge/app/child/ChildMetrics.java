package dev.selvedge.app.child;

import dev.selvedge.kernel.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is counted of children, by the agent's name. Confined to the supervisor's thread. */
final class ChildMetrics {

  private final Metrics metrics;
  private final Metrics.Shard shard;
  private final Map<String, Integer> restarts = new HashMap<>();

  ChildMetrics(Metrics metrics) {
    this.metrics = metrics;
    this.shard = metrics.shard();
  }

  /**
   * Registers an agent; again is no harm.
   *
   * @param child the one that serves under that name at the moment, if any
   */
  void register(String agent, Function<String, @Nullable Child> child) {
    String labels = "agent=\"" + agent + "\"";
    restarts.put(
        agent,
        metrics.counter(
            "selvedge_agent_restarts", "Children started in place of one that ended.", labels));
    metrics.sampled(
        "selvedge_agent_child_state",
        "State of the agent's child: 0 waiting, 1 starting, 2 healthy, 3 being killed,"
            + " 4 held after dying again and again, 5 leaving, 6 none.",
        labels,
        () -> state(child.apply(agent)).ordinal());
  }

  private static ChildPlan.State state(@Nullable Child child) {
    return child == null ? ChildPlan.State.GONE : child.state();
  }

  void restarted(String agent) {
    Integer slot = restarts.get(agent);
    if (slot != null) {
      shard.add(slot, 1);
    }
  }
}

package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.config.UpstreamConfig.LoadBalancing;
import java.util.List;

/**
 * Chooses the target of the next exchange. Confined to its event loop; least-connections reads
 * counts that all loops share.
 *
 * <p>Round robin is the smooth weighted kind: each target gains its weight at every choice, the one
 * with most is chosen and pays the sum. Weights 5, 1, 1 give a a b a c a a, not a a a a a b c.
 * Least connections compares exchanges in flight divided by weight; ties go round.
 */
final class Balancer {

  /** No target is excluded. */
  static final int NONE = -1;

  private final LoadBalancing kind;
  private final List<Target> targets;
  private final long[] gained;
  private int last;

  Balancer(LoadBalancing kind, List<Target> targets) {
    this.kind = kind;
    this.targets = targets;
    this.gained = new long[targets.size()];
  }

  /** The target for the next exchange; the excluded one only where there is no other. */
  Target next(int excluded) {
    int count = targets.size();
    if (count == 1) {
      return targets.get(0);
    }
    return switch (kind) {
      case ROUND_ROBIN -> roundRobin(excluded);
      case LEAST_CONNECTIONS -> leastConnections(excluded);
    };
  }

  private Target roundRobin(int excluded) {
    int best = NONE;
    long sum = 0;
    for (int i = 0; i < gained.length; i++) {
      if (i == excluded) {
        continue;
      }
      int weight = targets.get(i).weight();
      gained[i] += weight;
      sum += weight;
      if (best == NONE || gained[i] > gained[best]) {
        best = i;
      }
    }
    gained[best] -= sum;
    return targets.get(best);
  }

  private Target leastConnections(int excluded) {
    int best = NONE;
    long bestLoad = 0;
    int count = targets.size();
    for (int step = 1; step <= count; step++) {
      int i = (last + step) % count;
      if (i == excluded) {
        continue;
      }
      Target target = targets.get(i);
      if (best == NONE
          || target.inFlight().count() * targets.get(best).weight() < bestLoad * target.weight()) {
        best = i;
        bestLoad = target.inFlight().count();
      }
    }
    last = best;
    return targets.get(best);
  }
}

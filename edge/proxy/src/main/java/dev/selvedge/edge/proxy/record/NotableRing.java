package dev.selvedge.edge.proxy.record;

import java.util.Arrays;
import java.util.List;

/**
 * The refused, failed and gap records of one event loop, of which a flood on one route cannot push
 * out those of another.
 *
 * <p>Half of the slots are the <i>floor</i>: it takes the first notable record of each (second,
 * route), by the second in which it finished. The others go to the <i>rest</i>, last come last
 * kept. The guarantee: a route that fails however often takes one floor slot a second, so with R
 * routes failing at a time the floor reaches back {@code capacity / 2 / R} seconds, and within that
 * time each second and route shows at least one record. (5,000 floor slots on two loops, two routes
 * failing: more than 20 minutes.)
 *
 * <p>The table of the last second per route is indexed by the route's number and grows with the
 * configuration only. Adding is confined to its event loop; reading is thread-safe.
 */
final class NotableRing {

  private final RecordRing floor;
  private final RecordRing rest;
  private long[] lastSecond = new long[64];

  NotableRing(int capacity) {
    floor = new RecordRing(Math.max(1, capacity / 2));
    rest = new RecordRing(Math.max(1, capacity - capacity / 2));
    Arrays.fill(lastSecond, Long.MIN_VALUE);
  }

  /** Keeps a copy of the record. */
  void add(DecisionRecord record, long second) {
    int route = record.route;
    if (route >= lastSecond.length) {
      int before = lastSecond.length;
      lastSecond = Arrays.copyOf(lastSecond, Integer.highestOneBit(route) << 1);
      Arrays.fill(lastSecond, before, lastSecond.length, Long.MIN_VALUE);
    }
    if (lastSecond[route] == second) {
      rest.add(record);
    } else {
      lastSecond[route] = second;
      floor.add(record);
    }
  }

  List<RecordRing> rings() {
    return List.of(floor, rest);
  }

  RecordRing floor() {
    return floor;
  }

  RecordRing rest() {
    return rest;
  }
}

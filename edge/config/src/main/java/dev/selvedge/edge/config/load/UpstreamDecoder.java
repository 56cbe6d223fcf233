package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.UpstreamConfig.Target;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.key.UpstreamKeys;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns one {@code upstream} into its record. */
final class UpstreamDecoder {

  /** The record with what was written of its timers. */
  record Upstream(UpstreamConfig config, Section timeouts) {}

  private UpstreamDecoder() {}

  static Upstream decode(KdlNode node, Report report) {
    String name = Block.name(node);
    Section upstream =
        Section.of((Block) UpstreamKeys.UPSTREAM.type(), node.place(), node.children(), report);
    List<Target> targets = new ArrayList<>();
    Set<Address> seen = new HashSet<>();
    upstream.each(
        UpstreamKeys.TARGET,
        (target, place) -> {
          targets.add(target);
          if (!seen.add(target.address())) {
            report.problem(
                place, "target " + target.address() + " is written twice; weight= gives it more");
          }
        });
    if (!upstream.attempted(UpstreamKeys.TARGET)) {
      report.missing(node.place(), "upstream \"" + name + "\" has no target", null);
    }
    Section timeouts = upstream.inner(UpstreamKeys.TIMEOUTS);
    UpstreamConfig config =
        new UpstreamConfig(
            name,
            List.copyOf(targets),
            upstream.get(UpstreamKeys.LOAD_BALANCING),
            upstream.get(UpstreamKeys.MAX_CONNECTIONS),
            upstream.get(UpstreamKeys.MAX_QUEUE),
            timeouts.get(UpstreamKeys.POOL_WAIT),
            timeouts.get(UpstreamKeys.CONNECT),
            timeouts.get(UpstreamKeys.WRITE_STALL),
            timeouts.get(UpstreamKeys.FIRST_BYTE),
            timeouts.get(UpstreamKeys.BETWEEN_BYTES),
            timeouts.get(UpstreamKeys.IDLE));
    return new Upstream(config, timeouts);
  }
}

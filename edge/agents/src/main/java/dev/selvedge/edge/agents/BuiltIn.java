package dev.selvedge.edge.agents;

import dev.selvedge.edge.agents.setting.Decoded;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.agent.Lifecycle;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One agent that needs no address: the program starts it. Immutable.
 *
 * @param type what is written behind {@code type}
 * @param purpose one sentence for the reference
 * @param config the keys of its {@code config} block; their path starts with the type
 * @param decoder reads that block; what it makes is dropped, its problems are what is asked for
 * @param made a new agent, not configured
 */
public record BuiltIn(
    String type,
    String purpose,
    Block config,
    Function<Section, ?> decoder,
    Supplier<Lifecycle> made) {

  /** All mistakes of a block, found without starting the agent. Reads the files that it names. */
  public List<ConfigProblem> check(String file, List<ConfigNode> nodes) {
    return Decoded.read(config, file, nodes, section -> decoder.apply(section)).problems();
  }
}

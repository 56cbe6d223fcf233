package dev.selvedge.app.child;

import dev.selvedge.edge.agents.setting.ConfigTree;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.kernel.ByteSize;
import java.util.List;

/**
 * All that makes one child what it is. Immutable.
 *
 * @param file where its block was written, as the operator named it
 */
record ChildSpec(String name, String type, ByteSize memory, String file, List<KdlNode> config) {

  static ChildSpec of(AgentConfig agent) {
    String file = agent.place().source().name();
    return new ChildSpec(agent.name(), agent.type(), agent.memory(), file, agent.config());
  }

  /** What its agent is told; the proxy tells it the same. */
  List<ConfigNode> nodes() {
    return ConfigTree.carried(config);
  }

  /** Whether one process serves both: they differ at most in where they are written. */
  boolean same(ChildSpec other) {
    return name.equals(other.name)
        && type.equals(other.type)
        && memory.equals(other.memory)
        && file.equals(other.file)
        && KdlNode.saySame(config, other.config);
  }
}

package dev.selvedge.app;

import dev.selvedge.app.rig.FaultyAgent;
import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.BuiltIns;
import dev.selvedge.edge.config.schema.Block;
import java.util.ArrayList;
import java.util.List;

/** The program with one more agent built in, which fails as it is told. */
public final class FaultyProgram {

  private FaultyProgram() {}

  public static void main(String[] arguments) {
    List<BuiltIn> all = new ArrayList<>(BuiltIns.ALL);
    Block nothing = Block.of("faulty");
    all.add(new BuiltIn("faulty", "Fails.", nothing, section -> 0, FaultyAgent::new));
    System.exit(Main.run(new AgentTypes(all, FaultyProgram.class.getName()), arguments));
  }
}

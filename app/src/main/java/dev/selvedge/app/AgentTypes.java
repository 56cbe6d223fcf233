package dev.selvedge.app;

import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.setting.ConfigTree;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.protocol.ConfigProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The agents built into this program, and the class that starts it anew for each. Immutable.
 *
 * @param mainClass of the program that knows these agents
 */
record AgentTypes(List<BuiltIn> all, String mainClass) {

  List<String> names() {
    return all.stream().map(BuiltIn::type).toList();
  }

  @Nullable BuiltIn find(String type) {
    return all.stream().filter(it -> it.type().equals(type)).findFirst().orElse(null);
  }

  /** Loads a configuration, the blocks of built-in agents included. */
  Loaded load(Path file) {
    Loaded loaded = ConfigLoader.load(file, System::getenv, names());
    if (!(loaded instanceof Loaded.Ok ok)) {
      return loaded;
    }
    List<Problem> problems = problems(ok.config());
    return problems.isEmpty() ? loaded : new Loaded.Refused(problems);
  }

  /** What is wrong with the blocks of built-in agents, found without starting them. */
  private List<Problem> problems(Config config) {
    List<Problem> problems = new ArrayList<>();
    for (AgentConfig agent : config.agents().values()) {
      BuiltIn builtIn = agent.address() == null ? find(agent.type()) : null;
      if (builtIn != null) {
        String file = agent.place().source().name();
        for (ConfigProblem found : builtIn.check(file, ConfigTree.carried(agent.config()))) {
          boolean placed = found.line() > 0;
          int line = placed ? found.line() : agent.place().line();
          int column = placed ? found.column() : agent.place().column();
          problems.add(new Problem(file, line, column, found.message(), null));
        }
      }
    }
    return problems;
  }

  /** The agents whose blocks only they themselves can check. */
  static List<String> unchecked(Config config) {
    return config.agents().values().stream()
        .filter(agent -> agent.address() != null && !agent.config().isEmpty())
        .map(AgentConfig::name)
        .toList();
  }
}

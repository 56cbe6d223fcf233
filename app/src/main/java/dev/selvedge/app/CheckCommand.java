package dev.selvedge.app;

import dev.selvedge.edge.config.load.Loaded;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code selvedge check FILE}: all problems of a configuration, or none. */
@Command(name = "check", description = "Checks a configuration: exit 0, or 2 with all problems.")
final class CheckCommand implements Callable<Integer> {

  private final AgentTypes types;

  @Parameters(paramLabel = "FILE", description = "the configuration")
  private Path file = Path.of("selvedge.kdl");

  CheckCommand(AgentTypes types) {
    this.types = types;
  }

  @Override
  public Integer call() {
    return switch (types.load(file)) {
      case Loaded.Ok ok -> {
        String unchecked = String.join(", ", AgentTypes.unchecked(ok.config()));
        String but = unchecked.isEmpty() ? "" : "; config of " + unchecked + " not checked";
        System.out.println(file + ": ok" + but);
        yield Main.FINE;
      }
      case Loaded.Refused refused -> {
        refused.problems().forEach(System.err::println);
        int count = refused.problems().size();
        System.err.println(count == 1 ? "1 problem" : count + " problems");
        yield Main.BAD_INPUT;
      }
    };
  }
}

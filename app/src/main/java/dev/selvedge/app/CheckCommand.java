package dev.selvedge.app;

import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code selvedge check FILE}: all problems of a configuration, or none. */
@Command(name = "check", description = "Checks a configuration: exit 0, or 2 with all problems.")
final class CheckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "the configuration")
  private Path file = Path.of("selvedge.kdl");

  @Override
  public Integer call() {
    return switch (ConfigLoader.load(file, System::getenv)) {
      case Loaded.Ok ok -> {
        System.out.println(file + ": ok");
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

package dev.selvedge.app;

import dev.selvedge.edge.config.load.Loaded;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code selvedge run [FILE]}: serves until it is told to stop. */
@Command(
    name = "run",
    description = "Serves a configuration: FILE, else ./selvedge.kdl, else the quickstart.")
final class RunCommand implements Callable<Integer> {

  private final AgentTypes types;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "the configuration")
  private @Nullable Path file;

  RunCommand(AgentTypes types) {
    this.types = types;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path chosen = choose();
    return switch (types.load(chosen)) {
      case Loaded.Refused refused -> {
        refused.problems().forEach(System.err::println);
        yield Main.BAD_INPUT;
      }
      case Loaded.Ok ok -> serve(chosen, ok);
    };
  }

  private int serve(Path chosen, Loaded.Ok loaded) throws InterruptedException {
    String missing = Descriptors.shortage(loaded.config());
    if (missing != null) {
      System.err.println(missing);
      return Main.BAD_INPUT;
    }
    String scarce = Descriptors.warning(loaded.config());
    if (scarce != null) {
      JsonLines.line("warn", scarce, "");
    }
    try (Program program = Program.start(types, chosen, loaded)) {
      long started = ManagementFactory.getRuntimeMXBean().getStartTime();
      program.announce(System.currentTimeMillis() - started);
      return program.awaitEnd();
    } catch (IOException failed) {
      System.err.println("selvedge: " + failed.getMessage());
      return Main.FAILED;
    }
  }

  private Path choose() {
    if (file != null) {
      return file;
    }
    Path local = Path.of("selvedge.kdl");
    String home = System.getProperty("selvedge.home", ".");
    return Files.exists(local) ? local : Path.of(home, "examples", "quickstart", "selvedge.kdl");
  }
}

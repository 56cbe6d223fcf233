package dev.selvedge.app;

import dev.selvedge.edge.config.load.ConfigLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the build runs once to record which classes a start needs (the AOT cache). */
@Command(name = "train", hidden = true, description = "Runs a start without serving.")
final class TrainCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE")
  private Path file = Path.of("selvedge.kdl");

  @Override
  public Integer call() {
    ConfigLoader.load(file, System::getenv);
    WarmUp.run(Duration.ofSeconds(2));
    return Main.FINE;
  }
}

package dev.selvedge.app;

import dev.selvedge.app.child.Rehearsal;
import dev.selvedge.edge.agents.BuiltIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the build runs once to record which classes a start needs (the AOT cache). */
@Command(name = "train", hidden = true, description = "Runs a start without serving.")
final class TrainCommand implements Callable<Integer> {

  private final AgentTypes types;

  @Parameters(paramLabel = "FILE")
  private Path file = Path.of("selvedge.kdl");

  TrainCommand(AgentTypes types) {
    this.types = types;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    types.load(file);
    long _ = WarmUp.run(Duration.ofSeconds(2), true);
    for (BuiltIn builtIn : types.all()) {
      Rehearsal.of(builtIn.made().get());
    }
    return Main.FINE;
  }
}

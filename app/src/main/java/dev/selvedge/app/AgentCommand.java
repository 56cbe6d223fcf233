package dev.selvedge.app;

import dev.selvedge.app.child.ParentDeath;
import dev.selvedge.edge.agents.BuiltIn;
import dev.selvedge.edge.agents.setting.ConfigTree;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Tree;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.agent.AgentServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selvedge agent TYPE --listen ADDR}: one built-in agent, for a proxy elsewhere. */
@Command(
    name = "agent",
    description = "Runs one built-in agent until it is told to stop; then it drains.")
final class AgentCommand implements Callable<Integer> {

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final AgentTypes types;

  @Parameters(paramLabel = "TYPE", description = "which agent")
  private String type = "";

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "unix:PATH|HOST:PORT",
      description = "frames on a unix socket, or gRPC over TCP")
  private String listen = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the agent's config block; then proxies cannot configure it")
  private @Nullable Path file;

  /** Set where a proxy started this process: it lives no longer than that one. */
  @Option(names = "--child-of", hidden = true, paramLabel = "PID")
  private long parent;

  AgentCommand(AgentTypes types) {
    this.types = types;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (parent != 0 && !ParentDeath.follow(parent)) {
      return Main.FAILED;
    }
    BuiltIn builtIn = types.find(type);
    if (builtIn == null) {
      String near = Nearest.of(type, types.names());
      String hint = near == null ? "" : " (did you mean \"" + near + "\"?)";
      System.err.println("selvedge: there is no agent \"" + type + "\"" + hint);
      return Main.BAD_INPUT;
    }
    List<KdlNode> block = List.of();
    if (file != null) {
      Tree tree = ConfigLoader.tree(file, System::getenv);
      if (!tree.problems().isEmpty()) {
        tree.problems().forEach(System.err::println);
        return Main.BAD_INPUT;
      }
      block = inside(tree.nodes());
    }
    return serve(builtIn, block);
  }

  /** A file may hold the block with or without its {@code config} and braces. */
  private static List<KdlNode> inside(List<KdlNode> nodes) {
    boolean wrapped =
        nodes.size() == 1
            && nodes.getFirst().name().equals("config")
            && nodes.getFirst().arguments().isEmpty();
    return wrapped ? nodes.getFirst().children() : nodes;
  }

  private int serve(BuiltIn builtIn, List<KdlNode> block) throws InterruptedException {
    try (AgentServer server = AgentServer.listen(builtIn.made().get(), listen)) {
      if (file != null && !configured(server, file, block)) {
        return Main.BAD_INPUT;
      }
      if (parent == 0) {
        Signals.on("TERM", () -> drain(server));
        Signals.on("INT", () -> drain(server));
        announce(server);
      } else {
        // Signals to the whole group are the proxy's to act upon: it ends the pipe when it drained.
        List.of("TERM", "INT", "HUP").forEach(signal -> Signals.on(signal, () -> {}));
        server.endWith(System.in);
      }
      server.await();
      if (parent == 0) {
        JsonLines.line("info", "stopped", "");
      }
      return Main.FINE;
    } catch (IOException | IllegalArgumentException failed) {
      System.err.println("selvedge: " + failed.getMessage() + reason(failed.getCause()));
      return failed instanceof IOException ? Main.FAILED : Main.BAD_INPUT;
    }
  }

  /** What the system said, without the call that it said it to. */
  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return "";
    }
    String message = String.valueOf(cause.getMessage());
    int colon = message.lastIndexOf(": ");
    return ": " + (colon < 0 ? message : message.substring(colon + 2));
  }

  private static boolean configured(AgentServer server, Path file, List<KdlNode> block) {
    List<ConfigProblem> problems =
        server.host().configureOwn(file.toString(), ConfigTree.carried(block));
    for (ConfigProblem problem : problems) {
      String place = problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column();
      System.err.println(file + place + ": " + problem.message());
    }
    return problems.isEmpty();
  }

  private void announce(AgentServer server) {
    long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    StringBuilder members = new StringBuilder(",\"agent\":");
    JsonLines.quote(members, type);
    members.append(",\"ms\":").append(millis).append(",\"address\":");
    JsonLines.quote(members, server.address());
    JsonLines.line("info", "ready", members.toString());
  }

  private static void drain(AgentServer server) {
    JsonLines.line("info", "draining", "");
    server.drain(DRAIN);
  }
}

package dev.selvedge.app;

import dev.selvedge.app.explain.AskedAgents;
import dev.selvedge.app.explain.Explanation;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.load.Loaded;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code selvedge explain FILE 'GET http://host/path'}: what would happen to a request, and why.
 */
@Command(
    name = "explain",
    description = "Says what would happen to a request and why. Sends no traffic.")
final class ExplainCommand implements Callable<Integer> {

  private final AgentTypes types;

  @Parameters(index = "0", paramLabel = "FILE", description = "the configuration")
  private Path file = Path.of("selvedge.kdl");

  @Parameters(
      index = "1",
      paramLabel = "'METHOD URL'",
      description = "such as 'GET http://host/path?q=1'")
  private String request = "";

  @Option(names = "-H", paramLabel = "'NAME: VALUE'", description = "a field of the request")
  private List<String> fields = new ArrayList<>();

  @Option(names = "-d", paramLabel = "BODY", description = "the request's body")
  private String body = "";

  @Option(names = "--from", paramLabel = "ADDRESS", description = "the client's address")
  private String from = "127.0.0.1";

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description = "where it arrives; else the listener of the URL's port, else the first")
  private @Nullable String listener;

  @Option(names = "--live", description = "asks agents that run elsewhere, too")
  private boolean live;

  ExplainCommand(AgentTypes types) {
    this.types = types;
  }

  @Override
  public Integer call() throws InterruptedException {
    return switch (types.load(file)) {
      case Loaded.Refused refused -> {
        refused.problems().forEach(System.err::println);
        yield Main.BAD_INPUT;
      }
      case Loaded.Ok ok -> explain(ok.config());
    };
  }

  private int explain(Config config) throws InterruptedException {
    try {
      InetAddress client = InetAddress.ofLiteral(from);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      Explanation.Asked asked = new Explanation.Asked(request, fields, bytes, client, listener);
      System.out.print(Explanation.of(asked, config, new AskedAgents(types::find, live)));
      return Main.FINE;
    } catch (IllegalArgumentException notAnAddress) {
      System.err.println("selvedge: \"" + from + "\" is not an address");
      return Main.BAD_INPUT;
    } catch (Explanation.NotExplained wrong) {
      System.err.println("selvedge: " + wrong.getMessage());
      return Main.BAD_INPUT;
    }
  }
}

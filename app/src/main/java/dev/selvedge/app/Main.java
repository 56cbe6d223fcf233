package dev.selvedge.app;

import dev.selvedge.edge.agents.BuiltIns;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 fine, 1 failed, 2 bad input. */
@Command(
    name = "selvedge",
    description = "A fat edge, a fat client and a thin backend in one program.",
    mixinStandardHelpOptions = true,
    version = "selvedge 0.1.0",
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  /** Everything was fine. */
  static final int FINE = 0;

  /** The world failed. */
  static final int FAILED = 1;

  /** The input is wrong: a file, an argument, a limit of the machine. */
  static final int BAD_INPUT = 2;

  public static void main(String[] arguments) {
    System.exit(run(new AgentTypes(BuiltIns.ALL, Main.class.getName()), arguments));
  }

  /** The program with these agents built in; the exit code. */
  static int run(AgentTypes types, String... arguments) {
    tuneNetty();
    JsonLines.install();
    String[] words = arguments;
    if (words.length > 0 && words[0].equals("help")) {
      words = new String[] {"--help"};
    }
    return new CommandLine(new Main())
        .addSubcommand(new RunCommand(types))
        .addSubcommand(new CheckCommand(types))
        .addSubcommand(new AgentCommand(types))
        .addSubcommand(new ExplainCommand(types))
        .addSubcommand(new WafCommand())
        .addSubcommand(new TrainCommand(types))
        .execute(words);
  }

  /**
   * Settings of Netty that have no other place; one given on the command line wins. Sampling for
   * leaks costs 6 % of a small request and is what tests are for; reads of a whole window are kept
   * in the loop's cache, which by default ends at half of it.
   */
  private static void tuneNetty() {
    setDefault("io.netty.leakDetection.level", "disabled");
    setDefault("io.netty.allocator.maxCachedBufferCapacity", "524288");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}

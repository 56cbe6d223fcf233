package dev.selvedge.app;

import dev.selvedge.edge.agents.BuiltIns;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line. Exit codes: 0 fine, 1 failed, 2 bad input. */
@Command(
    name = "selvedge",
    description = "A strict reverse proxy that can tell why each request was answered as it was.",
    version = "selvedge 0.1.0",
    footer = {
      "",
      "bench NAME measures against the peers (./selvedge bench --help).",
      "Exit codes: 0 fine, 1 failed, 2 bad input. Documents: README.md and docs."
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  /** Everything was fine. */
  static final int FINE = 0;

  /** The world failed. */
  static final int FAILED = 1;

  /** The input is wrong: a file, an argument, a limit of the machine. */
  static final int BAD_INPUT = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "shows this text")
  @SuppressWarnings("UnusedVariable") // Its being there is what counts.
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "shows the version")
  @SuppressWarnings("UnusedVariable") // The same.
  private boolean version;

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
   * in the loop's cache, which by default ends at half of it. Ids of channels need be unique in
   * this process only: without a machine's id Netty looks through the network interfaces for one,
   * and complains in the log where there is none.
   */
  private static void tuneNetty() {
    setDefault("io.netty.leakDetection.level", "disabled");
    setDefault("io.netty.allocator.maxCachedBufferCapacity", "524288");
    setDefault("io.netty.machineId", "00:00:00:00:00:00:00:01");
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

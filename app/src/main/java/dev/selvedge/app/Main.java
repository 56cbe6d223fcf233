package dev.selvedge.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 fine, 1 failed, 2 bad input. */
@Command(
    name = "selvedge",
    description = "A fat edge, a fat client and a thin backend in one program.",
    mixinStandardHelpOptions = true,
    version = "selvedge 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RunCommand.class, CheckCommand.class, TrainCommand.class})
public final class Main implements Runnable {

  /** Everything was fine. */
  static final int FINE = 0;

  /** The world failed. */
  static final int FAILED = 1;

  /** The input is wrong: a file, an argument, a limit of the machine. */
  static final int BAD_INPUT = 2;

  public static void main(String[] arguments) {
    JsonLines.install();
    String[] words = arguments;
    if (words.length > 0 && words[0].equals("help")) {
      words = new String[] {"--help"};
    }
    System.exit(new CommandLine(new Main()).execute(words));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}

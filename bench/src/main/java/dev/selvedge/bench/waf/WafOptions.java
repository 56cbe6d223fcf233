package dev.selvedge.bench.waf;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asked for. Immutable.
 *
 * @param home the project's folder
 * @param cases by their names; none for all, and for the figures that compare with nobody
 * @param rounds measured windows of each side and case, 1 to 100
 * @param seconds length of a window, 1 to 60
 * @param json where the rows go, if anywhere
 * @param write whether docs/benchmarks.md is renewed
 */
public record WafOptions(
    Path home, Set<String> cases, int rounds, int seconds, @Nullable Path json, boolean write) {
  private static final int ROUNDS = 5;
  private static final int ROUNDS_MAX = 100;
  private static final int SECONDS = 3;
  private static final int SECONDS_MAX = 60;

  /** Reads the arguments behind the name; throws with a line that says what is wrong. */
  public static WafOptions parse(Path home, List<String> args) {
    Set<String> cases = new LinkedHashSet<>();
    int rounds = ROUNDS;
    int seconds = SECONDS;
    Path json = null;
    boolean write = false;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--case" -> cases.add(WafCase.named(value(option, rest)).label());
        case "--rounds" -> rounds = number(option, value(option, rest), ROUNDS_MAX);
        case "--seconds" -> seconds = number(option, value(option, rest), SECONDS_MAX);
        case "--json" -> json = Path.of(value(option, rest));
        case "--write" -> write = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new WafOptions(home, Set.copyOf(cases), rounds, seconds, json, write);
  }

  /** What was asked for, to be said beside its figures. */
  String command() {
    String named = cases.stream().sorted().map(each -> " --case " + each).collect(joining());
    return ", `./selvedge bench waf"
        + named
        + " --rounds "
        + rounds
        + " --seconds "
        + seconds
        + "`";
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static int number(String option, String text, int max) {
    boolean digits =
        !text.isEmpty() && text.length() < 4 && text.chars().allMatch(Character::isDigit);
    int value = digits ? Integer.parseInt(text) : 0;
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(option + " takes 1 to " + max + ", not " + text);
    }
    return value;
  }
}

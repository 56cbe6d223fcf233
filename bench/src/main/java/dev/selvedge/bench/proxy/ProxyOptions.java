package dev.selvedge.bench.proxy;

import dev.selvedge.bench.proxy.BenchCase.Suite;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asked for. Immutable.
 *
 * @param home the project's folder
 * @param suite the benchmark that was named
 * @param cases in the order of their declaration; all if none was named
 * @param rounds measured windows of each contender and case, 1 to 100
 * @param seconds length of a window, 1 to 120
 * @param json where the rows go, if anywhere
 * @param write whether docs/benchmarks.md is renewed
 */
public record ProxyOptions(
    Path home,
    Suite suite,
    Set<BenchCase> cases,
    int rounds,
    int seconds,
    @Nullable Path json,
    boolean write) {
  private static final int ROUNDS = 5;
  private static final int ROUNDS_MAX = 100;
  private static final int SECONDS = 5;
  private static final int SECONDS_MAX = 120;

  /**
   * Reads the arguments behind the benchmark's name; throws with a line that says what is wrong.
   */
  public static ProxyOptions parse(Path home, Suite suite, List<String> args) {
    Set<BenchCase> cases = EnumSet.noneOf(BenchCase.class);
    int rounds = ROUNDS;
    int seconds = SECONDS;
    Path json = null;
    boolean write = false;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--case" -> cases.add(caseNamed(suite, value(option, rest)));
        case "--rounds" -> rounds = number(option, value(option, rest), ROUNDS_MAX);
        case "--seconds" -> seconds = number(option, value(option, rest), SECONDS_MAX);
        case "--json" -> json = Path.of(value(option, rest));
        case "--write" -> write = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (cases.isEmpty()) {
      cases.addAll(all(suite));
    }
    return new ProxyOptions(home, suite, cases, rounds, seconds, json, write);
  }

  /** Whether no case of the suite is left out. */
  public boolean everyCase() {
    return cases.size() == all(suite).size();
  }

  /** Every case of a suite. */
  static List<BenchCase> all(Suite suite) {
    return Arrays.stream(BenchCase.values()).filter(c -> c.suite() == suite).toList();
  }

  /** The names that {@code --case} takes. */
  public static String caseNames(Suite suite) {
    return all(suite).stream().map(BenchCase::label).collect(Collectors.joining(", "));
  }

  private static BenchCase caseNamed(Suite suite, String name) {
    return BenchCase.named(name)
        .filter(c -> c.suite() == suite)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no case \"" + name + "\"; there are " + caseNames(suite)));
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static int number(String option, String text, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, like a number out of bounds.
    }
    throw new IllegalArgumentException(option + " takes a whole number from 1 to " + max);
  }
}

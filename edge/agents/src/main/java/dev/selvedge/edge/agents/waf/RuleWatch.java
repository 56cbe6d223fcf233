package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.config.schema.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows when rules have to be read again: once a file has changed, and then not changed any further
 * between two looks. Rules that do not load leave those in force; they are tried again when a file
 * changes again. Not thread-safe.
 */
final class RuleWatch {

  /**
   * What came of reading again.
   *
   * @param rules null where something is wrong
   */
  record Reading(@Nullable LoadedRules rules, List<String> problems) {}

  private final WafSettings settings;
  private final RuleFiles files;
  private String read;
  private String seen;

  RuleWatch(LoadedRules rules) {
    this.settings = rules.settings();
    this.files = rules.files();
    this.read = files.asRead();
    this.seen = read;
  }

  /** Whether there is anything to watch. */
  boolean idle() {
    return files.none();
  }

  /** Reads all if it is time to; null where it is not. */
  @Nullable Reading look() {
    String now = files.now();
    boolean still = now.equals(seen);
    seen = now;
    if (!still || now.equals(read)) {
      return null;
    }
    read = now;
    Report report = new Report(any -> null);
    LoadedRules rules = LoadedRules.load(settings, report);
    return new Reading(
        report.count() == 0 ? rules : null,
        report.sorted().stream().map(problem -> problem.message()).toList());
  }
}

package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.lang.RuleProblem;
import dev.selvedge.edge.waf.lang.RuleReader;
import dev.selvedge.edge.waf.own.Policy;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A rule set in force with the settings that it was loaded under. Immutable but for what rules
 * remember between requests; thread-safe.
 *
 * @param files what it was read from
 * @param policy how the shipped rules' score is judged
 */
public record LoadedRules(RuleSet rules, WafSettings settings, RuleFiles files, Policy policy) {

  private static final int PROBLEMS_SHOWN_MAX = 50;
  private static final int ARGUMENTS_MAX = 1_000;
  private static final int JSON_DEPTH_MAX = 128;
  private static final int PARTS_MAX = 100;
  private static final long REGEX_STEPS_MAX = 500_000;

  /**
   * Reads the block and the rules that it names; whatever is wrong with either is reported, and
   * then there may be none.
   */
  public static Optional<LoadedRules> decode(Section section) {
    WafSettings settings = WafSettings.decode(section);
    return Optional.ofNullable(load(settings, section.report()));
  }

  /** The same without making the rules ready to run, which takes most of the time. */
  public static Optional<RuleProgram> check(Section section) {
    WafSettings settings = WafSettings.decode(section);
    return Optional.ofNullable(read(settings, files(settings), section.report()));
  }

  /** Reads the rules of these settings; null where that was not possible, which was reported. */
  static @Nullable LoadedRules load(WafSettings settings, Report report) {
    int before = report.count();
    RuleFiles files = files(settings);
    RuleProgram program = read(settings, files, report);
    if (program == null || report.count() > before) {
      return null;
    }
    RuleSet rules = RuleSet.of(program, options(settings));
    return new LoadedRules(rules, settings, files, policy(settings));
  }

  private static RuleFiles files(WafSettings settings) {
    boolean own = settings.rules().stream().anyMatch(it -> it.name().equals(WafSettings.OWN));
    boolean others = settings.rules().stream().anyMatch(it -> !it.name().equals(WafSettings.OWN));
    Path folder = settings.rules().getFirst().place().source().folder();
    return new RuleFiles(
        folder.toAbsolutePath().normalize(),
        Map.of(
            RuleText.BEFORE, RuleText.before(settings, own, others),
            RuleText.LIMITS, RuleText.limits(settings),
            RuleText.AFTER, RuleText.after(settings)));
  }

  private static @Nullable RuleProgram read(WafSettings settings, RuleFiles files, Report report) {
    int before = report.count();
    List<String> names = names(settings, files, report);
    if (report.count() > before) {
      return null;
    }
    Place place = settings.rules().getFirst().place();
    RuleReader reader = new RuleReader(files);
    try {
      names.forEach(reader::readFile);
    } catch (IllegalArgumentException unreadable) {
      report.problem(place, String.valueOf(unreadable.getMessage()));
      return null;
    }
    RuleReader.Outcome outcome = reader.finish();
    outcome.problems().stream()
        .limit(PROBLEMS_SHOWN_MAX)
        .forEach(it -> report.problem(place, shown(it, files)));
    RuleProgram program = outcome.program();
    if (program != null) {
      check(settings, program, report);
    }
    return program;
  }

  private static String shown(RuleProblem problem, RuleFiles files) {
    return files.shown(problem.file()) + ":" + problem.line() + ": " + problem.message();
  }

  private static Policy policy(WafSettings settings) {
    return new Policy(
        settings.paranoia(),
        settings.logScore(),
        settings.blockScore(),
        settings.detectionOnly(),
        List.of());
  }

  private static EngineOptions options(WafSettings settings) {
    return new EngineOptions(
        Clock.system(ZoneId.systemDefault()),
        Map.of(),
        ARGUMENTS_MAX,
        JSON_DEPTH_MAX,
        PARTS_MAX,
        REGEX_STEPS_MAX,
        settings.limits().bytes(),
        settings.limits().valueBytes());
  }

  private static List<String> names(WafSettings settings, RuleFiles files, Report report) {
    List<String> names = new ArrayList<>();
    names.add(RuleText.BEFORE);
    for (Ref rules : settings.rules()) {
      if (rules.name().equals(WafSettings.OWN)) {
        names.addAll(RuleFiles.shipped());
        names.add(RuleText.LIMITS);
        continue;
      }
      try {
        List<String> found = files.expand(rules.name(), "");
        names.addAll(found);
        if (found.isEmpty()) {
          report.problem(
              rules.place(), "there is no rule file " + rules.name(), near(rules.name()));
        }
      } catch (InvalidPathException notOne) {
        report.problem(rules.place(), "this is not a path: " + notOne.getReason());
      }
    }
    names.add(RuleText.AFTER);
    return names;
  }

  private static @Nullable String near(String name) {
    return Nearest.of(name, List.of(WafSettings.OWN));
  }

  /** An exclusion that concerns no rule is a mistake. */
  private static void check(WafSettings settings, RuleProgram program, Report report) {
    Set<Long> ids = new HashSet<>();
    Set<String> tags = new TreeSet<>();
    for (PhaseProgram phase : program.phases()) {
      for (Rule rule : phase.rules()) {
        ids.add(rule.id());
        rule.meta().tags().forEach(tag -> tags.add(tag.source()));
      }
    }
    for (Exclusion exclusion : settings.exclusions()) {
      for (int id : exclusion.rules()) {
        if (!ids.contains((long) id)) {
          report.problem(exclusion.place(), "there is no rule " + id + " to exclude");
        }
      }
      for (String tag : exclusion.tags()) {
        if (!tags.contains(tag)) {
          report.problem(
              exclusion.place(),
              "no rule has the tag \"" + tag + "\" to exclude",
              Nearest.of(tag, tags));
        }
      }
    }
  }
}

package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Waf's block without the rules that it names. Immutable.
 *
 * @param rules {@code own} and paths, in order; never empty
 * @param limits of bodies
 * @param bufferedMax bytes under inspection, in all
 */
record WafSettings(
    List<Ref> rules,
    int paranoia,
    int logScore,
    int blockScore,
    boolean detectionOnly,
    int status,
    List<Exclusion> exclusions,
    BodyLimits limits,
    long bufferedMax) {

  /** The word for the shipped rules. */
  static final String OWN = "own";

  private static final int HEAP_SHARE = 2;

  /**
   * How much of a body is looked at, and what becomes of the rest. Immutable.
   *
   * @param bytes of a body after its coding was undone, and before
   * @param valueBytes of one parameter
   * @param blocks whether a body over a limit is refused
   * @param ratio how many times its size a compressed body may grow
   * @param allowedCodings in lower case; bodies in them pass unread
   */
  record BodyLimits(
      int bytes, int valueBytes, boolean blocks, int ratio, Set<String> allowedCodings) {}

  WafSettings {
    rules = List.copyOf(rules);
    exclusions = List.copyOf(exclusions);
  }

  /** Reads the block; whatever is wrong with it is reported. */
  static WafSettings decode(Section section) {
    List<Ref> rules = new ArrayList<>();
    section.all(WafKeys.RULES).forEach(rules::addAll);
    if (rules.isEmpty()) {
      rules.add(new Ref(OWN, section.place(WafKeys.RULES)));
    }
    int log = section.get(WafKeys.LOG_SCORE);
    int block = section.get(WafKeys.BLOCK_SCORE);
    if (log > block) {
      section
          .report()
          .problem(
              section.place(WafKeys.LOG_SCORE),
              "log-score " + log + " is above block-score " + block + ": nothing would be logged");
    }
    var memory = section.find(WafKeys.MEMORY);
    return new WafSettings(
        rules,
        section.get(WafKeys.PARANOIA),
        Math.min(log, block),
        block,
        section.get(WafKeys.DETECTION_ONLY),
        section.get(WafKeys.STATUS),
        exclusions(section),
        limits(section),
        memory == null ? Runtime.getRuntime().maxMemory() / HEAP_SHARE : memory.bytes());
  }

  private static BodyLimits limits(Section section) {
    Set<String> codings = new TreeSet<>();
    for (List<Ref> some : section.all(WafKeys.ALLOW_CODING)) {
      some.forEach(coding -> codings.add(coding.name().toLowerCase(Locale.ROOT)));
    }
    return new BodyLimits(
        section.get(WafKeys.INSPECT_LIMIT).toIntExact(),
        section.get(WafKeys.VALUE_LIMIT).toIntExact(),
        section.get(WafKeys.BODY_OVER_LIMIT),
        section.get(WafKeys.INFLATE_RATIO),
        codings);
  }

  private static List<Exclusion> exclusions(Section section) {
    List<Exclusion> all = new ArrayList<>();
    for (KdlNode node : section.all(WafKeys.EXCLUDE)) {
      Report report = section.report();
      Section block = Section.of(WafKeys.EXCLUSION, node.place(), node.children(), report);
      List<String> tags = names(block.all(WafKeys.EXCLUDED_TAG), "a tag", Exclusion::isTag, report);
      List<String> parameters =
          names(
              block.all(WafKeys.EXCLUDED_PARAMETER),
              "the name of a parameter",
              Exclusion::isParameter,
              report);
      List<Integer> rules = block.all(WafKeys.EXCLUDED_RULE);
      @Nullable Ref path = block.find(WafKeys.EXCLUDED_PATH);
      if (path != null) {
        names(List.of(List.of(path)), "a path in its normal form", Exclusion::isPath, report);
      } else if (rules.isEmpty() && tags.isEmpty() && parameters.isEmpty()) {
        report.problem(node.place(), "exclude names no rule, tag, path or parameter");
      }
      Place place = node.place();
      all.add(new Exclusion(rules, tags, path == null ? null : path.name(), parameters, place));
    }
    return all;
  }

  private interface Form {
    boolean fits(String text);
  }

  private static List<String> names(
      List<List<Ref>> written, String what, Form form, Report report) {
    List<String> names = new ArrayList<>();
    for (List<Ref> some : written) {
      for (Ref one : some) {
        if (form.fits(one.name())) {
          names.add(one.name());
        } else {
          report.problem(one.place(), "\"" + one.name() + "\" is not " + what);
        }
      }
    }
    return names;
  }
}

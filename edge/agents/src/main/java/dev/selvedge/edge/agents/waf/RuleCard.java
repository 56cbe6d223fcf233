package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.variable.Macro;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule for people's eyes. Immutable.
 *
 * @param line id, severity, phase, tags and message in one line
 * @param explained all there is to say of it, several lines
 */
public record RuleCard(long id, String line, String explained) {

  private static final List<String> SEVERITIES =
      List.of("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug");
  private static final int PATTERN_SHOWN_MAX = 2_000;

  /** All rules but those that the block itself becomes, by id. */
  public static List<RuleCard> all(LoadedRules rules) {
    List<RuleCard> cards = new ArrayList<>();
    List<PhaseProgram> phases = rules.rules().program().phases();
    for (PhaseProgram phase : phases) {
      for (Rule rule : phase.rules()) {
        if (!rule.meta().file().startsWith("config:")) {
          cards.add(new RuleCard(rule.id(), line(rule), explained(rule, rules)));
        }
      }
    }
    cards.sort(Comparator.comparingLong(RuleCard::id));
    return cards;
  }

  private static String line(Rule rule) {
    return rule.id() + "  " + severity(rule) + "  " + tags(rule) + "  " + text(rule.meta().msg());
  }

  private static String severity(Rule rule) {
    int severity = rule.meta().severity();
    return severity < 0 || severity >= SEVERITIES.size() ? "-" : SEVERITIES.get(severity);
  }

  private static String tags(Rule rule) {
    List<String> tags = rule.meta().tags().stream().map(Macro::source).toList();
    return tags.isEmpty() ? "-" : String.join(",", tags);
  }

  private static String text(@Nullable Macro macro) {
    return macro == null ? "-" : macro.source();
  }

  private static String explained(Rule rule, LoadedRules rules) {
    Rule.Meta meta = rule.meta();
    StringBuilder out = new StringBuilder();
    row("rule", Long.toString(rule.id()), out);
    row("says", text(meta.msg()), out);
    row("severity", severity(rule), out);
    row("tags", tags(rule), out);
    row("file", rules.files().shown(meta.file()) + ":" + meta.line(), out);
    row("phase", phase(rule.phase()), out);
    String removed = rule.removed();
    if (removed != null) {
      row("left out", removed, out);
    }
    String word = "looks at";
    for (Rule part = rule; part != null; part = part.chained()) {
      row(word, part.targetsText().isEmpty() ? "nothing: always matches" : part.targetsText(), out);
      test(part, out);
      word = "and at";
    }
    return out.toString();
  }

  private static void test(Rule part, StringBuilder out) {
    List<String> steps = new ArrayList<>();
    for (var step : part.transformations()) {
      if (step != null) {
        steps.add(step.name());
      }
    }
    if (!steps.isEmpty()) {
      row("after", String.join(", ", steps), out);
    }
    OperatorSpec operator = part.operator();
    if (operator != null) {
      String argument = operator.argument();
      boolean cut = argument.length() > PATTERN_SHOWN_MAX;
      row(
          "for",
          (operator.negated() ? "not " : "")
              + operator.name()
              + " "
              + (cut ? argument.substring(0, PATTERN_SHOWN_MAX) + "…" : argument),
          out);
    }
  }

  private static String phase(int phase) {
    return switch (phase) {
      case 1 -> "1, the request's head";
      case 2 -> "2, the request's body";
      case 3 -> "3, the answer's head";
      case 4 -> "4, the answer's body";
      default -> phase + ", after all";
    };
  }

  private static void row(String name, String value, StringBuilder out) {
    out.append("%-10s%s%n".formatted(name, value));
  }
}

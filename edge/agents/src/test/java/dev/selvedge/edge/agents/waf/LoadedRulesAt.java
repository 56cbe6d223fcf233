package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import java.nio.file.Path;
import java.util.List;

/** The shipped rules under a level. */
final class LoadedRulesAt {

  private LoadedRulesAt() {}

  /** How many rules may run. */
  static int level(int paranoia) {
    Report report = new Report(any -> null);
    Place place = new Place(new Source("test.kdl", Path.of("")), 1, 1);
    WafSettings usual = WafSettings.decode(Section.of(WafKeys.BLOCK, place, List.of(), report));
    WafSettings settings =
        new WafSettings(
            usual.rules(),
            paranoia,
            usual.logScore(),
            usual.blockScore(),
            false,
            usual.status(),
            List.of(),
            usual.limits(),
            usual.bufferedMax());
    LoadedRules rules = LoadedRules.load(settings, report);
    if (rules == null) {
      throw new AssertionError(report.sorted());
    }
    int running = 0;
    for (PhaseProgram phase : rules.rules().program().phases()) {
      for (Rule rule : phase.rules()) {
        running += rule.removed() == null ? 1 : 0;
      }
    }
    return running;
  }
}

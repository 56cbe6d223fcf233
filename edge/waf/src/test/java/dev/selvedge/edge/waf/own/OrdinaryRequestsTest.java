package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.RuleMatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What browsers, people and programs send every day is left alone. */
class OrdinaryRequestsTest {
  private static final List<RuleCase> ORDINARY = RuleCase.of("ordinary.conf");

  private static List<String> above(Policy policy, Outcome outcome) {
    RuleSet rules = Shipped.rules(policy);
    List<String> found = new ArrayList<>();
    for (RuleCase c : ORDINARY) {
      List<RuleMatch> matches = Shipped.run(rules, c).matches();
      Assessment assessment = Assessment.of(policy, matches);
      if (assessment.outcome().compareTo(outcome) > 0) {
        found.add(c.value() + " by " + assessment.hits());
      }
    }
    return found;
  }

  @Test
  void isNotReportedAtTheLowestLevel() {
    assertThat(above(Policy.DEFAULT, Outcome.ALLOW)).isEmpty();
  }

  @Test
  void isNotRefusedAtTheSecondLevel() {
    assertThat(above(Policy.DEFAULT.withParanoia(2), Outcome.LOG)).isEmpty();
  }
}

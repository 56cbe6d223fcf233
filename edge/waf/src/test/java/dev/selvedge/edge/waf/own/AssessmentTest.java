package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.waf.engine.RuleMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssessmentTest {
  private static final int CRITICAL = 2;
  private static final int ERROR = 3;
  private static final int WARNING = 4;
  private static final int NOTICE = 5;

  private static Assessment.Hit match(int severity, String variable) {
    return Assessment.hit(5_010_010, severity, "why", List.of(), variable, "what");
  }

  private static int score(Assessment.Hit... matches) {
    return Assessment.decide(Policy.DEFAULT, List.of(matches)).score();
  }

  private static Outcome outcome(Policy policy, Assessment.Hit... matches) {
    return Assessment.decide(policy, List.of(matches)).outcome();
  }

  @Test
  void addsThePointsOfSeverities() {
    assertThat(score()).isZero();
    assertThat(score(match(CRITICAL, "ARGS:q"))).isEqualTo(25);
    assertThat(score(match(ERROR, "ARGS:q"))).isEqualTo(10);
    assertThat(score(match(WARNING, "ARGS:q"))).isEqualTo(5);
    assertThat(score(match(NOTICE, "ARGS:q"))).isEqualTo(2);
    assertThat(score(match(7, "ARGS:q"))).isZero();
    assertThat(score(match(ERROR, "ARGS:q"), match(WARNING, "ARGS:p"))).isEqualTo(15);
  }

  @Test
  void weighsThePlace() {
    assertThat(score(match(ERROR, "ARGS_NAMES:q"))).isEqualTo(15);
    assertThat(score(match(ERROR, "REQUEST_COOKIES:sid"))).isEqualTo(10);
    assertThat(score(match(CRITICAL, "REQUEST_HEADERS:referer"))).isEqualTo(15);
    assertThat(score(match(CRITICAL, "REQUEST_HEADERS:User-Agent"))).isEqualTo(25);
    assertThat(score(match(WARNING, "RESPONSE_BODY"))).isEqualTo(5);
    assertThat(Location.of("REQUEST_FILENAME")).isEqualTo(Location.PATH);
    assertThat(Location.of("XML:/*")).isEqualTo(Location.BODY);
    assertThat(Location.of("FILES:picture")).isEqualTo(Location.FILE);
    assertThat(Location.of("TX:1")).isEqualTo(Location.OTHER);
  }

  @Test
  void thresholdsDecide() {
    assertThat(outcome(Policy.DEFAULT, match(WARNING, "ARGS:a"))).isEqualTo(Outcome.ALLOW);
    assertThat(outcome(Policy.DEFAULT, match(ERROR, "ARGS:a"))).isEqualTo(Outcome.LOG);
    assertThat(outcome(Policy.DEFAULT, match(CRITICAL, "ARGS:a"))).isEqualTo(Outcome.BLOCK);
    Policy lenient = new Policy(1, 30, 60, false, List.of());
    assertThat(outcome(lenient, match(CRITICAL, "ARGS:a"))).isEqualTo(Outcome.ALLOW);
    assertThatThrownBy(() -> new Policy(1, 30, 20, false, List.of()))
        .hasMessage("1 <= log <= block does not hold for 30 and 20");
    assertThatThrownBy(() -> new Policy(5, 10, 25, false, List.of()))
        .hasMessage("paranoia is 1 to 4, not 5");
  }

  @Test
  void detectionOnlyRefusesNothingButSaysWhatItWould() {
    Assessment assessment =
        Assessment.decide(Policy.DEFAULT.withDetectionOnly(), List.of(match(CRITICAL, "ARGS:a")));
    assertThat(assessment.wanted()).isEqualTo(Outcome.BLOCK);
    assertThat(assessment.outcome()).isEqualTo(Outcome.LOG);
  }

  @Test
  void hitsTellRulePlaceAndExcerpt() {
    byte[] attack = "1' union all select pin from cards-- ".getBytes(StandardCharsets.UTF_8);
    List<RuleMatch> matches =
        CaseRequest.of("arg", attack).run(Shipped.rules(Policy.DEFAULT).newTransaction()).matches();
    Assessment.Hit hit =
        Assessment.of(Policy.DEFAULT, matches).hits().stream()
            .filter(h -> h.rule() == 5_120_020)
            .findFirst()
            .orElseThrow();
    assertThat(hit.points()).isEqualTo(25);
    assertThat(hit.variable()).isEqualTo("ARGS:q");
    assertThat(hit.excerpt()).startsWith("1' union all select");
    assertThat(hit.message()).contains("UNION");
    assertThat(hit.tags()).contains("family/sql", "paranoia/1");
  }

  @Test
  void aLeakedSecretIsMasked() {
    byte[] page = "<p>key: AKIAQ7X2M4P9R5T1V8WZ</p>".getBytes(StandardCharsets.UTF_8);
    List<RuleMatch> matches =
        CaseRequest.of("page", page).run(Shipped.rules(Policy.DEFAULT).newTransaction()).matches();
    Assessment assessment = Assessment.of(Policy.DEFAULT, matches);
    assertThat(assessment.outcome()).isEqualTo(Outcome.BLOCK);
    assertThat(assessment.hits())
        .singleElement()
        .satisfies(h -> assertThat(h.excerpt()).isEqualTo("AKIA****************"));
  }
}

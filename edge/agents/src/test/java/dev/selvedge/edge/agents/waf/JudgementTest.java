package dev.selvedge.edge.agents.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.waf.Judgement.Action;
import dev.selvedge.edge.agents.waf.Judgement.Hit;
import dev.selvedge.edge.protocol.Audit;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgementTest {

  private static Hit hit(long rule, int points, String variable) {
    return new Hit(rule, points, "m", List.of("tag"), variable, "x");
  }

  private static Audit audit(Action action, Hit... hits) {
    int status = action == Action.BLOCK ? 403 : 0;
    return new Judgement(0, action, status, null, List.of(hits), List.of()).decision(false).audit();
  }

  @Test
  void tellsTheHeaviestMatchesFirst() {
    Audit audit =
        audit(Action.LOG, hit(1, 2, "HOST"), hit(2, 5, "AGENT"), hit(3, 10, "A"), hit(4, 10, "B"));
    assertThat(audit.rules()).extracting(Audit.Rule::id).containsExactly("3", "4", "2", "1");
    assertThat(audit.tags()).containsExactly("waf:log", "match:3 A=x", "match:4 B=x", "tag");
  }

  @Test
  void tellsAllMatchesOfARefusalThoughTheAnswerWasToBeJudged() {
    Audit audit =
        audit(Action.BLOCK, hit(1, 25, "A"), hit(2, 25, "B"), hit(3, 25, "C"), hit(4, 25, "D"));
    assertThat(audit.tags()).contains("match:3 C=x", "match:4 D=x");
  }
}

package dev.selvedge.edge.waf.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.operator.FileSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RulePlanTest {
  private static final FileSource NO_FILES =
      new FileSource() {
        @Override
        public byte @Nullable [] read(String name, String includer) {
          return null;
        }

        @Override
        public List<String> expand(String pattern, String includer) {
          return List.of();
        }
      };

  /** The ids of the rules of a phase that are left to run. */
  private static List<Long> left(int phase, String text) {
    LoadOutcome outcome = RuleSet.loadText("plan", Bytes.of(text), NO_FILES, EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
    RulePlan plan = RulePlan.of(((LoadOutcome.Loaded) outcome).rules().program());
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < plan.phase(phase).size(); i++) {
      ids.add(plan.phase(phase).step(i).rule().id());
    }
    return ids;
  }

  @Test
  void rulesThatAreAlwaysSkippedAreGone() {
    String text =
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"
        SecRule TX:level "@lt 2" "id:2,phase:2,nolog,pass,skipAfter:END"
        SecRule ARGS "@rx a" "id:3,phase:2,log,pass"
        SecMarker END
        SecRule TX:level "@gt 5" "id:4,phase:2,log,deny"
        SecRule ARGS "@rx b" "id:5,phase:2,log,pass"
        """;
    assertThat(left(2, text)).containsExactly(2L, 5L);
  }

  @Test
  void whatARequestMayChangeIsNotKnown() {
    String text =
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=1"
        SecRule ARGS:level "@eq 3" "id:2,phase:1,nolog,pass,setvar:tx.level=3"
        SecRule TX:level "@lt 2" "id:3,phase:2,nolog,pass,skipAfter:END"
        SecRule ARGS "@rx a" "id:4,phase:2,log,pass"
        SecMarker END
        """;
    assertThat(left(2, text)).containsExactly(3L, 4L);
  }

  @Test
  void namesMadeOfValuesMakeTheirBeginningUnknown() {
    String text =
        """
        SecAction "id:1,phase:1,nolog,pass,setvar:tx.level_a=1,setvar:tx.other=1"
        SecRule ARGS "@rx ." "id:2,phase:1,nolog,pass,setvar:tx.level_%{matched_var}=3"
        SecRule TX:level_a "@eq 9" "id:3,phase:1,log,pass"
        SecRule TX:other "@eq 9" "id:4,phase:1,log,pass"
        """;
    assertThat(left(1, text)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void anAllowanceMayLeaveOutWhatComesAfter() {
    String text =
        """
        SecRule ARGS:free "@eq 1" "id:1,phase:1,nolog,allow:phase"
        SecAction "id:2,phase:1,nolog,pass,setvar:tx.seen=1"
        SecRule &TX:seen "@eq 0" "id:3,phase:2,log,pass"
        """;
    assertThat(left(2, text)).containsExactly(3L);
  }
}

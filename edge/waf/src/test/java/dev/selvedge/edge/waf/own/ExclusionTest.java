package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.own.Exclusion.Rules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExclusionTest {
  private static final long UNION = 5_120_020;
  private static final String ATTACK = "a=1%27+union+all+select+pin+from+cards--+";

  private static List<Long> fired(@Nullable Exclusion exclusion, String uri) {
    Policy policy = exclusion == null ? Policy.DEFAULT : Policy.DEFAULT.without(exclusion);
    RuleSet rules = Shipped.rules(policy);
    byte[] bytes = uri.getBytes(StandardCharsets.UTF_8);
    return CaseRequest.of("uri", bytes).run(rules.newTransaction()).matches().stream()
        .map(RuleMatch::id)
        .toList();
  }

  @Test
  void leavesOutOneRule() {
    assertThat(fired(null, "/x?" + ATTACK)).contains(UNION).hasSizeGreaterThan(1);
    assertThat(fired(new Exclusion(new Rules.Id(UNION), null, null), "/x?" + ATTACK))
        .doesNotContain(UNION)
        .isNotEmpty();
  }

  @Test
  void leavesOutAFamily() {
    Exclusion sql = new Exclusion(new Rules.Tag("family/sql"), null, null);
    assertThat(fired(sql, "/x?" + ATTACK)).isEmpty();
    assertThat(fired(sql, "/x?a=/etc/passwd")).isNotEmpty();
  }

  @Test
  void leavesOutAParameterAndNoOther() {
    Exclusion html = new Exclusion(new Rules.All(), null, "a");
    assertThat(fired(html, "/x?" + ATTACK)).isEmpty();
    assertThat(fired(html, "/x?b" + ATTACK)).contains(UNION);
    Exclusion one = new Exclusion(new Rules.Id(UNION), null, "a");
    assertThat(fired(one, "/x?" + ATTACK)).doesNotContain(UNION).isNotEmpty();
  }

  @Test
  void leavesOutAPathBySegments() {
    Exclusion editor = new Exclusion(new Rules.All(), "/editor", null);
    assertThat(fired(editor, "/editor?" + ATTACK)).isEmpty();
    assertThat(fired(editor, "/editor/new?" + ATTACK)).isEmpty();
    assertThat(fired(editor, "/editors?" + ATTACK)).contains(UNION);
    assertThat(fired(editor, "/new/editor?" + ATTACK)).contains(UNION);
  }

  @Test
  void leavesOutAParameterBelowAPath() {
    Exclusion both = new Exclusion(new Rules.Tag("family/sql"), "/editor/", "a");
    assertThat(fired(both, "/editor/new?" + ATTACK)).isEmpty();
    assertThat(fired(both, "/editor/new?b" + ATTACK)).contains(UNION);
    assertThat(fired(both, "/other?" + ATTACK)).contains(UNION);
    Exclusion one = new Exclusion(new Rules.Id(UNION), "/editor", "a");
    assertThat(fired(one, "/editor/new?" + ATTACK)).doesNotContain(UNION).isNotEmpty();
  }

  @Test
  void refusesNamesThatCouldSayMore() {
    assertThatThrownBy(() -> new Exclusion(new Rules.All(), "/a\" \"id:1", null))
        .hasMessageContaining("cannot name the path");
    assertThatThrownBy(() -> new Exclusion(new Rules.All(), null, "a,b"))
        .hasMessageContaining("cannot name the parameter");
    assertThatThrownBy(() -> new Rules.Tag("a b")).hasMessageContaining("cannot name the tag");
  }
}

package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.operator.FileSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * No shipped pattern gives up on a long value that repeats what it looks for: one that did could be
 * switched off by padding.
 */
class OwnRulesLimitsTest {
  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final int BYTES = SOAK ? 64 * 1024 : 8 * 1024;
  private static final long GAVE_UP = 1;
  private static final String WATCH =
      "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:1,phase:2,pass,log,msg:'gave up'\"";

  private static final String[] PADDING = {
    "a",
    "a ",
    " ",
    "\n",
    "\r\n ",
    "\t",
    "1",
    "1=",
    "a.",
    "a=",
    "(",
    "'",
    "\" ",
    "'a'",
    "<",
    "<a ",
    "<x y=",
    "{",
    "{{",
    "${",
    "$",
    "|a ",
    "`a",
    "; ",
    "x(",
    "a)(",
    "&#x",
    "a-",
    "__",
    "%",
    "\\",
    "/",
    "/..",
    "../",
    "/*",
    "--",
    "[",
    "a[",
    "{a,",
    "select ",
    "union ",
    " and ",
    "'or",
    "function("
  };

  /** The shipped files, and one rule more that tells of a pattern that gave up. */
  private record Watched() implements FileSource {
    @Override
    public byte @Nullable [] read(String name, String includer) {
      return name.equals("watch.conf") ? Bytes.of(WATCH) : OwnRules.file(name);
    }

    @Override
    public List<String> expand(String pattern, String includer) {
      return List.of(pattern);
    }
  }

  private static RuleSet watched() {
    List<String> names = new ArrayList<>(OwnRules.FILES);
    names.add("watch.conf");
    return switch (RuleSet.load(names, new Watched(), EngineOptions.DEFAULT)) {
      case LoadOutcome.Loaded loaded -> loaded.rules();
      case LoadOutcome.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  @Test
  void noPatternGivesUpOnPadding() {
    RuleSet rules = watched();
    List<String> gaveUp = new ArrayList<>();
    for (String padding : PADDING) {
      byte[] value = Bytes.of(padding.repeat(BYTES / padding.length()));
      List<RuleMatch> matches = CaseRequest.of("arg", value).run(rules.newTransaction()).matches();
      if (matches.stream().anyMatch(m -> m.id() == GAVE_UP)) {
        gaveUp.add(padding);
      }
    }
    assertThat(gaveUp).isEmpty();
  }
}

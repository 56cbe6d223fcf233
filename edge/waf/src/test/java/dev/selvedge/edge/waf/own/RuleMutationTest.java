package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.operator.FileSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The tables of cases notice when a rule is damaged: without it an attack of its own passes, and
 * with one of its conditions always true a near miss of its own is caught, so that the near miss
 * does stand where the rule looks. The build tries every tenth rule, soak all.
 */
class RuleMutationTest {
  private static final int STRIDE = Boolean.getBoolean("selvedge.soak") ? 1 : 10;
  private static final Pattern ID = Pattern.compile("\"id:(\\d+),");
  private static final Pattern CONDITION =
      Pattern.compile("(?m)^( *SecRule \\S+ )\"(?:[^\"\\\\]|\\\\.)*\"");

  private record Block(String file, String before, String text, String after, long id) {}

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (String file : OwnRules.FILES) {
      byte[] bytes = Objects.requireNonNull(OwnRules.file(file));
      String whole = new String(bytes, StandardCharsets.UTF_8);
      for (String text : whole.split("\n\n", -1)) {
        Matcher id = ID.matcher(text);
        if (id.find() && !file.equals("setup.conf")) {
          int at = whole.indexOf(text);
          String after = whole.substring(at + text.length());
          long number = Long.parseLong(id.group(1));
          blocks.add(new Block(file, whole.substring(0, at), text, after, number));
        }
      }
    }
    return blocks;
  }

  /** The rules of one file with that text in place of a rule's. */
  private static RuleSet rules(Block block, String text) {
    FileSource source =
        new FileSource() {
          @Override
          public byte @Nullable [] read(String name, String includer) {
            return name.equals(block.file())
                ? (block.before() + text + block.after()).getBytes(StandardCharsets.UTF_8)
                : name.equals("policy") ? Bytes.of("") : OwnRules.file(name);
          }

          @Override
          public List<String> expand(String pattern, String includer) {
            return List.of(pattern);
          }
        };
    EngineOptions options =
        new EngineOptions(Clock.systemUTC(), Map.of(), 1000, 512, 100, 2_000_000, 16 << 20);
    LoadOutcome outcome = RuleSet.load(List.of("setup.conf", block.file()), source, options);
    if (outcome instanceof LoadOutcome.Loaded loaded) {
      return loaded.rules();
    }
    throw new AssertionError(block.id() + " does not load when changed: " + outcome);
  }

  private static boolean caught(RuleSet rules, Block block, boolean attack) {
    return RuleCase.of(block.file()).stream()
        .filter(c -> c.rule() == block.id() && c.attack() == attack)
        .anyMatch(
            c -> Shipped.run(rules, c).matches().stream().anyMatch(m -> m.id() == block.id()));
  }

  /** The rule with each of its conditions in turn always true. */
  private static List<String> widened(String rule) {
    List<String> texts = new ArrayList<>();
    Matcher condition = CONDITION.matcher(rule);
    while (condition.find()) {
      String always = condition.group(1) + "\"@unconditionalMatch\"";
      texts.add(rule.substring(0, condition.start()) + always + rule.substring(condition.end()));
    }
    return texts;
  }

  @Test
  void everyRuleIsMissedWhenItGoesAndNoticedWhenItWidens() {
    List<Block> blocks = blocks();
    assertThat(blocks).hasSameSizeAs(RuleInfo.of(Shipped.rules(Policy.DEFAULT.withParanoia(4))));
    List<Long> notMissed = new ArrayList<>();
    List<Long> notNoticed = new ArrayList<>();
    int tried = 0;
    for (int i = 0; i < blocks.size(); i += STRIDE) {
      Block block = blocks.get(i);
      tried++;
      assertThat(caught(rules(block, block.text()), block, true)).as("%s", block.id()).isTrue();
      if (caught(rules(block, ""), block, true)) {
        notMissed.add(block.id());
      }
      if (widened(block.text()).stream().noneMatch(t -> caught(rules(block, t), block, false))) {
        notNoticed.add(block.id());
      }
    }
    System.out.println("own rules damaged: " + tried + " of " + blocks.size());
    assertThat(notMissed).as("rules whose going nothing notices").isEmpty();
    assertThat(notNoticed).as("rules whose near miss is not where they look").isEmpty();
  }
}

package dev.selvedge.app;

import dev.selvedge.edge.agents.waf.LoadedRules;
import dev.selvedge.edge.agents.waf.RuleCard;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selvedge waf rules}: one rule a line, id first; or one of them in words. */
@Command(
    name = "rules",
    description = "Lists the rules, one a line, id first; with an id, explains that rule.")
final class WafRulesCommand implements Callable<Integer> {

  @Mixin private WafCommand.Choice choice = new WafCommand.Choice();

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "only rules with this text in their line (id, severity, tags, message)")
  private @Nullable String filter;

  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "the rule to explain")
  private @Nullable Long id;

  @Override
  public Integer call() {
    Optional<LoadedRules> rules = choice.load();
    if (rules.isEmpty()) {
      return Main.BAD_INPUT;
    }
    List<RuleCard> cards = RuleCard.all(rules.get());
    return id == null ? list(cards) : explain(cards, id);
  }

  private int list(List<RuleCard> cards) {
    for (RuleCard card : cards) {
      if (filter == null || card.line().contains(filter)) {
        System.out.println(card.line());
      }
    }
    return Main.FINE;
  }

  private static int explain(List<RuleCard> cards, long id) {
    for (RuleCard card : cards) {
      if (card.id() == id) {
        System.out.print(card.explained());
        return Main.FINE;
      }
    }
    System.err.println("there is no rule " + id);
    return Main.BAD_INPUT;
  }
}

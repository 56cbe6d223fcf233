package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.Transaction;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The shipped rules, loaded for tests. */
public final class Shipped {
  private Shipped() {}

  /** The rules under a policy; every problem in the failure's text. */
  public static RuleSet rules(Policy policy) {
    EngineOptions options =
        new EngineOptions(Clock.systemUTC(), Map.of(), 1000, 512, 100, 2_000_000, 16 << 20);
    return switch (OwnRules.load(policy, options)) {
      case LoadOutcome.Loaded loaded -> loaded.rules();
      case LoadOutcome.Refused refused ->
          throw new AssertionError(
              refused.problems().stream().map(Object::toString).collect(Collectors.joining("\n")));
    };
  }

  /** The exchanges of all cases, by name. */
  public static Map<String, Consumer<Transaction>> exchanges() {
    Map<String, Consumer<Transaction>> all = new LinkedHashMap<>();
    for (RuleCase c : RuleCase.all()) {
      all.put(c.toString(), t -> CaseRequest.of(c.place(), c.bytes()).run(t));
    }
    return all;
  }

  /** An ordinary exchange with that value at that place, inspected. */
  static Transaction run(RuleSet rules, RuleCase c) {
    return CaseRequest.of(c.place(), c.bytes()).run(rules.newTransaction());
  }
}

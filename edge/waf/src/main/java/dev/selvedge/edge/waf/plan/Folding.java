package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Name;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rules whose outcome is the same for each request, by following what is known of TX from
 * rule to rule and along every skip.
 *
 * <p>Rule sets steer themselves by TX: the CRS asks some hundred times for its paranoia level,
 * which its setup fixed. What is found holds where the phases before have been run and none of the
 * rules found has been removed; it takes into account that requests may be denied or allowed on the
 * way. Not thread-safe, one use.
 */
final class Folding {
  private static final int LOGGING = 5;

  /**
   * What is known of one rule: it is evaluated; or never matches; or never runs; or always acts.
   */
  sealed interface Fate {
    record Evaluated() implements Fate {}

    record NeverMatches() implements Fate {}

    record NeverRuns() implements Fate {}

    record Always(Step.Known known) implements Fate {}
  }

  private final RuleProgram program;
  private final Steering steering;
  private final boolean folds;
  private final @Nullable KnownTx[] starts = new @Nullable KnownTx[RuleProgram.PHASES + 1];
  private final @Nullable KnownTx[][] joins = new @Nullable KnownTx[RuleProgram.PHASES + 1][];
  private final List<List<Fate>> fates = new ArrayList<>();

  private Folding(RuleProgram program) {
    this.program = program;
    steering = Steering.of(program);
    folds = steering.skipsStayInPhase();
  }

  /** The fate of each rule, by phase. */
  static List<List<Fate>> of(RuleProgram program) {
    Folding folding = new Folding(program);
    folding.starts[1] = new KnownTx();
    folding.starts[LOGGING] = new KnownTx();
    for (int phase = 0; phase <= RuleProgram.PHASES; phase++) {
      folding.fates.add(phase == 0 ? List.of() : folding.phase(phase));
    }
    return folding.fates;
  }

  private List<Fate> phase(int phase) {
    PhaseProgram rules = program.phase(phase);
    int size = rules.rules().size();
    @Nullable KnownTx[] joinsHere = new @Nullable KnownTx[size + 1];
    joins[phase] = joinsHere;
    List<Fate> result = new ArrayList<>();
    KnownTx tx = starts[phase];
    for (int i = 0; i < size; i++) {
      KnownTx joined = joinsHere[i];
      tx = tx == null ? joined : tx.or(joined);
      Rule rule = rules.rules().get(i);
      if (!folds) {
        result.add(new Fate.Evaluated());
      } else if (tx == null || rule.removed() != null) {
        result.add(new Fate.NeverRuns());
      } else {
        tx = tx.copy();
        Fate fate = fate(rule, tx, rules, i);
        result.add(fate);
        tx = after(fate, rule, tx, rules, i);
      }
    }
    KnownTx end = tx == null ? joinsHere[size] : tx.or(joinsHere[size]);
    if (end != null && phase < LOGGING) {
      start(phase + 1, end);
      start(LOGGING, end);
    }
    return result;
  }

  private void start(int phase, KnownTx tx) {
    starts[phase] = tx.or(starts[phase]);
  }

  /** Decides, and where the rule always acts brings {@code tx} up to date. */
  private Fate fate(Rule rule, KnownTx tx, PhaseProgram rules, int index) {
    KnownTx then = tx.copy();
    List<Step.Link> links = new ArrayList<>();
    boolean acted = false;
    for (Rule link = rule; link != null; link = link.chained()) {
      KnownOutcome outcome = steering.mayChangeTargets() ? null : KnownOutcome.of(link, then);
      if (outcome == null) {
        return new Fate.Evaluated();
      }
      if (!outcome.matched()) {
        return acted ? new Fate.Evaluated() : new Fate.NeverMatches();
      }
      acted |= !link.perValue().isEmpty();
      links.add(new Step.Link(link, outcome.matches()));
      for (int i = 0; i < outcome.matches().size(); i++) {
        link.perValue().forEach(action -> certainly(action, then));
      }
    }
    if (!simple(rule)) {
      return new Fate.Evaluated();
    }
    boolean constant = true;
    for (Step.Link link : links) {
      for (int i = 0; i < link.matches().size(); i++) {
        for (Action action : link.rule().perValue()) {
          constant &= certainly(action, tx);
        }
      }
    }
    return new Fate.Always(known(links, constant, rules, index));
  }

  private Step.Known known(List<Step.Link> links, boolean constant, PhaseProgram rules, int index) {
    int status = 0;
    int severity = -1;
    int next = index + 1;
    for (Step.Link link : links.reversed()) {
      Rule r = link.rule();
      int ofDefaults = program.defaults().get(r.phase()).status();
      status = ofDefaults > 0 ? ofDefaults : status;
      status = r.status() > 0 ? r.status() : status;
      status = r.disruptive() instanceof Disruptive.Pass ? 200 : status;
      int own = r.meta().severity();
      severity = own >= 0 && (severity < 0 || own < severity) ? own : severity;
      for (Action action : r.afterChain()) {
        if (action instanceof Action.SkipAfter skip) {
          next = rules.after(skip.marker(), index + 1);
        }
      }
    }
    boolean sets = links.stream().anyMatch(link -> !link.rule().perValue().isEmpty());
    return new Step.Known(List.copyOf(links), status, severity, next, sets, constant);
  }

  /** Whether all that a match does is to set values, the status, and where to go on. */
  private boolean simple(Rule first) {
    if (!Reporting.silent(first, program)) {
      return false;
    }
    for (Rule rule = first; rule != null; rule = rule.chained()) {
      boolean passes = rule.disruptive() == null || rule.disruptive() instanceof Disruptive.Pass;
      if (!passes
          || !rule.perValue().stream().allMatch(Folding::setsTx)
          || !rule.afterChain().stream().allMatch(Folding::onlySteers)
          || !program.defaults().get(rule.phase()).actions().stream()
              .allMatch(Folding::onlySteers)) {
        return false;
      }
    }
    return true;
  }

  private static boolean setsTx(Action action) {
    return action instanceof Action.SetVar set && set.collection() == Variable.TX;
  }

  private static boolean onlySteers(Action action) {
    return action instanceof Action.Logging
        || action instanceof Action.CtlAuditParts
        || action instanceof Action.SkipAfter;
  }

  /** What is known behind a rule; null where evaluation never goes on there. */
  private @Nullable KnownTx after(Fate fate, Rule rule, KnownTx tx, PhaseProgram rules, int index) {
    return switch (fate) {
      case Fate.NeverMatches _, Fate.NeverRuns _ -> tx;
      case Fate.Always always -> {
        int next = always.known().next();
        if (next == index + 1) {
          yield tx;
        }
        join(rule.phase(), next, tx);
        yield null;
      }
      case Fate.Evaluated _ -> {
        for (Rule link = rule; link != null; link = link.chained()) {
          perhaps(link.perValue(), tx);
          perhaps(link.afterChain(), tx);
          perhaps(program.defaults().get(rule.phase()).actions(), tx);
        }
        leave(rule, tx, rules, index);
        yield tx;
      }
    };
  }

  private void join(int phase, int index, KnownTx tx) {
    @Nullable KnownTx[] joinsHere = joins[phase];
    joinsHere[index] = tx.copy().or(joinsHere[index]);
  }

  /** The ways in which a rule that may match may leave its place. */
  private void leave(Rule first, KnownTx tx, PhaseProgram rules, int index) {
    for (Rule rule = first; rule != null; rule = rule.chained()) {
      List<Action> actions = new ArrayList<>(rule.afterChain());
      actions.addAll(program.defaults().get(rule.phase()).actions());
      for (Action action : actions) {
        if (action instanceof Action.SkipAfter skip) {
          join(first.phase(), rules.after(skip.marker(), index + 1), tx);
        }
      }
      Disruptive disruptive = rule.disruptive();
      if (disruptive != null && !(disruptive instanceof Disruptive.Pass)) {
        for (int phase = first.phase() + 1; phase <= RuleProgram.PHASES; phase++) {
          start(phase, tx);
        }
      }
    }
  }

  private static void perhaps(List<Action> actions, KnownTx tx) {
    for (Action action : actions) {
      if (action instanceof Action.ExpireVar expire && expire.collection() == Variable.TX) {
        forget(expire.name(), tx);
      } else if (action instanceof Action.SetVar set && set.collection() == Variable.TX) {
        byte[] value = newValue(set, tx);
        if (set.name().constant() == null || (value == null && !unset(set))) {
          forget(set.name(), tx);
        } else if (set.change() == Action.Change.SET || unset(set)) {
          tx.maySet(set.name().name(KnownTx.NOTHING), value);
        } else {
          forget(set.name(), tx); // it may run for several values
        }
      }
    }
  }

  private static boolean unset(Action.SetVar set) {
    return set.change() == Action.Change.UNSET;
  }

  /** Whether what was set is known. */
  private static boolean certainly(Action action, KnownTx tx) {
    if (!(action instanceof Action.SetVar set) || set.collection() != Variable.TX) {
      return false;
    }
    byte[] value = newValue(set, tx);
    if (set.name().constant() == null || (value == null && !unset(set))) {
      forget(set.name(), tx);
      return false;
    }
    Name name = set.name().name(KnownTx.NOTHING);
    if (!tx.knows(name)) {
      return false; // a name whose spelling is not known stays so
    }
    tx.set(name, value);
    return true;
  }

  /** The value that is set, null where it is not known or there is none. */
  private static byte @Nullable [] newValue(Action.SetVar set, KnownTx tx) {
    if (unset(set)) {
      return null;
    }
    byte[] value = KnownOutcome.expanded(set.value(), tx);
    if (value == null || set.change() == Action.Change.SET || set.name().constant() == null) {
      return value;
    }
    Name name = set.name().name(KnownTx.NOTHING);
    return tx.knows(name) ? Action.changed(set.change(), tx.value(name), value) : null;
  }

  private static void forget(Macro name, KnownTx tx) {
    if (name.constant() == null) {
      tx.forgetPrefix(name.constantPrefix());
    } else {
      tx.forget(name.name(KnownTx.NOTHING));
    }
  }
}

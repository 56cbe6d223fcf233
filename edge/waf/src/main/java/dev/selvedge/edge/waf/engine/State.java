package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.operator.Operator;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.rule.Settings;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.trace.Trace;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Name;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything one transaction knows; also what operators and macros may ask.
 *
 * <p>Not thread-safe.
 */
final class State implements Operator.Context {
  /** A target that a ctl action took out of rules, chosen by id or by tag. */
  record RemovedTarget(long id, @Nullable String tag, Target target) {}

  private static final Name LIMITS_EXCEEDED = Name.of(Bytes.of("MSC_PCRE_LIMITS_EXCEEDED"));

  final RuleProgram program;
  final Settings settings;
  final EngineOptions options;
  final StoredCollections stored;
  final Trace trace;
  final RequestState request = new RequestState();
  final ResponseState response = new ResponseState();
  final TxCollection tx = new TxCollection();
  final Fields matchedVars = new Fields();
  final Fields environment = new Fields();
  final Map<Variable, byte[]> storedKeys = new HashMap<>(0);
  final Map<String, String> xmlNamespaces = new HashMap<>(0);
  final List<RuleMatch> matches = new ArrayList<>();
  final List<Action.IdRange> removedIds = new ArrayList<>();
  final List<String> removedTags = new ArrayList<>();
  final List<RemovedTarget> removedTargets = new ArrayList<>();
  final long startNanos = System.nanoTime();
  final long startMillis;
  private final long sequence;
  Connection connection = new Connection("", 0, "", 0);
  byte[] clientAddress = Bytes.EMPTY;
  EngineMode engine;
  boolean requestBodyAccess;
  boolean forceRequestBody;
  byte[] sessionId = Bytes.EMPTY;
  byte[] userId = Bytes.EMPTY;
  byte[] matchedVar = Bytes.EMPTY;
  byte[] matchedVarName = Bytes.EMPTY;
  int highestSeverity = 255;
  boolean regexLimitReached;
  boolean capturing;
  boolean expandingRule;
  @Nullable Rule rule;
  int skipRules;
  @Nullable String skipAfter;
  Disruptive.@Nullable Scope allow;
  Verdict verdict = Verdict.ALLOW;
  int status = 200;

  /** What operators work with while a phase runs. */
  @Nullable Workbench bench;

  /** Phases that were run or skipped, as bits. */
  int phasesBegun;

  /** Rules have been removed that the plan counts on. */
  boolean planBroken;

  /** An operator ran out of steps where its effects are not wanted. */
  boolean quietLimit;

  boolean quiet;
  @Nullable ValueMarks requestMarks;
  @Nullable ValueMarks responseMarks;

  State(
      RuleProgram program,
      EngineOptions options,
      StoredCollections stored,
      Trace trace,
      long sequence) {
    this.program = program;
    this.settings = program.settings();
    this.options = options;
    this.stored = stored;
    this.trace = trace;
    this.sequence = sequence;
    this.engine = settings.engine();
    this.requestBodyAccess = settings.requestBodyAccess();
    this.startMillis = options.clock().millis();
    if (!options.environment().isEmpty()) {
      options
          .environment()
          .forEach((name, value) -> environment.add(Bytes.of(name), Bytes.of(value)));
    }
  }

  /** Whether a rule does not look at a value, by its own exclusions or by a ctl action. */
  boolean excludes(Rule rule, Variable variable, byte[] name) {
    List<Target> exclusions = rule.exclusions();
    for (int i = 0; i < exclusions.size(); i++) {
      if (exclusions.get(i).excludes(variable, name)) {
        return true;
      }
    }
    for (int i = 0; i < removedTargets.size(); i++) {
      RemovedTarget removed = removedTargets.get(i);
      if (removed.target().excludes(variable, name)) {
        String tag = removed.tag();
        if (tag == null ? removed.id() == rule.id() : rule.hasTag(tag)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Tells this transaction from others of the same rule set. */
  String uniqueId() {
    return startMillis / 1000 + "." + sequence;
  }

  long nowMillis() {
    return options.clock().millis();
  }

  StoredCollections.Key storedKey(Variable collection) {
    byte[] key = storedKeys.getOrDefault(collection, Bytes.EMPTY);
    return new StoredCollections.Key(collection, Bytes.text(key), settings.webAppId());
  }

  void log(int level, String text) {
    trace.line(level, text);
  }

  @Override
  public boolean capturing() {
    return capturing;
  }

  @Override
  public void capture(int group, byte[] value) {
    tx.set(Name.of(group), value);
  }

  @Override
  public RxMatcher matcher(Rx rx) {
    return bench().matcher(rx);
  }

  @Override
  public SqlDetector sqlDetector() {
    return bench().sqlDetector();
  }

  @Override
  public XssDetector xssDetector() {
    return bench().xssDetector();
  }

  Workbench bench() {
    return Objects.requireNonNull(bench, "only while a phase runs");
  }

  @Override
  public long regexSteps() {
    long own = settings.regexSteps();
    return own > 0 ? Math.min(own, options.regexSteps()) : options.regexSteps();
  }

  @Override
  public void regexLimit(String pattern) {
    if (quiet) {
      quietLimit = true;
      return;
    }
    regexLimitReached = true;
    tx.set(LIMITS_EXCEEDED, Bytes.of("1"));
    if (trace.on()) {
      log(3, "rx: regex error 'MATCH_LIMIT' for pattern '" + pattern + "'");
    }
  }

  @Override
  public Trace trace() {
    return trace;
  }

  @Override
  public byte[] value(Variable variable, Selector selector) {
    if (variable == Variable.TX && selector instanceof Selector.Named named) {
      byte[] value = tx.get(named.key());
      return value == null ? Bytes.EMPTY : value;
    }
    byte[][] first = new byte[1][];
    VariableTable.resolve(
        this,
        new Target(variable, selector, false),
        (_, value) -> {
          if (first[0] == null) {
            first[0] = value;
          }
        });
    return first[0] == null ? Bytes.EMPTY : first[0];
  }
}

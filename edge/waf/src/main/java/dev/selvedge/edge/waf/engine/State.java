package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.operator.Operator;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.rule.Settings;
import dev.selvedge.edge.waf.trace.Trace;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything one transaction knows; also what operators and macros may ask.
 *
 * <p>Not thread-safe.
 */
final class State implements Operator.Context {
  /** A target that a ctl action took out of rules, chosen by id or by tag. */
  record RemovedTarget(long id, @Nullable String tag, Target target) {}

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
  final Map<Variable, byte[]> storedKeys = new EnumMap<>(Variable.class);
  final Map<String, String> xmlNamespaces = new HashMap<>();
  final List<RuleMatch> matches = new ArrayList<>();
  final List<Action.IdRange> removedIds = new ArrayList<>();
  final List<String> removedTags = new ArrayList<>();
  final List<RemovedTarget> removedTargets = new ArrayList<>();
  final long startNanos = System.nanoTime();
  final long startMillis;
  final String uniqueId;
  Connection connection = new Connection("", 0, "", 0);
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

  State(
      RuleProgram program,
      EngineOptions options,
      StoredCollections stored,
      Trace trace,
      String uniqueId) {
    this.program = program;
    this.settings = program.settings();
    this.options = options;
    this.stored = stored;
    this.trace = trace;
    this.uniqueId = uniqueId;
    this.engine = settings.engine();
    this.requestBodyAccess = settings.requestBodyAccess();
    this.startMillis = options.clock().millis();
    options
        .environment()
        .forEach((name, value) -> environment.add(Bytes.of(name), Bytes.of(value)));
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
    tx.set(Integer.toString(group), value);
  }

  @Override
  public long regexSteps() {
    long own = settings.regexSteps();
    return own > 0 ? Math.min(own, options.regexSteps()) : options.regexSteps();
  }

  @Override
  public void regexLimit(String pattern) {
    regexLimitReached = true;
    tx.set("MSC_PCRE_LIMITS_EXCEEDED", Bytes.of("1"));
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
      byte[] value = tx.get(named.name());
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

package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Disruptive;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.transform.Transformations;
import dev.selvedge.edge.waf.transform.UnicodeMap;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The list of every action that a rule may name; each entry writes into the rule's draft.
 *
 * <p>Left out, and so refused: exec (needs a script host), deprecatevar, pause, proxy, sanitise…,
 * append, prepend (libmodsecurity 3 has none of them either).
 */
final class ActionParser {
  /** Reads an action's value into a draft; throws IllegalArgumentException with the reason. */
  @FunctionalInterface
  private interface Entry {
    void apply(String value, RuleDraft draft);
  }

  private static final List<String> SEVERITIES =
      List.of("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug");

  private static final Map<String, Entry> ENTRIES = new TreeMap<>();

  static {
    meta();
    flow();
    variables();
    disruptive();
  }

  private final UnicodeMap unicodeMap;

  ActionParser(UnicodeMap unicodeMap) {
    this.unicodeMap = unicodeMap;
  }

  private static void meta() {
    ENTRIES.put("id", (v, d) -> d.id = id(v));
    ENTRIES.put("msg", (v, d) -> d.msg = Macro.parse(v));
    ENTRIES.put("logdata", (v, d) -> d.logData = Macro.parse(v));
    ENTRIES.put("tag", (v, d) -> d.tags.add(Macro.parse(v)));
    ENTRIES.put("severity", (v, d) -> d.severity = severity(v));
    ENTRIES.put("rev", (v, d) -> d.rev = v);
    ENTRIES.put("ver", (v, d) -> d.ver = v);
    ENTRIES.put("maturity", (v, d) -> d.maturity = number(v));
    ENTRIES.put("accuracy", (v, d) -> d.accuracy = number(v));
    ENTRIES.put("log", (_, d) -> d.afterChain.add(new Action.Logging("log", true, true)));
    ENTRIES.put("nolog", (_, d) -> d.afterChain.add(new Action.Logging("nolog", false, false)));
    ENTRIES.put("auditlog", (_, d) -> d.afterChain.add(new Action.Logging("auditlog", true, true)));
    ENTRIES.put(
        "noauditlog", (_, d) -> d.afterChain.add(new Action.Logging("noauditlog", true, false)));
  }

  private static void flow() {
    ENTRIES.put("phase", (v, d) -> d.phase = phase(v));
    ENTRIES.put("chain", (_, d) -> d.chain = true);
    ENTRIES.put("capture", (_, d) -> d.capture = true);
    ENTRIES.put("multimatch", (_, d) -> d.multiMatch = true);
    ENTRIES.put("skip", (v, d) -> d.afterChain.add(new Action.Skip(number(v))));
    ENTRIES.put("skipafter", (v, d) -> d.afterChain.add(new Action.SkipAfter(v)));
    ENTRIES.put("ctl", (v, d) -> d.afterChain.add(CtlParser.parse(v)));
    ENTRIES.put("xmlns", (v, d) -> d.afterChain.add(xmlNamespace(v)));
  }

  private static void variables() {
    ENTRIES.put("setvar", (v, d) -> d.perValue.add(SetVarParser.setVar(v)));
    ENTRIES.put("expirevar", (v, d) -> d.afterChain.add(SetVarParser.expireVar(v)));
    ENTRIES.put("initcol", (v, d) -> d.afterChain.add(initCol(v)));
    ENTRIES.put("setsid", (v, d) -> d.afterChain.add(setId(Variable.SESSION, v)));
    ENTRIES.put("setuid", (v, d) -> d.afterChain.add(setId(Variable.USER, v)));
    ENTRIES.put("setrsc", (v, d) -> d.afterChain.add(setId(Variable.RESOURCE, v)));
    ENTRIES.put("setenv", (v, d) -> d.afterChain.add(setEnv(v)));
  }

  private static void disruptive() {
    ENTRIES.put("allow", (v, d) -> d.disruptive = new Disruptive.Allow(scope(v)));
    ENTRIES.put(
        "block",
        (_, d) -> d.disruptive = d.disruptive == null ? new Disruptive.Block() : d.disruptive);
    ENTRIES.put("deny", (_, d) -> d.disruptive = new Disruptive.Deny());
    ENTRIES.put("drop", (_, d) -> d.disruptive = new Disruptive.Drop());
    ENTRIES.put("pass", (_, d) -> d.disruptive = new Disruptive.Pass());
    ENTRIES.put("redirect", (v, d) -> d.disruptive = new Disruptive.Redirect(Macro.parse(v)));
    ENTRIES.put("status", (v, d) -> d.status = status(v));
  }

  /**
   * Reads a whole action list.
   *
   * @throws IllegalArgumentException with the reason
   */
  void parse(String text, RuleDraft draft) {
    for (ActionWord word : ActionWord.split(text)) {
      if (word.name().equals("t")) {
        transformation(word.value(), draft);
        continue;
      }
      Entry entry = ENTRIES.get(word.name());
      if (entry == null) {
        throw new IllegalArgumentException("unknown action: " + word.name());
      }
      entry.apply(word.value(), draft);
    }
  }

  private void transformation(String name, RuleDraft draft) {
    if (name.toLowerCase(Locale.ROOT).equals("none")) {
      draft.transformations.clear();
      draft.noDefaultTransformations = true;
      return;
    }
    NamedTransformation found = Transformations.named(name, unicodeMap);
    if (found == null) {
      throw new IllegalArgumentException("unknown transformation: " + name);
    }
    draft.transformations.add(found);
  }

  private static long id(String value) {
    long id = CtlParser.id(value);
    if (id == 0) {
      throw new IllegalArgumentException("a rule id is at least 1");
    }
    return id;
  }

  private static int phase(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1" -> 1;
      case "2", "request" -> 2;
      case "3" -> 3;
      case "4", "response" -> 4;
      case "5", "logging" -> 5;
      default -> throw new IllegalArgumentException("unknown phase: " + value);
    };
  }

  private static int severity(String value) {
    int named = SEVERITIES.indexOf(value.toLowerCase(Locale.ROOT));
    int n = named >= 0 ? named : number(value);
    if (n >= SEVERITIES.size()) {
      throw new IllegalArgumentException("severity is 0 to 7: " + value);
    }
    return n;
  }

  private static int status(String value) {
    int n = number(value);
    if (n < 100 || n > 599) {
      throw new IllegalArgumentException("not an HTTP status: " + value);
    }
    return n;
  }

  private static int number(String value) {
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("not a number of up to nine digits: " + value);
    }
    return Integer.parseInt(value);
  }

  private static Disruptive.Scope scope(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "" -> Disruptive.Scope.ALL;
      case "phase" -> Disruptive.Scope.PHASE;
      case "request" -> Disruptive.Scope.REQUEST;
      default -> throw new IllegalArgumentException("allow takes phase or request: " + value);
    };
  }

  private static Action initCol(String value) {
    int equals = value.indexOf('=');
    Variable collection = equals < 0 ? null : Variable.named(value.substring(0, equals).strip());
    if (collection == null || collection.shape() != Variable.Shape.STORED) {
      throw new IllegalArgumentException("initcol needs collection=key: " + value);
    }
    return new Action.InitCol(collection, Macro.parse(value.substring(equals + 1)));
  }

  private static Action setId(Variable collection, String value) {
    return new Action.SetId(collection, Macro.parse(value));
  }

  private static Action setEnv(String value) {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException("setenv needs name=value: " + value);
    }
    return new Action.SetEnv(
        Macro.parse(value.substring(0, equals)), Macro.parse(value.substring(equals + 1)));
  }

  private static Action xmlNamespace(String value) {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException("xmlns needs prefix=href: " + value);
    }
    String href = ActionWord.unquote(value.substring(equals + 1));
    if (!href.startsWith("http")) {
      throw new IllegalArgumentException("xmlns has no href for prefix: " + value);
    }
    return new Action.XmlNamespace(value.substring(0, equals), href);
  }
}

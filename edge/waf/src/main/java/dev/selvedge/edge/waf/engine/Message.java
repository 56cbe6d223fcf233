package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule and its chain have to report, while they are being evaluated.
 *
 * <p>Not thread-safe.
 */
final class Message {
  private static final int VALUE_SHOWN_MAX = 100;
  private static final int DATA_SHOWN_MAX = 200;

  final Rule first;
  boolean log = true;
  boolean audit = true;
  boolean disruptive;
  String msg = "";
  String data = "";
  int severity = -1;
  private @Nullable Rule matchedRule;
  private @Nullable Rule tagged;
  private String argument = "";
  private byte[] variable = Bytes.EMPTY;
  private byte[] value = Bytes.EMPTY;
  private final List<String> tags = new ArrayList<>();

  Message(Rule first) {
    this.first = first;
  }

  void logging(Action.Logging action) {
    switch (action.name()) {
      case "log", "auditlog" -> {
        log = true;
        audit = true;
      }
      case "nolog" -> {
        log = false;
        audit = false;
      }
      default -> audit = false;
    }
  }

  /** Keeps the value that matched. */
  void matched(Rule rule, String expandedArgument, byte[] key, byte[] matchedValue) {
    matchedRule = rule;
    argument = expandedArgument;
    variable = key;
    value = matchedValue;
  }

  private String match() {
    Rule rule = matchedRule;
    if (rule == null) {
      return "";
    }
    if (rule.operator() == null) {
      return "Unconditional match in SecAction.";
    }
    return "Matched \"Operator `"
        + rule.operator().name()
        + "' with parameter `"
        + cut(argument, DATA_SHOWN_MAX)
        + "' against variable `"
        + Bytes.text(variable)
        + "' (Value: `"
        + cut(Excerpt.escaped(value, VALUE_SHOWN_MAX + 1), VALUE_SHOWN_MAX)
        + "' )";
  }

  /** Whether the tags of this rule have not been added last. */
  @SuppressWarnings("ReferenceEquality") // another rule may be equal
  boolean tagsFor(Rule rule) {
    boolean other = tagged != rule;
    tagged = rule;
    return other;
  }

  void tag(String tag) {
    if (!tags.contains(tag)) {
      tags.add(tag);
    }
  }

  private static String cut(String text, int max) {
    int more = text.length() - max;
    return more > 0 ? text.substring(0, max) + " (" + more + " characters omitted)" : text;
  }

  RuleMatch toMatch(State s, @Nullable Integer deniedWith) {
    Rule.Meta meta = first.meta();
    StringBuilder text = new StringBuilder("ModSecurity: ");
    if (deniedWith == null) {
      text.append("Warning. ");
    } else {
      text.append("Access denied with code ").append(deniedWith);
      text.append(" (phase ").append(first.phase()).append("). ");
    }
    text.append(match());
    bracket(text, "file", meta.file());
    bracket(text, "line", Integer.toString(meta.line()));
    bracket(text, "id", Long.toString(meta.id()));
    bracket(text, "rev", meta.rev());
    bracket(text, "msg", escaped(msg));
    bracket(text, "data", cut(escaped(data), DATA_SHOWN_MAX));
    bracket(text, "severity", Integer.toString(Math.max(severity, 0)));
    bracket(text, "ver", meta.ver());
    bracket(text, "maturity", Integer.toString(meta.maturity()));
    bracket(text, "accuracy", Integer.toString(meta.accuracy()));
    for (String tag : tags) {
      bracket(text, "tag", tag);
    }
    bracket(text, "hostname", Bytes.text(s.request.serverName));
    bracket(text, "uri", cut(Bytes.text(s.request.path), DATA_SHOWN_MAX));
    bracket(text, "unique_id", s.uniqueId());
    return new RuleMatch(
        meta.id(),
        first.phase(),
        msg,
        data,
        severity,
        List.copyOf(tags),
        Bytes.text(variable),
        Excerpt.masked(Bytes.text(variable), value),
        deniedWith != null,
        audit,
        text.toString());
  }

  private static String escaped(String text) {
    return Excerpt.escaped(Bytes.of(text), Integer.MAX_VALUE);
  }

  private static void bracket(StringBuilder text, String name, String value) {
    text.append(" [").append(name).append(" \"").append(value).append("\"]");
  }
}

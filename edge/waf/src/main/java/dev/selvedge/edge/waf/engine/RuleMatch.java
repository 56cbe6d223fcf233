package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule that matched and wants to be reported.
 *
 * <p>Texts for people are made when they are asked for: refusing a request must not cost a page of
 * formatting. Immutable.
 */
public final class RuleMatch {
  private static final int VALUE_SHOWN_MAX = 100;
  private static final int DATA_SHOWN_MAX = 200;

  /** What the rule has to say. */
  record Texts(String message, String data, int severity, List<String> tags) {}

  /** What was matched last, by which rule of the chain. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Evidence(@Nullable Rule rule, String argument, byte[] variable, byte[] value) {}

  /**
   * Of which exchange.
   *
   * @param secretXml its body is XML in which something has the name of a secret
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Exchange(byte[] serverName, byte[] path, String uniqueId, boolean secretXml) {}

  private final Rule first;
  private final Texts texts;
  private final Evidence evidence;
  private final Exchange exchange;
  private final @Nullable Integer deniedWith;
  private final boolean audit;

  RuleMatch(
      Rule first,
      Texts texts,
      Evidence evidence,
      Exchange exchange,
      @Nullable Integer deniedWith,
      boolean audit) {
    this.first = first;
    this.texts = texts;
    this.evidence = evidence;
    this.exchange = exchange;
    this.deniedWith = deniedWith;
    this.audit = audit;
  }

  /** The rule's id, or its chain's first. */
  public long id() {
    return first.id();
  }

  public int phase() {
    return first.phase();
  }

  public String message() {
    return texts.message();
  }

  public String data() {
    return texts.data();
  }

  /** 0 (emergency) to 7 (debug); -1 where the rule names none. */
  public int severity() {
    return texts.severity();
  }

  public List<String> tags() {
    return texts.tags();
  }

  /** What matched last, as {@code ARGS:name}. */
  public String variable() {
    return Bytes.text(evidence.variable());
  }

  /** The value that matched last, cut and masked. Texts of XML come without their names. */
  public String excerpt() {
    boolean body = variable().startsWith("XML") || variable().startsWith("REQUEST_BODY");
    if (exchange.secretXml() && body) {
      return Excerpt.HIDDEN;
    }
    return Excerpt.masked(variable(), evidence.value());
  }

  public boolean disruptive() {
    return deniedWith != null;
  }

  /** Whether the rule wants it in the audit log. */
  public boolean audit() {
    return audit;
  }

  /**
   * One line in libmodsecurity's words, which log tools know; not masked, so for the audit log
   * only.
   */
  public String text() {
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
    bracket(text, "msg", escaped(texts.message()));
    bracket(text, "data", cut(escaped(texts.data()), DATA_SHOWN_MAX));
    bracket(text, "severity", Integer.toString(Math.max(texts.severity(), 0)));
    bracket(text, "ver", meta.ver());
    bracket(text, "maturity", Integer.toString(meta.maturity()));
    bracket(text, "accuracy", Integer.toString(meta.accuracy()));
    for (String tag : texts.tags()) {
      bracket(text, "tag", tag);
    }
    bracket(text, "hostname", Bytes.text(exchange.serverName()));
    bracket(text, "uri", cut(Bytes.text(exchange.path()), DATA_SHOWN_MAX));
    bracket(text, "unique_id", exchange.uniqueId());
    return text.toString();
  }

  private String match() {
    Rule rule = evidence.rule();
    if (rule == null) {
      return "";
    }
    if (rule.operator() == null) {
      return "Unconditional match in SecAction.";
    }
    return "Matched \"Operator `"
        + rule.operator().name()
        + "' with parameter `"
        + cut(evidence.argument(), DATA_SHOWN_MAX)
        + "' against variable `"
        + variable()
        + "' (Value: `"
        + cut(Excerpt.escaped(evidence.value(), VALUE_SHOWN_MAX + 1), VALUE_SHOWN_MAX)
        + "' )";
  }

  private static String cut(String text, int max) {
    int more = text.length() - max;
    return more > 0 ? text.substring(0, max) + " (" + more + " characters omitted)" : text;
  }

  private static String escaped(String text) {
    return Excerpt.escaped(Bytes.of(text), Integer.MAX_VALUE);
  }

  private static void bracket(StringBuilder text, String name, String value) {
    text.append(" [").append(name).append(" \"").append(value).append("\"]");
  }

  @Override
  public String toString() {
    return text();
  }
}

package dev.selvedge.app;

import dev.selvedge.edge.agents.waf.Coding;
import dev.selvedge.edge.agents.waf.Exam;
import dev.selvedge.edge.agents.waf.Judgement;
import dev.selvedge.edge.agents.waf.LoadedRules;
import dev.selvedge.edge.agents.waf.Subject;
import dev.selvedge.edge.proxy.record.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code selvedge waf inspect}: what the rules make of one request. */
@Command(
    name = "inspect",
    description = {
      "Reads a raw HTTP request from standard input and prints score, rules and action as JSON.",
      "Exit 0: it passes. 1: it is blocked. 2: bad input."
    })
final class WafInspectCommand implements Callable<Integer> {

  private static final int INPUT_MAX = 128 << 20;

  @Mixin private WafCommand.Choice choice = new WafCommand.Choice();

  @Override
  public Integer call() throws IOException {
    Optional<LoadedRules> rules = choice.load();
    if (rules.isEmpty()) {
      return Main.BAD_INPUT;
    }
    RawRequest request;
    try {
      request = RawRequest.parse(System.in.readNBytes(INPUT_MAX));
    } catch (RawRequest.Malformed bad) {
      System.err.println("not a request: " + bad.getMessage());
      return Main.BAD_INPUT;
    }
    Judgement judgement = judge(rules.get(), request);
    System.out.print(json(judgement));
    return judgement.action() == Judgement.Action.BLOCK ? Main.FAILED : Main.FINE;
  }

  private static Judgement judge(LoadedRules rules, RawRequest request) {
    Subject subject =
        Subject.sent(request.head(), request.uri(), request.path(), request.protocol());
    byte[] body = request.body();
    return new Exam(rules).request(subject, Coding.of(request.head()), body);
  }

  /** The judgement as one JSON object, indented. */
  static String json(Judgement judgement) {
    StringBuilder out = new StringBuilder("{\n  \"action\": ");
    JsonText.quote(judgement.action().name().toLowerCase(Locale.ROOT), out);
    out.append(",\n  \"score\": ").append(judgement.score());
    out.append(",\n  \"status\": ").append(judgement.status());
    out.append(",\n  \"remarks\": ");
    list(judgement.remarks(), out);
    out.append(",\n  \"rules\": [");
    String before = "\n    ";
    for (Judgement.Hit hit : judgement.hits()) {
      out.append(before).append("{\"id\": ").append(hit.rule());
      out.append(", \"score\": ").append(hit.points());
      member("message", hit.message(), out);
      member("variable", hit.variable(), out);
      member("excerpt", hit.excerpt(), out);
      out.append(", \"tags\": ");
      list(hit.tags(), out);
      out.append('}');
      before = ",\n    ";
    }
    return out.append(judgement.hits().isEmpty() ? "]\n}\n" : "\n  ]\n}\n").toString();
  }

  private static void member(String name, String value, StringBuilder out) {
    out.append(", \"").append(name).append("\": ");
    JsonText.quote(value, out);
  }

  private static void list(List<String> values, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      JsonText.quote(values.get(i), out);
    }
    out.append(']');
  }
}

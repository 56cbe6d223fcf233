package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.kernel.FailureCode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision record as people read it: what happened to a request, why, and how long each step
 * took. Immutable.
 *
 * <p>Host and path are bytes as Latin-1; only {@link #json} and {@link #line} may show them.
 *
 * @param id as the client saw it in {@code x-request-id}
 * @param ownId ours, where a trusted peer gave {@code id}; else null
 * @param epochMillis when the request began
 * @param path cut at {@value DecisionRecord#MAX_PATH} bytes
 * @param pathBytes length of the whole path
 * @param upstream null where none was asked
 * @param failure null where the exchange ended well
 * @param gap whether a check that should have been made was not
 * @param steps the first {@value DecisionRecord#MAX_STEPS}
 * @param stepsTaken how many there were
 * @param audits why agents decided so
 * @param bytesIn of the request body
 * @param bytesOut of the answer's body
 */
public record RecordView(
    String id,
    @Nullable String ownId,
    long epochMillis,
    String client,
    String method,
    String host,
    String path,
    int pathBytes,
    @Nullable String route,
    @Nullable String upstream,
    int status,
    @Nullable FailureCode failure,
    boolean gap,
    List<StepView> steps,
    int stepsTaken,
    List<AuditView> audits,
    long durationNanos,
    long bytesIn,
    long bytesOut) {

  /**
   * One step.
   *
   * @param reference what the step points to: a name, a failure code or a status; null for none
   * @param atMicros since the request began
   */
  public record StepView(Step step, @Nullable String reference, long atMicros) {}

  /**
   * Why one agent decided so.
   *
   * @param leftOut rules and tags there was no room for
   */
  public record AuditView(
      String agent, int score, List<Audit.Rule> rules, List<String> tags, int leftOut) {}

  /** The record over several lines, for people. Ends with a line feed. */
  public String json() {
    StringBuilder out = new StringBuilder(1024);
    write(out, "\n  ", "\n    ", "\n  ");
    return out.append("\n").toString();
  }

  /** The record on one line, without a line feed. */
  public String line() {
    StringBuilder out = new StringBuilder(1024);
    write(out, " ", "", "");
    return out.toString();
  }

  private void write(StringBuilder out, String between, String step, String lastStep) {
    Fields fields = new Fields(out, between);
    fields.text("id", id);
    if (ownId != null) {
      fields.text("own_id", ownId);
    }
    fields.text("time", Instant.ofEpochMilli(epochMillis).toString());
    fields.text("client", client);
    fields.text("method", method);
    fields.text("host", host);
    fields.text("path", path);
    if (pathBytes > path.length()) {
      fields.number("path_cut_from_bytes", pathBytes);
    }
    fields.text("route", route);
    fields.text("upstream", upstream);
    fields.number("status", status);
    fields.text("code", failure == null ? null : failure.code());
    fields.text("source", failure == null ? null : failure.source().label());
    fields.text("why", failure == null ? null : failure.title());
    if (gap) {
      fields.bool("gap", true);
    }
    writeSteps(fields, step, lastStep);
    if (!audits.isEmpty()) {
      writeAudits(fields, step, lastStep);
    }
    fields.number("duration_us", durationNanos / 1000);
    fields.number("bytes_in", bytesIn);
    fields.number("bytes_out", bytesOut);
    out.append(between.startsWith("\n") ? "\n}" : "}");
  }

  private void writeSteps(Fields fields, String before, String after) {
    StringBuilder out = fields.name("steps").append('[');
    String separator = "";
    for (StepView step : steps) {
      out.append(separator).append(before).append("{\"step\": ");
      JsonText.quote(step.step().text(), out);
      out.append(", \"reference\": ");
      String reference = step.reference();
      if (reference == null || step.step().reference() == Step.Reference.STATUS) {
        out.append(reference);
      } else {
        JsonText.quote(reference, out);
      }
      out.append(", \"at_us\": ").append(step.atMicros()).append('}');
      separator = before.isEmpty() ? ", " : ",";
    }
    out.append(steps.isEmpty() ? "" : after).append(']');
    if (stepsTaken > steps.size()) {
      fields.number("steps_left_out", stepsTaken - steps.size());
    }
  }

  private void writeAudits(Fields fields, String before, String after) {
    StringBuilder out = fields.name("audits").append('[');
    String separator = "";
    for (AuditView audit : audits) {
      out.append(separator).append(before);
      Fields one = new Fields(out, " ");
      one.text("agent", audit.agent());
      one.number("score", audit.score());
      out.append(", \"rules\": [");
      String between = "";
      for (Audit.Rule rule : audit.rules()) {
        out.append(between).append("{\"id\": ");
        JsonText.quote(rule.id(), out);
        out.append(", \"score\": ").append(rule.score()).append('}');
        between = ", ";
      }
      out.append("], \"tags\": [");
      between = "";
      for (String tag : audit.tags()) {
        out.append(between);
        JsonText.quote(tag, out);
        between = ", ";
      }
      out.append(']');
      if (audit.leftOut() > 0) {
        one.number("left_out", audit.leftOut());
      }
      out.append('}');
      separator = before.isEmpty() ? ", " : ",";
    }
    out.append(after).append(']');
  }

  /** Writes the members of one JSON object in order. */
  private static final class Fields {
    private final StringBuilder out;
    private final String between;
    private boolean first = true;

    Fields(StringBuilder out, String between) {
      this.out = out;
      this.between = between;
    }

    StringBuilder name(String name) {
      String lead = first ? between.startsWith("\n") ? "{" + between : "{" : "," + between;
      first = false;
      return out.append(lead).append('"').append(name).append("\": ");
    }

    void text(String name, @Nullable String value) {
      name(name);
      if (value == null) {
        out.append("null");
      } else {
        JsonText.quote(value, out);
      }
    }

    void number(String name, long value) {
      name(name).append(value);
    }

    void bool(String name, boolean value) {
      name(name).append(value);
    }
  }
}

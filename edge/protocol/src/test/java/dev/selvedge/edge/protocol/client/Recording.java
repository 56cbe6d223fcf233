package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that writes down what it was told, one line each. */
public class Recording implements AgentListener<String> {

  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  /** The next line; waits for it. */
  public String next() throws InterruptedException {
    String line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("nothing was told");
    }
    return line;
  }

  /** All lines so far. */
  public java.util.List<String> all() {
    java.util.List<String> lines = new java.util.ArrayList<>();
    told.drainTo(lines);
    return lines;
  }

  @Override
  public void decided(String call, EventType event, Decision decision, boolean over) {
    told.add(
        call
            + " "
            + event.label()
            + " "
            + decision.verdict().getClass().getSimpleName()
            + decision.mutations().stream().map(m -> " " + m.name() + "=" + m.value()).toList()
            + (over ? " over" : ""));
  }

  @Override
  public void chunk(String call, ChunkResult result, boolean more) {
    String data = new String(result.data(), StandardCharsets.ISO_8859_1);
    told.add(call + " " + result.op() + " " + data + (more ? " more" : ""));
  }

  @Override
  public void credit(String call) {
    told.add(call + " credit");
  }

  @Override
  public void ended(String call, String reason) {
    told.add(call + " ended " + reason);
  }

  @Override
  public void lost(String call, Loss loss) {
    told.add(call + " lost " + loss.kind());
  }

  @Override
  public void ready(Welcome welcome) {
    told.add("ready " + welcome.name());
  }

  @Override
  public void configured(Configured configured) {
    told.add("configured " + configured.problems());
  }

  @Override
  public void health(HealthReport report) {
    told.add("health " + report.state());
  }

  @Override
  public void leaving() {
    told.add("leaving");
  }

  @Override
  public void lost(Loss loss) {
    told.add("lost " + loss.kind() + (loss.violation() == null ? "" : " " + loss.violation()));
  }
}

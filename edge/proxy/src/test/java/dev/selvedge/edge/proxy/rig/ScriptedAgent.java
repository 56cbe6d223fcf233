package dev.selvedge.edge.proxy.rig;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.AgentServer;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An agent on a real socket that does what a test says: by a script, or call by call as the test
 * takes them. Thread-safe.
 */
public final class ScriptedAgent implements InlineAgent, AutoCloseable {

  /** What it does with an event. */
  public interface Script {
    void event(AgentCall call, AgentEvent event, int flags);
  }

  /** One event that waits for the test. */
  public record Taken(AgentCall call, AgentEvent event, int flags) {

    public void decide(Decision decision) {
      call.decide(decision);
    }
  }

  private final AgentInfo info;
  private final AgentServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<ConfigNode> configured = new ConcurrentLinkedQueue<>();
  private volatile Script script;

  private ScriptedAgent(AgentInfo info, Script script, String address) throws IOException {
    this.info = info;
    this.script = script;
    this.server = AgentServer.listen(this, address);
  }

  /** Answers each head with that decision. */
  public static ScriptedAgent deciding(Path socket, Decision decision) throws IOException {
    return start(socket, always(decision), EventType.REQUEST_HEADERS);
  }

  /** Leaves every event to the test, by {@link #take}. */
  public static ScriptedAgent waiting(Path socket, EventType... events) throws IOException {
    ScriptedAgent agent = start(socket, (call, event, flags) -> {}, events);
    agent.hold();
    return agent;
  }

  public static ScriptedAgent start(Path socket, Script script, EventType... events)
      throws IOException {
    return start("unix:" + socket, script, AgentInfo.of("scripted", events).callsMax(60_000));
  }

  /**
   * Starts on an address.
   *
   * @param address {@code unix:PATH} or {@code HOST:PORT}
   */
  public static ScriptedAgent start(String address, Script script, AgentInfo info)
      throws IOException {
    return new ScriptedAgent(info, script, address);
  }

  /** Answers each head with that decision, and nothing else. */
  public static Script always(Decision decision) {
    return (call, event, flags) -> {
      boolean head =
          event instanceof AgentEvent.RequestHeaders || event instanceof AgentEvent.ResponseHeaders;
      if (head && !Flags.has(flags, Flags.NO_REPLY)) {
        call.decide(decision);
      }
    };
  }

  /** From here on it does that. */
  public void script(Script next) {
    script = next;
  }

  /** From here on every event waits for the test. */
  public void hold() {
    script = this::leave;
  }

  /** Leaves one event to the test. */
  public void leave(AgentCall call, AgentEvent event, int flags) {
    taken.add(new Taken(call, event, flags));
  }

  /** The next event that waits. */
  public Taken take() throws InterruptedException {
    Taken next = taken.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no event within 10 s");
    }
    return next;
  }

  /** Events that wait for the test. */
  public int untaken() {
    return taken.size();
  }

  /** Events it has got. */
  public int asked() {
    return asked.get();
  }

  public String address() {
    return server.address();
  }

  public List<ConfigNode> configuration() {
    return List.copyOf(configured);
  }

  @Override
  public AgentInfo info() {
    return info;
  }

  @Override
  public List<ConfigProblem> configure(List<ConfigNode> nodes) {
    configured.clear();
    configured.addAll(nodes);
    return nodes.stream()
        .filter(node -> node.name().equals("wrong"))
        .map(node -> ConfigProblem.at(node, "wrong is wrong"))
        .toList();
  }

  @Override
  public void event(AgentCall call, AgentEvent event, int flags) {
    asked.incrementAndGet();
    script.event(call, event, flags);
  }

  /** Ends before the test does, with calls open. */
  public void vanish() {
    server.close();
  }

  @Override
  public void close() {
    server.close();
  }
}

package dev.selvedge.edge.proxy.rig;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Agents on real sockets that want bodies: each asks for the body of one side, shows what it got,
 * and decides when the body ends unless its script says otherwise. Thread-safe.
 */
public final class BodyAgent implements AutoCloseable {

  private final EventType body;
  private final LinkedBlockingQueue<byte[]> seen = new LinkedBlockingQueue<>();
  private final ScriptedAgent agent;

  /** What one call has gathered; confined to the agent's loop. */
  private static final class Gathered {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean decided;
  }

  private BodyAgent(
      Path socket,
      EventType body,
      UnaryOperator<byte[]> change,
      boolean replaces,
      Function<byte[], Decision> verdict,
      int decidesAfter)
      throws IOException {
    this.body = body;
    ScriptedAgent.Script script =
        (call, event, flags) -> act(call, event, flags, change, replaces, verdict, decidesAfter);
    EventType head =
        body == EventType.REQUEST_BODY ? EventType.REQUEST_HEADERS : EventType.RESPONSE_HEADERS;
    AgentInfo info = AgentInfo.of("body", head, body).callsMax(60_000);
    this.agent =
        ScriptedAgent.start("unix:" + socket, script, replaces ? info.replacing(body) : info);
  }

  /** Sees the body and decides on all of it. */
  public static BodyAgent inspector(Path socket, EventType body, Function<byte[], Decision> verdict)
      throws IOException {
    return new BodyAgent(socket, body, bytes -> bytes, false, verdict, Integer.MAX_VALUE);
  }

  /** Decides as soon as it has seen so many bytes, or the end. */
  public static BodyAgent early(
      Path socket, EventType body, int after, Function<byte[], Decision> verdict)
      throws IOException {
    return new BodyAgent(socket, body, bytes -> bytes, false, verdict, after);
  }

  /** Changes each chunk, and allows. */
  public static BodyAgent replacer(Path socket, EventType body, UnaryOperator<byte[]> change)
      throws IOException {
    return new BodyAgent(socket, body, change, true, bytes -> Decision.ALLOW, Integer.MAX_VALUE);
  }

  private void act(
      AgentCall call,
      AgentEvent event,
      int flags,
      UnaryOperator<byte[]> change,
      boolean replaces,
      Function<byte[], Decision> verdict,
      int decidesAfter) {
    switch (event) {
      case AgentEvent.RequestHeaders _ -> head(call, flags, EventType.REQUEST_BODY);
      case AgentEvent.ResponseHeaders _ -> head(call, flags, EventType.RESPONSE_BODY);
      case AgentEvent.RequestBody chunk -> {
        answer(call, chunk.data(), change, replaces);
        decide(call, chunk.data(), flags, verdict, decidesAfter);
      }
      case AgentEvent.ResponseBody chunk -> {
        answer(call, chunk.data(), change, replaces);
        decide(call, chunk.data(), flags, verdict, decidesAfter);
      }
      case AgentEvent.RequestComplete _ -> {}
    }
  }

  private void head(AgentCall call, int flags, EventType of) {
    if (Flags.has(flags, Flags.NO_REPLY)) {
      return;
    }
    boolean wanted = of == body && !Flags.has(flags, Flags.END);
    if (wanted) {
      call.attach(new Gathered());
    }
    call.decide(wanted ? Decision.NEEDS_MORE : Decision.ALLOW);
  }

  private void answer(
      AgentCall call, byte[] chunk, UnaryOperator<byte[]> change, boolean replaces) {
    if (replaces) {
      call.replace(body, change.apply(chunk));
    }
  }

  private void decide(
      AgentCall call,
      byte[] chunk,
      int flags,
      Function<byte[], Decision> verdict,
      int decidesAfter) {
    Gathered gathered = (Gathered) call.attachment();
    if (gathered == null || gathered.decided) {
      return;
    }
    gathered.bytes.writeBytes(chunk);
    if (Flags.has(flags, Flags.END) || gathered.bytes.size() >= decidesAfter) {
      gathered.decided = true;
      byte[] all = gathered.bytes.toByteArray();
      seen.add(all);
      call.decide(verdict.apply(all));
    }
  }

  /** The next body it decided on. */
  public byte[] seen() throws InterruptedException {
    byte[] next = seen.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no body within 20 s");
    }
    return next;
  }

  @Override
  public void close() {
    agent.close();
  }
}

package dev.selvedge.edge.protocol.agent;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Mutation;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Agents for tests. */
public final class TestAgents {

  private TestAgents() {}

  /** Starts one in a process of its own: {@code TestAgents NAME ADDRESS}. */
  public static void main(String[] arguments) throws Exception {
    Lifecycle agent = arguments[0].equals("labels") ? new Labels() : new Doubling();
    AgentServer server = AgentServer.listen(agent, arguments[1]);
    server.endWith(System.in);
    System.out.println("ready " + server.address());
    server.await();
  }

  /** Sets a field that says what it saw. */
  static final class Labels implements InlineAgent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("labels", EventType.REQUEST_HEADERS, EventType.RESPONSE_HEADERS);
    }

    @Override
    public void event(AgentCall call, AgentEvent event, int flags) {
      switch (event) {
        case AgentEvent.RequestHeaders request -> {
          String seen = request.head().method() + " " + request.path();
          Mutation label = Mutation.set(Mutation.Target.REQUEST, "x-seen", seen);
          call.decide(Decision.ALLOW.with(label));
        }
        case AgentEvent.ResponseHeaders response -> {
          String status = Integer.toString(response.head().status());
          Mutation label = Mutation.set(Mutation.Target.RESPONSE, "x-was", status);
          call.decide(Decision.ALLOW.with(label));
        }
        case AgentEvent.RequestBody _, AgentEvent.ResponseBody _, AgentEvent.RequestComplete _ -> {}
      }
    }

    @Override
    public List<ConfigProblem> configure(List<ConfigNode> nodes) {
      return nodes.stream().map(node -> ConfigProblem.at(node, "unknown " + node.name())).toList();
    }
  }

  /** Makes each byte two, so that output needs more credit than input. */
  static final class Doubling implements Agent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("doubling", EventType.REQUEST_HEADERS).replacing(EventType.REQUEST_BODY);
    }

    @Override
    public @Nullable Decision event(AgentCall call, AgentEvent event, int flags) {
      return switch (event) {
        case AgentEvent.RequestHeaders _ ->
            Flags.has(flags, Flags.END) ? Decision.ALLOW : Decision.NEEDS_MORE;
        case AgentEvent.RequestBody body -> {
          call.replace(EventType.REQUEST_BODY, doubled(body.data()));
          yield Flags.has(flags, Flags.END) ? Decision.ALLOW : null;
        }
        case AgentEvent.ResponseHeaders _,
            AgentEvent.ResponseBody _,
            AgentEvent.RequestComplete _ ->
            null;
      };
    }

    static byte[] doubled(byte[] bytes) {
      byte[] twice = new byte[bytes.length * 2];
      for (int i = 0; i < bytes.length; i++) {
        twice[2 * i] = bytes[i];
        twice[2 * i + 1] = bytes[i];
      }
      return twice;
    }
  }

  /** Counts the body and blocks with the count. */
  static final class Counting implements Agent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("counting", EventType.REQUEST_HEADERS, EventType.REQUEST_BODY);
    }

    @Override
    public @Nullable Decision event(AgentCall call, AgentEvent event, int flags) {
      if (!(event instanceof AgentEvent.RequestBody body)) {
        call.attach(0);
        return Decision.NEEDS_MORE;
      }
      int before = call.attachment() instanceof Integer count ? count : -1;
      int now = before + body.data().length;
      call.attach(now);
      return Flags.has(flags, Flags.END) ? Decision.block(403, "counted " + now) : null;
    }
  }

  /** Waits until told, in its warm-up and in each event; throws for the path {@code /throw}. */
  static final class Slow implements Agent {
    final CountDownLatch warm = new CountDownLatch(1);
    final CountDownLatch answer = new CountDownLatch(1);

    @Override
    public AgentInfo info() {
      return AgentInfo.of("slow", EventType.REQUEST_HEADERS);
    }

    @Override
    public void warmUp() throws InterruptedException {
      warm.await();
    }

    @Override
    public @Nullable Decision event(AgentCall call, AgentEvent event, int flags)
        throws InterruptedException {
      answer.await();
      return null;
    }
  }

  /** Throws. */
  static final class Broken implements InlineAgent {
    @Override
    public AgentInfo info() {
      return AgentInfo.of("broken", EventType.REQUEST_HEADERS);
    }

    @Override
    public void event(AgentCall call, AgentEvent event, int flags) {
      throw new IllegalStateException("a bug");
    }
  }
}

package dev.selvedge.edge.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.Seeded;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AgentChannelTest {

  private static final int ONLY = Flags.END | Flags.LAST;

  private final Recording told = new Recording();
  private final Sent sent = new Sent();
  private final AgentChannel<String> agent = new AgentChannel<>(hello(), told);
  private final Heads.Request request = Heads.browser();

  /** A wire that only remembers. */
  private static final class Sent implements Wire {
    final List<String> messages = new ArrayList<>();
    final List<Integer> chunks = new ArrayList<>();
    boolean closed;
    boolean refusing;
    boolean full;
    int purges;

    @Override
    public void requestHeaders(
        int call, int flags, HttpHead head, RequestTarget target, RequestContext context) {
      refuse();
      messages.add("request");
    }

    private void refuse() {
      if (refusing) {
        throw new IllegalArgumentException("too large");
      }
    }

    @Override
    public void responseHeaders(int call, int flags, HttpHead head) {
      refuse();
      messages.add("response");
    }

    @Override
    public void body(int call, int flags, EventType event, ByteBuf chunk) {
      chunks.add(chunk.readableBytes());
      chunk.release();
    }

    @Override
    public void requestComplete(int call, int flags, RequestComplete event) {
      messages.add("complete");
    }

    @Override
    public void control(int call, ToAgent.Control message) {
      messages.add(message.toString());
    }

    @Override
    public boolean takesChunks() {
      return !full;
    }

    @Override
    public int purge(int call) {
      int bytes = purges;
      purges = 0;
      return bytes;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static ToAgent.Hello hello() {
    return new ToAgent.Hello(1, 1, 0x3F, 0, 65_536, 131_072, 100, "test");
  }

  private void greet(int features, int callsMax) {
    agent.connected(sent);
    agent.receive(0, 0, new ToProxy.Welcome(1, 0x3F, features, 65_536, 100_000, callsMax, "fake"));
    assertThat(told.all()).containsExactly("ready fake");
  }

  private int open(String call, int flags) {
    return agent.open(call, flags, request.head(), request.target(), Heads.context());
  }

  private static ToProxy decided(EventType event, Decision decision) {
    return new ToProxy.Decided(event, decision);
  }

  private static ToProxy allow() {
    return decided(EventType.REQUEST_HEADERS, Decision.ALLOW);
  }

  /** Receives as a wire does. */
  private void receive(int id, int flags, ToProxy message) {
    try {
      agent.receive(id, flags, message);
    } catch (ProtocolViolation e) {
      agent.failed(e);
    }
  }

  @Test
  void tellsADecisionAndReusesTheSlotUnderAnotherId() {
    greet(0, 10);
    int first = open("a", ONLY);
    receive(first, 0, allow());
    int second = open("b", ONLY);
    assertThat(second).isNotEqualTo(first).isNotZero();
    assertThat(told.all()).containsExactly("a request_headers Allow[] over");
    assertThat(agent.openCalls()).isEqualTo(1);
  }

  @Test
  void opensNoMoreThanTheAgentTakes() {
    greet(0, 2);
    assertThat(open("a", ONLY)).isNotZero();
    assertThat(open("b", ONLY)).isNotZero();
    assertThat(open("c", ONLY)).isZero();
  }

  @Test
  void aHeadThatDoesNotFitOpensNothing() {
    greet(0, 1);
    sent.refusing = true;
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> open("a", ONLY)).isInstanceOf(IllegalArgumentException.class);
    }
    sent.refusing = false;
    assertThat(agent.openCalls()).isZero();
    int id = open("b", Flags.END);
    receive(id, 0, allow());
    sent.refusing = true;
    assertThatThrownBy(() -> agent.responseHeaders(id, ONLY, request.head()))
        .isInstanceOf(IllegalArgumentException.class);
    sent.refusing = false;
    agent.responseHeaders(id, ONLY, request.head());
    receive(id, 0, decided(EventType.RESPONSE_HEADERS, Decision.ALLOW));
    assertThat(told.all())
        .containsExactly("b request_headers Allow[]", "b response_headers Allow[] over");
  }

  @Test
  void everyCallHearsItsEndWhateverTheOwnerOfAnotherDoes() {
    List<String> lost = new ArrayList<>();
    AgentListener<String> throwing =
        new Recording() {
          @Override
          public void lost(String call, Loss loss) {
            lost.add(call);
            throw new IllegalStateException("a bug of " + call);
          }
        };
    AgentChannel<String> channel = new AgentChannel<>(hello(), throwing);
    channel.connected(sent);
    channel.receive(0, 0, new ToProxy.Welcome(1, 0x3F, 0, 65_536, 100_000, 10, "fake"));
    for (String call : List.of("a", "b", "c")) {
      channel.open(call, ONLY, request.head(), request.target(), Heads.context());
    }
    assertThatThrownBy(channel::disconnected).isInstanceOf(IllegalStateException.class);
    assertThat(lost).containsExactly("a", "b", "c");
    assertThat(channel.openCalls()).isZero();
  }

  @Test
  void aCancelledCallHoldsItsPlaceUntilTheAgentConfirms() {
    greet(0, 1);
    int id = open("a", ONLY);
    agent.cancel(id);
    assertThat(open("b", ONLY)).isZero();
    receive(id, 0, new ToProxy.Ended(""));
    assertThat(open("c", ONLY)).isNotZero();
    assertThat(told.all()).isEmpty();
  }

  @Test
  void aDecisionThatCrossesTheCancelEndsTheCallQuietly() {
    greet(0, 1);
    int id = open("a", ONLY);
    agent.cancel(id);
    receive(id, 0, allow());
    assertThat(told.all()).isEmpty();
    assertThat(agent.openCalls()).isZero();
  }

  @Test
  void aCallMayAskAboutRequestBodyAndResponse() {
    greet(0, 1);
    int id = open("a", 0);
    receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    agent.body(id, EventType.REQUEST_BODY, Unpooled.wrappedBuffer(new byte[10]), true);
    receive(id, 0, allow());
    agent.responseHeaders(id, Flags.END, Heads.response(200));
    receive(id, 0, decided(EventType.RESPONSE_HEADERS, Decision.ALLOW));
    agent.complete(id, new RequestComplete(200, 1, 2, 3, ""));
    assertThat(told.all())
        .containsExactly(
            "a request_headers NeedsMore[]",
            "a request_headers Allow[]",
            "a response_headers Allow[]");
    assertThat(agent.openCalls()).isZero();
  }

  @Test
  void creditIsSpentAndComesBackInOrder() {
    greet(0, 2);
    int a = open("a", 0);
    int b = open("b", 0);
    receive(a, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    receive(b, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    assertThat(told.all()).hasSize(2);
    assertThat(agent.bodyCredit(a)).isEqualTo(65_536);
    agent.body(a, EventType.REQUEST_BODY, Unpooled.buffer().writeZero(65_536), false);
    assertThat(agent.bodyCredit(a)).isZero();
    assertThat(agent.bodyCredit(b)).isEqualTo(100_000 - 65_536);
    assertThatThrownBy(
            () -> agent.body(b, EventType.REQUEST_BODY, Unpooled.buffer().writeZero(40_000), false))
        .isInstanceOf(IllegalStateException.class);
    receive(a, 0, new ToProxy.AgentCredit(1_000));
    assertThat(told.all()).containsExactly("a credit");
    assertThat(agent.bodyCredit(a)).isEqualTo(1_000);
  }

  /** What a cancelled call had not sent is for the others, and they hear of it. */
  @Test
  void creditOfChunksThatWereNeverSentGoesToWhoWaits() {
    greet(0, 3);
    int[] ids = {open("a", 0), open("b", 0), open("c", 0)};
    for (int id : ids) {
      receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    }
    agent.body(ids[0], EventType.REQUEST_BODY, Unpooled.buffer().writeZero(60_000), false);
    agent.body(ids[1], EventType.REQUEST_BODY, Unpooled.buffer().writeZero(40_000), false);
    assertThat(agent.bodyCredit(ids[2])).isZero();
    told.all();
    sent.purges = 60_000;
    agent.cancel(ids[0]);
    agent.roomAgain();
    assertThat(told.all()).containsExactly("c credit");
    assertThat(agent.bodyCredit(ids[2])).isEqualTo(60_000);
  }

  @Test
  void creditIsOfNoUseWhileTheWireTakesNoChunks() {
    greet(0, 1);
    int id = open("a", 0);
    receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    told.all();
    sent.full = true;
    assertThat(agent.bodyCredit(id)).isZero();
    agent.roomAgain();
    assertThat(told.all()).isEmpty();
    sent.full = false;
    agent.roomAgain();
    assertThat(told.all()).containsExactly("a credit");
    assertThat(agent.bodyCredit(id)).isEqualTo(65_536);
  }

  /** A call that ended while it waited is not told, nor is the next one for it. */
  @Test
  void aCallThatTakesThePlaceOfOneThatWaitedDoesNotWait() {
    greet(0, 1);
    int first = open("a", 0);
    receive(first, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    sent.full = true;
    assertThat(agent.bodyCredit(first)).isZero();
    receive(first, 0, decided(EventType.REQUEST_HEADERS, Decision.ALLOW));
    agent.cancel(first);
    receive(first, 0, new ToProxy.Ended(""));
    int second = open("b", 0);
    receive(second, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    told.all();
    sent.full = false;
    agent.roomAgain();
    assertThat(told.all()).isEmpty();
    assertThat(agent.bodyCredit(second)).isEqualTo(65_536);
  }

  /** A receiver that stands still takes its call's credit, and none of the connection's. */
  @Test
  void bytesOfTheConnectionAreGrantedAgainAsTheyArrive() {
    greet(1, 2);
    for (String name : List.of("a", "b")) {
      int id = open(name, 0);
      receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
      agent.body(id, EventType.REQUEST_BODY, Unpooled.wrappedBuffer(new byte[1]), false);
      byte[] data = new byte[65_536];
      receive(id, 0, new ChunkResult(EventType.REQUEST_BODY, ChunkResult.Op.REPLACE, data));
    }
    assertThat(sent.messages).contains("ProxyCredit[bytes=65536]");
    assertThat(sent.closed).isFalse();
  }

  @Test
  void replacedBytesAreGrantedAgainWhenHalfTheWindowWasConsumed() {
    greet(1, 1);
    int id = open("a", 0);
    receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    agent.body(id, EventType.REQUEST_BODY, Unpooled.wrappedBuffer(new byte[1]), false);
    byte[] data = new byte[40_000];
    receive(id, Flags.MORE, new ChunkResult(EventType.REQUEST_BODY, ChunkResult.Op.REPLACE, data));
    agent.consumed(id, 40_000);
    assertThat(sent.messages).contains("ProxyCredit[bytes=40000]");
  }

  @Test
  void eachWayToBreakTheProtocolHasItsCode() {
    ToProxy pass = new ChunkResult(EventType.REQUEST_BODY, ChunkResult.Op.PASS, new byte[0]);
    ToProxy more = decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE);
    ToProxy welcome = new ToProxy.Welcome(1, 0, 0, 65_536, 65_536, 1, "twice");
    breaks(Violation.UNKNOWN_CALL, (test, id) -> test.receive(12_345, 0, allow()));
    breaks(
        Violation.DOUBLE_DECISION,
        (test, id) -> {
          test.receive(id, 0, allow());
          test.receive(id, 0, allow());
        });
    breaks(
        Violation.WRONG_EVENT,
        (test, id) -> test.receive(id, 0, decided(EventType.RESPONSE_HEADERS, Decision.ALLOW)));
    breaks(Violation.ENDLESS_NEEDS_MORE, (test, id) -> test.receive(id, 0, more));
    breaks(Violation.UNEXPECTED_CHUNK_RESULT, (test, id) -> test.receive(id, 0, pass));
    breaks(
        Violation.CREDIT_OVERFLOW,
        (test, id) -> test.receive(0, 0, new ToProxy.AgentCredit(Integer.MAX_VALUE)));
    breaks(Violation.UNEXPECTED, (test, id) -> test.receive(0, 0, welcome));
    breaks(Violation.UNEXPECTED, (test, id) -> test.receive(0, 0, healthy()));
    breaks(
        Violation.UNEXPECTED,
        (test, id) -> test.receive(0, 0, new ToProxy.Configured(1, List.of())));
    for (ToProxy idle : List.of(new ToProxy.AgentCredit(0), new ToProxy.Leaving())) {
      breaks(
          Violation.FLOOD,
          (test, id) -> {
            for (int i = 0; i < 20_000; i++) {
              test.receive(0, 0, idle);
            }
          });
    }
    breaks(
        Violation.CANCEL_IGNORED,
        (test, id) -> {
          test.agent.cancel(id);
          for (int i = 0; i < 5; i++) {
            test.agent.health(i);
            test.receive(0, 0, healthy());
          }
        });
  }

  private static ToProxy healthy() {
    return new ToProxy.HealthReport(0, ToProxy.HealthReport.State.HEALTHY, "");
  }

  /** An agent that is a little late with its confirmation is not cut off. */
  @Test
  void aCancelMayBeConfirmedAfterAnAnswerOrTwo() {
    greet(0, 2);
    for (int call = 0; call < 100; call++) {
      int id = open("a", ONLY);
      agent.cancel(id);
      for (int i = 0; i < 4; i++) {
        agent.health(i);
        receive(0, 0, healthy());
      }
      receive(id, 0, new ToProxy.Ended(""));
    }
    assertThat(sent.closed).isFalse();
  }

  /** Grants in return for chunks are no flood, however small the chunks are. */
  @Test
  void grantsForChunksAreNoFlood() {
    greet(0, 1);
    int id = open("a", 0);
    receive(id, 0, decided(EventType.REQUEST_HEADERS, Decision.NEEDS_MORE));
    for (int i = 0; i < 50_000; i++) {
      agent.body(id, EventType.REQUEST_BODY, Unpooled.wrappedBuffer(new byte[1]), false);
      receive(id, 0, new ToProxy.AgentCredit(1));
      receive(0, 0, new ToProxy.AgentCredit(1));
    }
    assertThat(sent.closed).isFalse();
  }

  /** What a broken agent does on an open call. */
  private interface Misdeed {
    void commit(AgentChannelTest test, int id);
  }

  private static void breaks(Violation violation, Misdeed misdeed) {
    AgentChannelTest fresh = new AgentChannelTest();
    fresh.greet(0, 10);
    fresh.open("bystander", ONLY);
    misdeed.commit(fresh, fresh.open("a", ONLY));
    assertThat(fresh.told.all())
        .contains("bystander lost VIOLATION")
        .endsWith("lost VIOLATION " + violation);
    assertThat(fresh.sent.closed).isTrue();
  }

  @Test
  void everyOpenedCallIsToldExactlyOneEnd() {
    Seeded.forSeeds(
        200,
        random -> {
          AgentChannelTest fresh = new AgentChannelTest();
          fresh.greet(0, 20);
          Map<String, Integer> ends = fresh.randomCalls(random);
          assertThat(ends.values()).allMatch(count -> count == 1);
        });
  }

  /** Opens, answers, cancels and at last loses the connection; counts ends per call. */
  private Map<String, Integer> randomCalls(Random random) {
    Map<String, Integer> ends = new HashMap<>();
    Map<Integer, String> open = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      List<Integer> ids = new ArrayList<>(open.keySet());
      int id = ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
      switch (id == 0 ? 0 : random.nextInt(4)) {
        case 0 -> {
          int opened = open("c" + i, ONLY);
          if (opened != 0) {
            assertThat(open.put(opened, "c" + i)).isNull();
            ends.put("c" + i, 0);
          }
        }
        case 1 -> {
          receive(id, 0, allow());
          open.remove(id);
        }
        case 2 -> {
          receive(id, 0, new ToProxy.Ended("no"));
          open.remove(id);
        }
        default -> {
          agent.cancel(id);
          ends.merge(String.valueOf(open.remove(id)), 1, Integer::sum);
          receive(id, 0, random.nextBoolean() ? allow() : new ToProxy.Ended(""));
        }
      }
    }
    agent.disconnected();
    for (String line : told.all()) {
      String call = line.substring(0, line.indexOf(' '));
      ends.computeIfPresent(call, (name, count) -> count + 1);
    }
    return ends;
  }
}

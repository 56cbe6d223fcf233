package dev.selvedge.edge.protocol.contract;

import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.client.Loss;
import dev.selvedge.edge.protocol.contract.CheckedAgent.CheckFailed;
import dev.selvedge.edge.protocol.contract.CheckedAgent.Decided;
import dev.selvedge.edge.protocol.contract.CheckedAgent.Told;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Checks an agent from outside: what docs/agent-protocol.md asks of it, one line each.
 *
 * <p>{@code AgentContract unix:PATH | HOST:PORT}: exit 0 where all hold, 1 where one does not. What
 * the agent does not subscribe to is reported as not asked. The agent decides what it likes; the
 * suite looks only at how it says so.
 */
public final class AgentContract {

  private static final long PATIENCE_MILLIS = 10_000;
  private static final int MANY = 100;
  private static final int BODY_BYTES = 700_000;
  private static final int NEVER = 1_000;

  /** How a check came out. */
  public enum Outcome {
    PASS,
    FAIL,
    NOT_ASKED
  }

  /** One line of the report. */
  public record Result(String name, Outcome outcome, String detail) {
    @Override
    public String toString() {
      return outcome + " " + name + (detail.isEmpty() ? "" : ": " + detail);
    }
  }

  /** A check; false where the agent does not subscribe to what it is about. */
  private interface Check {
    boolean holds() throws Exception;
  }

  private final EventLoop loop;
  private final String address;
  private final List<Result> results = new ArrayList<>();

  private AgentContract(EventLoop loop, String address) {
    this.loop = loop;
    this.address = address;
  }

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: AgentContract unix:PATH | HOST:PORT");
      System.exit(2);
    }
    List<Result> results = run(arguments[0], System.out);
    System.exit(results.stream().anyMatch(result -> result.outcome() == Outcome.FAIL) ? 1 : 0);
  }

  /** Runs all checks and prints one line each. */
  public static List<Result> run(String address, PrintStream report) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      AgentContract contract = new AgentContract(loops.next(), address);
      contract.runAll();
      contract.results.forEach(report::println);
      return contract.results;
    } finally {
      Future<?> _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private void runAll() {
    check("greets with a version and credit", this::greets);
    check("refuses a version it does not know", this::refusesVersion);
    check("echoes the nonce of a health question", this::echoesNonce);
    check("serves two connections at once", this::servesTwo);
    check("decides once on a request's head", this::decidesOnce);
    check("answers many calls at once, each once", this::answersMany);
    check("confirms a cancel or decides", this::confirmsCancel);
    check("keeps still on a head that is context", this::keepsStill);
    check("reads a request body under credit", this::readsBody);
    check("decides on a response's head", this::decidesOnResponse);
    check("reads a response body under credit", this::readsResponseBody);
    check("does not answer the end of a request", this::quietAtTheEnd);
    check("answers open calls and closes after a drain", this::drains);
    if (address.startsWith("unix:")) {
      RawChecks raw = new RawChecks(address, PATIENCE_MILLIS);
      check("reads frames that arrive byte by byte", raw::readsByteByByte);
      check("skips types, flags and fields it does not know", raw::skipsUnknown);
      check("closes on an unknown type that is critical", raw::closesOnCritical);
      check("closes on a frame beyond the bound", raw::closesOnTooLarge);
      check("closes on a greeting that is none", raw::closesOnBadMagic);
    }
    check("still serves after all that", this::decidesOnce);
  }

  private void check(String name, Check check) {
    Result result;
    try {
      result = new Result(name, check.holds() ? Outcome.PASS : Outcome.NOT_ASKED, "");
    } catch (Exception e) {
      result = new Result(name, Outcome.FAIL, String.valueOf(e.getMessage()));
    }
    results.add(result);
  }

  private CheckedAgent connect() throws Exception {
    return new CheckedAgent(loop, address, 1, PATIENCE_MILLIS);
  }

  private boolean greets() throws Exception {
    try (CheckedAgent agent = connect()) {
      Welcome welcome = agent.expect(Welcome.class);
      CheckFailed.unless(welcome.callsMax() > 0, "takes no calls");
      CheckFailed.unless(!welcome.name().isEmpty(), "has no name");
      return true;
    }
  }

  private boolean refusesVersion() throws Exception {
    try (CheckedAgent agent = new CheckedAgent(loop, address, NEVER, PATIENCE_MILLIS)) {
      Loss loss = agent.expect(Loss.class);
      CheckFailed.unless(loss.kind() == Loss.Kind.REFUSED, loss);
      return true;
    }
  }

  private boolean echoesNonce() throws Exception {
    try (CheckedAgent agent = connect()) {
      agent.ready();
      long nonce = 0xFEDC_BA98_7654_3210L;
      HealthReport report = agent.health(nonce);
      CheckFailed.unless(report.nonce() == nonce, report);
      return true;
    }
  }

  private boolean servesTwo() throws Exception {
    try (CheckedAgent first = connect();
        CheckedAgent second = connect()) {
      first.ready();
      second.ready();
      first.health(1);
      second.health(2);
      return true;
    }
  }

  private boolean decidesOnce() throws Exception {
    try (CheckedAgent agent = connect()) {
      if (!CheckedAgent.wants(agent.ready(), EventType.REQUEST_HEADERS)) {
        return false;
      }
      agent.open(1, Flags.END | Flags.LAST, "GET");
      finalDecision(agent.expect(Decided.class));
      agent.health(1);
      agent.quiet();
      return true;
    }
  }

  private static void finalDecision(Decided decided) {
    boolean isFinal = !(decided.decision().verdict() instanceof Verdict.NeedsMore);
    CheckFailed.unless(isFinal && decided.over(), "not the end of the call: " + decided);
  }

  private boolean answersMany() throws Exception {
    try (CheckedAgent agent = connect()) {
      Welcome welcome = agent.ready();
      if (!CheckedAgent.wants(welcome, EventType.REQUEST_HEADERS)) {
        return false;
      }
      int calls = Math.min(MANY, welcome.callsMax());
      for (int i = 0; i < calls; i++) {
        agent.open(i, Flags.END | Flags.LAST, "GET");
      }
      Set<Integer> answered = new HashSet<>();
      for (int i = 0; i < calls; i++) {
        Told told = agent.expect(Told.class);
        CheckFailed.unless(answered.add(told.call()), "two answers to call " + told.call());
      }
      return true;
    }
  }

  private boolean confirmsCancel() throws Exception {
    try (CheckedAgent agent = connect()) {
      agent.ready();
      for (int i = 0; i < MANY; i++) {
        agent.openAndCancel(i);
      }
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
      while (agent.openCalls() > 0) {
        CheckFailed.unless(System.nanoTime() < deadline, agent.openCalls() + " not confirmed");
        agent.health(1);
      }
      return true;
    }
  }

  private boolean keepsStill() throws Exception {
    try (CheckedAgent agent = connect()) {
      agent.ready();
      int id = agent.open(1, Flags.END | Flags.NO_REPLY, "GET");
      agent.health(1);
      agent.quiet();
      agent.complete(id);
      return true;
    }
  }

  private boolean readsBody() throws Exception {
    try (CheckedAgent agent = connect()) {
      if (!CheckedAgent.wants(agent.ready(), EventType.REQUEST_BODY)) {
        return false;
      }
      int id = agent.open(1, Flags.LAST, "POST");
      Decided first = agent.expect(Decided.class);
      if (!first.over()) {
        finalDecision(agent.body(id, EventType.REQUEST_BODY, BODY_BYTES));
      }
      return true;
    }
  }

  private boolean decidesOnResponse() throws Exception {
    try (CheckedAgent agent = connect()) {
      if (!CheckedAgent.wants(agent.ready(), EventType.RESPONSE_HEADERS)) {
        return false;
      }
      int id = agent.open(1, Flags.END | Flags.NO_REPLY, "GET");
      agent.responseHeaders(id, Flags.END | Flags.LAST);
      finalDecision(agent.expect(Decided.class));
      return true;
    }
  }

  private boolean readsResponseBody() throws Exception {
    try (CheckedAgent agent = connect()) {
      if (!CheckedAgent.wants(agent.ready(), EventType.RESPONSE_BODY)) {
        return false;
      }
      int id = agent.open(1, Flags.END | Flags.NO_REPLY, "GET");
      agent.responseHeaders(id, Flags.LAST);
      if (!agent.expect(Decided.class).over()) {
        finalDecision(agent.body(id, EventType.RESPONSE_BODY, BODY_BYTES));
      }
      return true;
    }
  }

  private boolean quietAtTheEnd() throws Exception {
    try (CheckedAgent agent = connect()) {
      if (!CheckedAgent.wants(agent.ready(), EventType.REQUEST_COMPLETE)) {
        return false;
      }
      agent.complete(agent.open(1, Flags.END | Flags.NO_REPLY, "GET"));
      agent.health(1);
      agent.quiet();
      return true;
    }
  }

  private boolean drains() throws Exception {
    try (CheckedAgent agent = connect()) {
      boolean asked = CheckedAgent.wants(agent.ready(), EventType.REQUEST_HEADERS);
      if (asked) {
        agent.open(1, Flags.END | Flags.LAST, "GET");
      }
      agent.drain();
      if (asked) {
        agent.expect(Told.class);
      }
      Loss loss = agent.expect(Loss.class);
      CheckFailed.unless(loss.kind() == Loss.Kind.DRAINED, loss);
      return true;
    }
  }
}

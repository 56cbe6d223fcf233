package dev.selvedge.edge.protocol;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Decided;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Messages at random, from a seed. */
public final class Messages {

  private final Random random;

  public Messages(Random random) {
    this.random = random;
  }

  public ToAgent.Control control() {
    return switch (random.nextInt(6)) {
      case 0 ->
          new ToAgent.Hello(
              1,
              random.nextInt(9),
              random.nextInt(64),
              random.nextInt(4),
              1 << 16,
              1 << 22,
              random.nextInt(1000),
              text());
      case 1 -> new ToAgent.Configure(random.nextInt(), text(), nodes(3));
      case 2 -> new ToAgent.Health(random.nextLong());
      case 3 -> new ToAgent.Drain();
      case 4 -> new ToAgent.Cancel();
      default -> new ToAgent.ProxyCredit(random.nextInt(1 << 20));
    };
  }

  public ToProxy reply() {
    return switch (random.nextInt(8)) {
      case 0 ->
          new ToProxy.Welcome(
              1, random.nextInt(64), random.nextInt(4), 1 << 16, 1 << 22, 10, text());
      case 1 -> new ToProxy.Configured(random.nextInt(), problems());
      case 2 -> new HealthReport(random.nextLong(), pick(HealthReport.State.values()), text());
      case 3 -> new ToProxy.Leaving();
      case 4 -> new ToProxy.AgentCredit(random.nextInt(1 << 20));
      case 5 -> chunkResult();
      case 6 -> new ToProxy.Ended(text());
      default ->
          new Decided(
              random.nextBoolean() ? EventType.REQUEST_HEADERS : EventType.RESPONSE_HEADERS,
              decision());
    };
  }

  public RequestComplete complete() {
    return new RequestComplete(
        random.nextInt(600), random.nextLong(1L << 40), random.nextLong(1L << 40), 0, text());
  }

  public Decision decision() {
    List<Mutation> mutations = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      mutations.add(
          new Mutation(
              pick(Mutation.Op.values()), pick(Mutation.Target.values()), name(), value()));
    }
    Verdict verdict =
        switch (random.nextInt(5)) {
          case 0 -> new Verdict.Block(answer(403));
          case 1 -> Decision.redirect(302, "/" + name()).verdict();
          case 2 -> new Verdict.Challenge(answer(401));
          case 3 -> new Verdict.NeedsMore();
          default -> new Verdict.Allow();
        };
    return new Decision(verdict, mutations, audit());
  }

  private Answer answer(int status) {
    return new Answer(status, List.of(new Field(name(), value())), bytes(200));
  }

  private Audit audit() {
    if (random.nextBoolean()) {
      return Audit.NONE;
    }
    List<Audit.Rule> rules = List.of(new Audit.Rule(text(), random.nextInt()));
    return new Audit(random.nextInt(), rules, List.of(text(), text()));
  }

  private ChunkResult chunkResult() {
    ChunkResult.Op op = pick(ChunkResult.Op.values());
    EventType body = random.nextBoolean() ? EventType.REQUEST_BODY : EventType.RESPONSE_BODY;
    return new ChunkResult(body, op, bytes(op == ChunkResult.Op.REPLACE ? 5_000 : 1));
  }

  private List<ConfigProblem> problems() {
    return List.of(new ConfigProblem(random.nextInt(100), random.nextInt(100), text()));
  }

  private List<ConfigNode> nodes(int depth) {
    List<ConfigNode> nodes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      List<ConfigNode> children = depth == 0 ? List.of() : nodes(depth - 1);
      List<ConfigNode.Property> properties =
          List.of(new ConfigNode.Property(name(), configValue()));
      nodes.add(
          new ConfigNode(
              text(), i, 1, List.of(configValue(), configValue()), properties, children));
    }
    return nodes;
  }

  private ConfigNode.Value configValue() {
    return new ConfigNode.Value(pick(ConfigNode.Kind.values()), text(), 1, random.nextInt(80));
  }

  public Heads.Request request() {
    List<String> fields = new ArrayList<>(List.of("host", "h" + name()));
    for (int i = random.nextInt(20); i > 0; i--) {
      fields.add("x-" + name());
      fields.add(value());
    }
    String query = random.nextBoolean() ? "?" + name() : "";
    return Heads.request("GET", "/a/../%7E" + name() + query, fields.toArray(String[]::new));
  }

  /** Letters, behind an x: left to itself it came upon {@code te}, which is not an agent's. */
  public String name() {
    int length = 1 + random.nextInt(12);
    StringBuilder name = new StringBuilder("x");
    for (int i = 0; i < length; i++) {
      name.append((char) ('a' + random.nextInt(26)));
    }
    return name.toString();
  }

  private String value() {
    return new String(bytes(40), StandardCharsets.ISO_8859_1).replaceAll("[\\x00-\\x1f\\x7f]", "");
  }

  private String text() {
    return random.nextInt(5) == 0 ? "" : name() + " \"ä€😀\\";
  }

  public byte[] bytes(int below) {
    byte[] bytes = new byte[random.nextInt(below)];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}

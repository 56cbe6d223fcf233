package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Decided;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The frames of the golden files, by name. */
final class GoldenFrames {

  private static final int CALL = 0x0001_0002;

  private final Map<String, byte[]> frames = new LinkedHashMap<>();

  private GoldenFrames() {}

  private void add(String name, Consumer<FrameOutput> writer) {
    FrameOutput out = new FrameOutput();
    writer.accept(out);
    frames.put(name, FrameReading.bytes(out));
  }

  private void control(String name, int call, ToAgent.Control message) {
    add(name, out -> ControlFrames.write(out, call, 0, message));
  }

  private void reply(String name, int call, int flags, ToProxy message) {
    add(name, out -> ReplyFrames.write(out, call, flags, message));
  }

  static Map<String, byte[]> version1() {
    GoldenFrames golden = new GoldenFrames();
    golden.controls();
    golden.events();
    golden.replies();
    golden.decisions();
    return golden.frames;
  }

  private void controls() {
    control("hello", 0, new ToAgent.Hello(1, 1, 0x2F, 3, 262_144, 4_194_304, 100, "waf"));
    control("configure-empty", 0, new ToAgent.Configure(1, "", List.of()));
    ConfigNode.Value level = new ConfigNode.Value(ConfigNode.Kind.NUMBER, "2", 12, 20);
    ConfigNode.Value on = new ConfigNode.Value(ConfigNode.Kind.BOOLEAN, "true", 13, 18);
    ConfigNode.Value path = new ConfigNode.Value(ConfigNode.Kind.STRING, "/tmp/ä", 13, 30);
    ConfigNode child =
        new ConfigNode(
            "list",
            13,
            9,
            List.of(path),
            List.of(new ConfigNode.Property("reload", on)),
            List.of());
    control(
        "configure-tree",
        0,
        new ToAgent.Configure(
            7,
            "selvedge.kdl",
            List.of(new ConfigNode("paranoia", 12, 9, List.of(level), List.of(), List.of(child)))));
    control("health", 0, new ToAgent.Health(0x0102_0304_0506_0708L));
    control("drain", 0, new ToAgent.Drain());
    control("cancel", CALL, new ToAgent.Cancel());
    control("proxy-credit-of-call", CALL, new ToAgent.ProxyCredit(131_072));
    control("proxy-credit-of-connection", 0, new ToAgent.ProxyCredit(2_097_152));
  }

  private void events() {
    Heads.Request small = Heads.request("GET", "/a/../b%7e?q=1", "host", "h.example:8443");
    Heads.Request post =
        Heads.request("POST", "/", "host", "h.example", "content-length", "5", "x-empty", "");
    int only = Flags.END | Flags.LAST;
    head("request-headers-get", only, small);
    head("request-headers-with-body-to-come", 0, post);
    head("request-headers-as-context", Flags.END | Flags.NO_REPLY, small);
    head("request-headers-of-a-browser", only, Heads.browser());
    add("request-body-end", out -> chunk(out, EventType.REQUEST_BODY, Flags.END, "hello"));
    add("request-body-empty-end", out -> chunk(out, EventType.REQUEST_BODY, Flags.END, ""));
    add(
        "response-headers",
        out ->
            EventFrames.responseHeaders(
                out, CALL, Flags.LAST, Heads.response(200, "content-type", "text/plain")));
    add("response-body", out -> chunk(out, EventType.RESPONSE_BODY, 0, "part"));
    RequestComplete complete = new RequestComplete(403, 1_250, 0, 512, "");
    RequestComplete failed = new RequestComplete(504, 60_000_000, 9, 0, "first_byte_timeout");
    add("request-complete", out -> EventFrames.requestComplete(out, CALL, Flags.LAST, complete));
    add("request-complete-failed", out -> EventFrames.requestComplete(out, CALL, 4, failed));
  }

  private void head(String name, int flags, Heads.Request request) {
    add(
        name,
        out ->
            EventFrames.requestHeaders(
                out, CALL, flags, request.head(), request.target(), Heads.context()));
  }

  private static void chunk(FrameOutput out, EventType event, int flags, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    EventFrames.bodyHeader(out, CALL, flags, event, bytes.length);
    out.raw(bytes, 0, bytes.length);
  }

  private void replies() {
    reply("welcome", 0, 0, new ToProxy.Welcome(1, 1, 0, 262_144, 4_194_304, 1_000, "echo"));
    reply("welcome-refusing", 0, 0, new ToProxy.Welcome(0, 0, 0, 65_536, 65_536, 0, "old"));
    reply("configured", 0, 0, new ToProxy.Configured(7, List.of()));
    ConfigProblem problem = new ConfigProblem(12, 20, "level must be 1 to 4");
    reply("configured-with-problem", 0, 0, new ToProxy.Configured(7, List.of(problem)));
    reply(
        "health-report",
        0,
        0,
        new HealthReport(0x0102_0304_0506_0708L, HealthReport.State.WARMING, "compiling"));
    reply("leaving", 0, 0, new ToProxy.Leaving());
    reply("agent-credit-of-call", CALL, 0, new ToProxy.AgentCredit(131_072));
    reply("cancelled", CALL, 0, new ToProxy.Ended(""));
    reply("given-up", CALL, 0, new ToProxy.Ended("too many calls"));
    byte[] replaced = "HELLO".getBytes(StandardCharsets.US_ASCII);
    reply("chunk-pass", CALL, 0, result(ChunkResult.Op.PASS, new byte[0]));
    reply("chunk-replace", CALL, 0, result(ChunkResult.Op.REPLACE, replaced));
    reply("chunk-replace-more", CALL, Flags.MORE, result(ChunkResult.Op.REPLACE, replaced));
    reply("chunk-drop", CALL, 0, result(ChunkResult.Op.DROP, new byte[0]));
  }

  private static ChunkResult result(ChunkResult.Op op, byte[] data) {
    return new ChunkResult(EventType.REQUEST_BODY, op, data);
  }

  private void decisions() {
    decision("allow", Decision.ALLOW);
    decision("needs-more", Decision.NEEDS_MORE);
    decision(
        "allow-with-fields",
        Decision.ALLOW.with(
            Mutation.set(Mutation.Target.REQUEST, "x-user", "alice"),
            Mutation.add(Mutation.Target.RESPONSE, "set-cookie", "a=b; Secure"),
            Mutation.remove(Mutation.Target.REQUEST, "cookie")));
    Answer answer =
        new Answer(
            403,
            List.of(new Field("content-type", "text/plain")),
            "no\n".getBytes(StandardCharsets.US_ASCII));
    Audit audit =
        new Audit(30, List.of(new Audit.Rule("942100", 25)), List.of("sqli", "paranoia-1"));
    decision("block-with-audit", Decision.of(new Verdict.Block(answer)).with(audit));
    decision("redirect", Decision.redirect(302, "https://login.example/"));
    decision("challenge", Decision.challenge("Bearer realm=\"api\""));
    reply("allow-last", CALL, Flags.LAST, decided(EventType.REQUEST_HEADERS, Decision.ALLOW));
    reply("allow-response", CALL, 0, decided(EventType.RESPONSE_HEADERS, Decision.ALLOW));
  }

  private void decision(String name, Decision decision) {
    reply(name, CALL, 0, decided(EventType.REQUEST_HEADERS, decision));
  }

  private static Decided decided(EventType event, Decision decision) {
    return new Decided(event, decision);
  }

  // ---- from a peer that knows more than we do

  static Map<String, byte[]> later() {
    GoldenFrames golden = new GoldenFrames();
    byte[] health = of(version1(), "health");
    byte[] allow = of(version1(), "allow");
    byte[] get = of(version1(), "request-headers-get");
    golden.frames.put("health-with-trailing-field", trailing(health, 0));
    golden.frames.put("allow-with-trailing-field", trailing(allow, 0));
    golden.frames.put("request-headers-with-trailing-field", trailing(get, 0));
    golden.frames.put("allow-with-unknown-flags", flagged(allow, 0xC0));
    golden.frames.put("unknown-type-of-proxy", hex("00000003 7f 00 00000000 010203"));
    golden.frames.put("unknown-type-of-agent", hex("00000000 ff 00 00010002"));
    golden.frames.put("unknown-type-critical", hex("00000001 7f 01 00000000 01"));
    golden.frames.put("allow-with-critical-trailing-field", trailing(allow, Flags.CRITICAL));
    return golden.frames;
  }

  private static byte[] trailing(byte[] frame, int flags) {
    byte[] longer = Arrays.copyOf(frame, frame.length + 2);
    longer[frame.length] = (byte) 0xAB;
    longer[3] = (byte) (longer[3] + 2);
    return flagged(longer, flags);
  }

  private static byte[] flagged(byte[] frame, int flags) {
    byte[] copy = frame.clone();
    copy[5] = (byte) (copy[5] | flags);
    return copy;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  // ---- from a peer that is broken

  static Map<String, byte[]> broken() {
    GoldenFrames golden = new GoldenFrames();
    Map<String, byte[]> good = version1();
    byte[] hello = of(good, "hello").clone();
    hello[10] = 'X';
    golden.frames.put("bad-magic", hello);
    golden.frames.put("frame-too-large", hex("00040001 90 00 00010002"));
    golden.frames.put("decision-too-short", hex("00000004 90 00 00010002 10000000"));
    golden.frames.put("decision-on-no-head", patched(good, "allow", 10, 0x11));
    golden.frames.put("verdict-unknown", patched(good, "allow", 11, 9));
    golden.frames.put("status-of-block-is-100", patched(good, "block-with-audit", 13, 100));
    golden.frames.put("mutations-beyond-the-bound", patched(good, "allow", 14, 2));
    golden.frames.put("websocket-frame-is-reserved", hex("00000000 14 00 00010002"));
    golden.mutation("name-in-upper-case", "X-User", "alice");
    golden.mutation("name-empty", "", "alice");
    golden.mutation("name-with-space", "x user", "alice");
    golden.mutation("value-with-line-feed", "x-user", "a\nb");
    golden.mutation("value-with-nul", "x-user", "a\0");
    golden.mutation("host-is-the-proxys", "host", "evil");
    golden.mutation("content-length-is-the-proxys", "content-length", "0");
    golden.mutation("connection-is-the-proxys", "connection", "close");
    golden.mutation("request-id-is-the-proxys", "x-request-id", "1");
    golden.decision("redirect-without-location", noLocation());
    return golden.frames;
  }

  private static Decision noLocation() {
    return Decision.of(new Verdict.Redirect(Answer.of(302)));
  }

  private void mutation(String name, String field, String value) {
    decision(name, Decision.ALLOW.with(Mutation.set(Mutation.Target.REQUEST, field, value)));
  }

  private static byte[] patched(Map<String, byte[]> frames, String name, int at, int value) {
    byte[] frame = of(frames, name).clone();
    frame[at] = (byte) value;
    if (name.startsWith("block")) {
      frame[at - 1] = 0;
    }
    return frame;
  }

  private static byte[] of(Map<String, byte[]> frames, String name) {
    byte[] frame = frames.get(name);
    if (frame == null) {
      throw new IllegalArgumentException(name);
    }
    return frame;
  }
}

package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.Answer;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of fields on their way in both directions (EDGE 1, field hygiene). */
@SuppressWarnings("StringConcatToTextBlock")
class FieldsTest {

  private static final String ROUTE = "routes { route \"all\" { upstream \"up\" } }\n";
  private static final String TRUSTING = "trusted-proxies \"127.0.0.1\"";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  /** The head that the upstream received for a GET with these field lines. */
  private static String forwarded(String system, String policies, String lines) throws Exception {
    String route = "routes { route \"all\" { upstream \"up\"; " + policies + " } }\n";
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
        RunningProxy proxy = RunningProxy.start(1, system, route + upstream.kdl(""));
        RawClient client = proxy.client()) {
      Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").answer();
      assertThat(answer.status()).isEqualTo(200);
      return upstream.heads().getFirst();
    }
  }

  /** The answer to a GET where the upstream sent these field lines. */
  private static Answer answered(String policies, String lines) throws Exception {
    String route = "routes { route \"all\" { upstream \"up\"; " + policies + " } }\n";
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\n\r\nok");
              connection.head();
            });
        RunningProxy proxy = RunningProxy.start(1, "", route + upstream.kdl(""));
        RawClient client = proxy.client()) {
      Answer answer = client.get("/").answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("ok");
      return answer;
    }
  }

  private static List<String> lines(String head, String name) {
    return head.lines().filter(line -> line.startsWith(name + ":")).toList();
  }

  private static List<String> lines(Answer answer, String name) {
    return answer.fields().stream().filter(line -> line.startsWith(name + ":")).toList();
  }

  private static String policies(String direction, String edits) {
    return "policies { " + direction + "-fields { " + edits + " } }";
  }

  @Test
  void setsRequestFields() throws Exception {
    String set = policies("request", "set \"X-A\" \"one\"; set \"X-New\" \"n\"");
    String head = forwarded("", set, "X-A: x\r\nx-a: y\r\nX-B: z\r\n");
    assertThat(lines(head, "x-a")).containsExactly("x-a: one");
    assertThat(lines(head, "x-new")).containsExactly("x-new: n");
    assertThat(lines(head, "x-b")).containsExactly("x-b: z");
  }

  @Test
  void addsRequestFields() throws Exception {
    String head = forwarded("", policies("request", "add \"X-A\" \"one\""), "X-A: x\r\n");
    assertThat(lines(head, "x-a")).containsExactly("x-a: x", "x-a: one");
  }

  @Test
  void removesRequestFields() throws Exception {
    String remove = policies("request", "remove \"X-A\"; remove \"Cookie\"");
    String head = forwarded("", remove, "X-A: x\r\nx-a: y\r\nCookie: c\r\nX-AB: z\r\n");
    assertThat(lines(head, "x-a")).isEmpty();
    assertThat(lines(head, "cookie")).isEmpty();
    assertThat(lines(head, "x-ab")).containsExactly("x-ab: z");
  }

  @Test
  void changesRequestFieldsInOrder() throws Exception {
    String edits = "set \"X-A\" \"1\"; add \"X-A\" \"2\"; remove \"X-B\"; add \"X-B\" \"3\"";
    String head = forwarded("", policies("request", edits), "X-A: x\r\nX-B: y\r\n");
    assertThat(lines(head, "x-a")).containsExactly("x-a: 1", "x-a: 2");
    assertThat(lines(head, "x-b")).containsExactly("x-b: 3");
    String undone = policies("request", "add \"X-A\" \"2\"; remove \"X-A\"");
    assertThat(lines(forwarded("", undone, "X-A: x\r\n"), "x-a")).isEmpty();
  }

  @Test
  void setsResponseFields() throws Exception {
    String set = policies("response", "set \"X-A\" \"one\"");
    assertThat(lines(answered(set, "X-A: x\r\nX-A: y\r\n"), "x-a")).containsExactly("x-a: one");
  }

  @Test
  void addsResponseFields() throws Exception {
    String add = policies("response", "add \"vary\" \"accept\"");
    assertThat(lines(answered(add, "Vary: cookie\r\n"), "vary"))
        .containsExactly("vary: cookie", "vary: accept");
  }

  @Test
  void removesResponseFields() throws Exception {
    String remove = policies("response", "remove \"Server\"");
    assertThat(lines(answered(remove, "Server: x\r\n"), "server")).isEmpty();
    assertThat(lines(answered("", "Server: x\r\n"), "server")).containsExactly("server: x");
  }

  @Test
  void changesResponseFieldsInOrder() throws Exception {
    String edits = "remove \"X-A\"; add \"X-A\" \"1\"; set \"X-B\" \"2\"; add \"X-B\" \"3\"";
    Answer answer = answered(policies("response", edits), "X-A: x\r\nX-B: y\r\n");
    assertThat(lines(answer, "x-a")).containsExactly("x-a: 1");
    assertThat(lines(answer, "x-b")).containsExactly("x-b: 2", "x-b: 3");
  }

  @Test
  void refusesBytesOutsideRfc3986UnderStrictTarget() throws Exception {
    List<String> outside = List.of("/a|b", "/a\"b", "/{a}", "/\u00e9", "/a^b", "/?q=<x>", "/a\\b");
    for (boolean strict : List.of(true, false)) {
      try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
          RunningProxy proxy =
              RunningProxy.start(1, "strict-target #" + strict, ROUTE + upstream.kdl(""))) {
        for (String target : outside) {
          try (RawClient client = proxy.client()) {
            Answer answer = client.get(target).answer();
            assertThat(answer.status()).as(target).isEqualTo(strict ? 400 : 200);
            if (strict) {
              assertThat(answer.code()).isEqualTo("bad_target");
            } else {
              assertThat(upstream.heads().getLast()).startsWith("GET " + target + " HTTP/1.1\r\n");
            }
          }
        }
        try (RawClient client = proxy.client()) {
          assertThat(client.get("/a-._~!$&'()*+,;=:@%2F?x=/?").answer().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void removesIdentityFieldsOfUntrustedPeers() throws Exception {
    String identity = "identity-fields \"X-User\" \"X-Role\"";
    String sent = "X-User: root\r\nx-role: admin\r\nX-ROLE: more\r\nX-Users: kept\r\n";
    String head = forwarded(identity, "", sent);
    assertThat(lines(head, "x-user")).isEmpty();
    assertThat(lines(head, "x-role")).isEmpty();
    assertThat(lines(head, "x-users")).containsExactly("x-users: kept");
    String trusted = forwarded(identity + "; " + TRUSTING, "", sent);
    assertThat(lines(trusted, "x-user")).containsExactly("x-user: root");
    assertThat(lines(trusted, "x-role")).containsExactly("x-role: admin", "x-role: more");
  }

  @Test
  void removesForwardingFieldsOfUntrustedPeers() throws Exception {
    String sent =
        "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Host: evil\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\nX-Real-IP: 6.6.6.6\r\n"
            + "X-Forwarded-Prefix: /evil\r\nX-Forwarded-: evil\r\nX-Forwarded: kept\r\n";
    String head = forwarded("", "", sent);
    assertThat(lines(head, "x-forwarded-for")).containsExactly("x-forwarded-for: 127.0.0.1");
    assertThat(lines(head, "x-forwarded-host")).containsExactly("x-forwarded-host: a");
    assertThat(lines(head, "x-forwarded-proto")).containsExactly("x-forwarded-proto: http");
    assertThat(head).doesNotContain("6.6.6.6", "evil", "x-forwarded-port", "x-real-ip");
    assertThat(lines(head, "x-forwarded")).containsExactly("x-forwarded: kept");
    assertThat(lines(forwarded(TRUSTING, "", sent), "x-forwarded-prefix"))
        .containsExactly("x-forwarded-prefix: /evil");
  }

  /** The trailers that arrive at the upstream, and those of its answer at the client. */
  private static List<String> trailers(String system, String policies, String sent)
      throws Exception {
    String route = "routes { route \"all\" { upstream \"up\"; " + policies + " } }\n";
    String chunks = "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" + sent + "\r\n";
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(connection -> {
              connection.head();
              StringBuilder body = new StringBuilder();
              while (!body.toString().endsWith("\r\n\r\n")) {
                body.append((char) connection.read());
              }
              connection.send("HTTP/1.1 200 OK\r\n" + chunks);
              connection.head();
            });
        RunningProxy proxy = RunningProxy.start(1, system, route + upstream.kdl(""));
        RawClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n" + chunks);
      List<String> back =
          client.answer().fields().stream().filter(line -> line.startsWith("x-")).toList();
      String received = upstream.received();
      String there = received.substring(received.lastIndexOf("\r\n0\r\n") + 5);
      return Stream.concat(
              there.lines().filter(line -> !line.isEmpty()).map(line -> "> " + line),
              back.stream().filter(line -> !line.startsWith("x-request-id")).map(l -> "< " + l))
          .toList();
    }
  }

  @Test
  void holdsTrailersToTheRulesOfFields() throws Exception {
    String system = "identity-fields \"x-user\" \"x-role\"";
    String sent =
        "X-User: admin\r\nX-Sum: 1\r\nX-Forwarded-Prefix: /evil\r\nX_Sum: 2\r\n"
            + "Content-Language: x\r\nX-Set: evil\r\n";
    String edits =
        "policies { request-fields { set \"x-set\" \"1\" }; response-fields { remove \"x-sum\" } }";
    assertThat(trailers(system, edits, sent))
        .as("what the proxy says or removes in the head cannot be said in a trailer")
        .containsExactly("> x-sum: 1", "< x-user: admin", "< x-set: evil");
    assertThat(trailers(system + "; " + TRUSTING, "", sent))
        .contains("> x-user: admin", "> x-sum: 1", "> x-set: evil")
        .doesNotContain("> x-forwarded-prefix: /evil", "> content-language: x");
  }

  @Test
  void removesFieldsNamedInConnection() throws Exception {
    String head =
        forwarded(
            "",
            "",
            "X-A: 1\r\nConnection: keep-alive, X-A ,x-b\r\nX-B: 2\r\nX-C: 3\r\nx-a: 4\r\n"
                + "Connection: x-d\r\nX-D: 5\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\n"
                + "TE: gzip\r\nTrailer: x\r\nProxy-Authorization: Basic x\r\n");
    assertThat(lines(head, "x-c")).containsExactly("x-c: 3");
    for (String gone :
        List.of(
            "x-a",
            "x-b",
            "x-d",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "proxy-authorization")) {
      assertThat(lines(head, gone)).as(gone).isEmpty();
    }
    Answer answer =
        answered(
            "",
            "Connection: X-A, x-b, set-cookie, date\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n"
                + "Set-Cookie: a\r\nDate: then\r\n");
    assertThat(lines(answer, "x-c")).containsExactly("x-c: 3");
    assertThat(answer.fields())
        .noneMatch(line ->
            line.startsWith("x-a:")
                || line.startsWith("x-b:")
                || line.startsWith("set-cookie:")
                || line.equals("date: then"));
  }

  @Test
  void refusesConnectionThatNamesAFieldOfOurs() throws Exception {
    List<String> ours =
        List.of(
            "host",
            "X-Forwarded-For",
            "x-request-id",
            "content-length",
            "traceparent",
            "authorization",
            "cookie",
            "Forwarded",
            "content-type");
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
        RunningProxy proxy = RunningProxy.start(1, "", ROUTE + upstream.kdl(""))) {
      for (String name : ours) {
        try (RawClient client = proxy.client()) {
          client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, " + name + "\r\n\r\n");
          Answer answer = client.answer();
          assertThat(answer.status()).as(name).isEqualTo(400);
          assertThat(answer.code()).isEqualTo("bad_field");
        }
      }
      assertThat(upstream.accepted()).isZero();
    }
  }

  @Test
  void dropsNamesWithUnderscores() throws Exception {
    String head = forwarded("", "", "X_User: a\r\nX-User_Id: b\r\n_: c\r\nX-User: d\r\n");
    assertThat(head).doesNotContain("_");
    assertThat(lines(head, "x-user")).containsExactly("x-user: d");
  }

  @Test
  void takesRequestIdsOverOnlyFromTrustedPeers() throws Exception {
    String own = forwarded("", "", "X-Request-Id: mine\r\n");
    assertThat(lines(own, "x-request-id")).hasSize(1).doesNotContain("x-request-id: mine");
    String taken = forwarded(TRUSTING, "", "X-Request-Id: mine\r\n");
    assertThat(lines(taken, "x-request-id")).containsExactly("x-request-id: mine");
    for (String unusable :
        List.of("a b", "a\"b", "", "a".repeat(129), "a\r\nX-Request-Id: b", "\u00e9")) {
      List<String> ids =
          lines(forwarded(TRUSTING, "", "X-Request-Id: " + unusable + "\r\n"), "x-request-id");
      assertThat(ids).hasSize(1);
      assertThat(ids.getFirst()).matches("x-request-id: [0-9a-f]{20}");
    }
  }

  @Test
  void keepsTheSampledFlagOnlyFromTrustedPeers() throws Exception {
    String sent = "Traceparent: " + PARENT + "\r\nTracestate: a=b\r\n";
    String stranger = forwarded("", "", sent);
    assertThat(lines(stranger, "traceparent")).hasSize(1);
    assertThat(lines(stranger, "traceparent").getFirst())
        .matches("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-00")
        .doesNotContain("00f067aa0ba902b7");
    String trusted = forwarded(TRUSTING, "", sent);
    assertThat(lines(trusted, "traceparent").getFirst())
        .matches("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-01");
    assertThat(lines(trusted, "tracestate")).containsExactly("tracestate: a=b");
  }

  @Test
  void startsANewTraceWhereTheContextIsNotValid() throws Exception {
    List<String> broken =
        List.of(
            PARENT.replace("4bf9", "4BF9"),
            PARENT + "-x",
            PARENT.replace("-01", ""),
            "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01",
            "00-" + TRACE + "-0000000000000000-01",
            "ff" + PARENT.substring(2),
            PARENT + "\r\nTraceparent: " + PARENT);
    for (String value : broken) {
      String head = forwarded(TRUSTING, "", "Tracestate: a=b\r\nTraceparent: " + value + "\r\n");
      assertThat(lines(head, "traceparent")).as(value).hasSize(1);
      assertThat(lines(head, "traceparent").getFirst())
          .matches("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00")
          .doesNotContainIgnoringCase(TRACE);
      assertThat(lines(head, "tracestate")).isEmpty();
    }
  }
}

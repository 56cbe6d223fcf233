package dev.selvedge.edge.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.service.answer.BytesAnswer;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.RequestTarget;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fixed answers, redirects and the echo, each behind a real exchange. */
class FixedServicesTest {

  private static ServiceRig respond(int status, @Nullable String body) {
    return new ServiceRig(
        new RespondService(new RouteConfig.Service.Respond(status, body, "text/plain")));
  }

  @Test
  void answersWithTheFixedBody() throws Exception {
    try (ServiceRig rig = respond(200, "héllo")) {
      FakeClient answer = rig.ask("GET", "/");
      assertThat(answer.status).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("héllo");
      assertThat(answer.length).isEqualTo(6);
      assertThat(answer.field("content-type")).isEqualTo("text/plain");
      assertThat(answer.field("x-request-id")).isNotNull();
      FakeClient head = rig.ask("HEAD", "/");
      assertThat(head.length).isEqualTo(6);
      assertThat(head.bodyFollows).isFalse();
    }
  }

  @Test
  void errorStatusWithoutBodyIsARefusal() throws Exception {
    try (ServiceRig rig = respond(403, null)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/private");
      FakeClient answer = asked.answer();
      assertThat(answer.status).isEqualTo(403);
      assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.text()).contains("\"code\":\"route_refused\"");
      assertThat(asked.record().failure()).isEqualTo(FailureCode.ROUTE_REFUSED);
    }
  }

  @Test
  void emptyAnswerIsComplete() throws Exception {
    try (ServiceRig rig = respond(204, null)) {
      FakeClient answer = rig.ask("GET", "/");
      assertThat(answer.status).isEqualTo(204);
      assertThat(answer.ended).isTrue();
      assertThat(answer.field("content-type")).isNull();
    }
  }

  @Test
  void largeFixedBodyWaitsForCredit() throws Exception {
    String body = "0123456789abcdef".repeat(20_000);
    try (ServiceRig rig = respond(200, body)) {
      FakeClient answer = rig.ask("GET", "/");
      assertThat(answer.text()).isEqualTo(body);
      assertThat(answer.mostOutstanding).isLessThanOrEqualTo(BytesAnswer.WINDOW);

      ServiceRig.Asked slow = rig.askSlowly("GET", "/");
      rig.onLoop(() -> {});
      assertThat(slow.client.body.size()).isEqualTo(BytesAnswer.WINDOW);
      slow.credit(10);
      assertThat(slow.client.body.size()).isEqualTo(BytesAnswer.WINDOW + 10);
      slow.fail(FailureCode.CLIENT_GONE);
      slow.credit(1000);
      assertThat(slow.client.body.size()).isEqualTo(BytesAnswer.WINDOW + 10);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/,                              /a/b,            /",
    "/new{path},                     /a/b?q=1,        /new/a/b",
    "/new{path}{query},              /a/b?q=1,        /new/a/b?q=1",
    "/new{path}{query},              /a/b,            /new/a/b",
    "/new{path}{query},              /a/b?,           /new/a/b?",
    "{path},                         //evil.example,  /evil.example",
    "{path},                         ///evil.example/x, /evil.example/x",
    "{path}{query},                  /\\evil.example, /%5Cevil.example",
    "/{path},                        /evil.example,   /evil.example",
    "/{path},                        //evil.example,  /evil.example",
    "{path},                         /\\/evil.example, /%5C/evil.example",
    "{path},                         /%2F%2Fevil,     /%2F%2Fevil",
    "https://new.example{path}{query}, /a?b=c,        https://new.example/a?b=c",
    "https://new.example{path},      //a,             https://new.example/a",
    "https://new.example{path},      /@evil.example,  https://new.example/@evil.example",
    "//other.example{path},          /a,              //other.example/a",
    "/login?next={path}{query},      /a?x=1&y=2,      /login?next=/a%3Fx%3D1%26y%3D2",
    "/login?next={path},             /a&admin=1,      /login?next=/a%26admin%3D1",
    "/x{query},                      '/a?<script>\"', '/x?%3Cscript%3E%22'",
    "/{nothing}{path},               /a,              /{nothing}/a",
  })
  void redirectsOnlyWhereTheTemplateSays(String to, String target, String location) {
    var service = new RedirectService(new RouteConfig.Service.Redirect(to, 308));
    RequestTarget parsed = new RequestTarget();
    assertThat(parsed.parse(ServiceRig.head("GET", target), false, false)).isNull();
    assertThat(service.location(parsed)).isEqualTo(location);
  }

  @Test
  void redirectNeverHasAByteThatEndsAField() {
    var service = new RedirectService(new RouteConfig.Service.Redirect("{path}{query}", 302));
    for (int b = 0x21; b < 0x100; b++) {
      String target = "/a" + (char) b + (b == '%' ? "0D%0A" : "") + "?q" + (char) b + "x";
      RequestTarget parsed = new RequestTarget();
      if (parsed.parse(ServiceRig.head("GET", target), false, false) == null) {
        String location = service.location(parsed);
        assertThat(location.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '\\'))
            .as(location)
            .isTrue();
      }
    }
  }

  @Test
  void redirectRefusesATemplateWithoutItsOwnHost() {
    assertThatThrownBy(
            () -> new RedirectService(new RouteConfig.Service.Redirect("https://{path}", 308)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void redirectAnswersWithLocation() throws Exception {
    var service = new RedirectService(new RouteConfig.Service.Redirect("/", 308));
    try (ServiceRig rig = new ServiceRig(service)) {
      FakeClient answer = rig.ask("GET", "/old");
      assertThat(answer.status).isEqualTo(308);
      assertThat(answer.field("location")).isEqualTo("/");
      assertThat(answer.length).isZero();
    }
  }

  @Test
  void echoShowsTheRequestAsForwarded() throws Exception {
    try (ServiceRig rig = new ServiceRig(new EchoService())) {
      FakeClient answer =
          rig.ask("GET", "/a/./%7eb?x=\"1\"", "x-b", "2", "host", "Test.Example:81", "x-a", "\t1");
      assertThat(answer.status).isEqualTo(200);
      assertThat(answer.field("content-type")).isEqualTo("application/json");
      assertThat(answer.text())
          .contains("\"method\": \"GET\"")
          .contains("\"scheme\": \"http\"")
          .contains("\"authority\": \"test.example:81\"")
          .contains("\"path\": \"/a/~b\"")
          .contains("\"raw_path\": \"/a/./%7eb\"")
          .contains("\"query\": \"x=\\\"1\\\"\"")
          .contains("\"client\": \"192.0.2.7\"")
          .contains("[\"x-a\", \"\\t1\"]")
          .contains("[\"x-forwarded-for\", \"192.0.2.7\"]")
          .contains("\"body_bytes\": 0");
      assertThat(answer.text().indexOf("x-b")).isLessThan(answer.text().indexOf("x-a"));
      assertThat(rig.ask("HEAD", "/").body.size()).isZero();
    }
  }

  @Test
  void echoWaitsForTheWholeBodyAndReadsWithCredit() throws Exception {
    try (ServiceRig rig = new ServiceRig(new EchoService())) {
      ServiceRig.Asked asked = rig.askWithBody("POST", "/");
      assertThat(asked.client.requestCredit).isEqualTo(64 * 1024);
      asked.chunk("héllo ".getBytes(StandardCharsets.UTF_8));
      assertThat(asked.client.requestCredit).isEqualTo(64 * 1024 + 7);
      asked.chunk("\"you\"".getBytes(StandardCharsets.UTF_8));
      assertThat(asked.client.status).isZero();
      asked.end();
      assertThat(asked.answer().text())
          .contains("\"body_bytes\": 12")
          .contains("\"body\": \"héllo \\\"you\\\"\"");
    }
  }

  @Test
  void echoKeepsOnlyTheFirstBytesOfALargeBody() throws Exception {
    try (ServiceRig rig = new ServiceRig(new EchoService())) {
      ServiceRig.Asked asked = rig.askWithBody("POST", "/");
      byte[] chunk = "\"".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 100; i++) {
        asked.chunk(chunk);
      }
      asked.end();
      FakeClient answer = asked.answer();
      assertThat(answer.text())
          .contains("\"body_bytes\": 5000000")
          .contains("\"body_shown\": " + EchoService.KEPT)
          .endsWith("\n}\n");
      assertThat(answer.body.size()).isLessThan(3 * EchoService.KEPT);
      assertThat(answer.mostOutstanding).isLessThanOrEqualTo(BytesAnswer.WINDOW);
    }
  }

  @Test
  void echoShowsBytesThatAreNotTextAsBase64() throws Exception {
    try (ServiceRig rig = new ServiceRig(new EchoService())) {
      ServiceRig.Asked asked = rig.askWithBody("PUT", "/");
      asked.chunk(new byte[] {0, (byte) 0xFF, 1});
      asked.end();
      assertThat(asked.answer().text()).contains("\"body_base64\": \"AP8B\"");
    }
  }
}

package dev.selvedge.edge.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.exchange.Discard;
import dev.selvedge.edge.proxy.exchange.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each key of a route's service, from its record to the answer. */
class ServicesTest {

  @TempDir Path root;

  @BeforeEach
  void site() throws IOException {
    Files.writeString(root.resolve("index.html"), "index");
    Files.writeString(root.resolve("home.html"), "home");
    Files.writeString(root.resolve("a.txt"), "text");
  }

  private static ServiceRig rig(RouteConfig.Service config) {
    return new ServiceRig(
        Services.of(
            config,
            Services.virtualThreads(),
            forward -> {
              throw new AssertionError("no route here forwards");
            }));
  }

  private ServiceRig files(String index, @Nullable String fallback, @Nullable String control) {
    return rig(new RouteConfig.Service.StaticFiles(root, index, fallback, control));
  }

  private static ServiceRig respond(int status, @Nullable String body) {
    return rig(new RouteConfig.Service.Respond(status, body, "text/markdown"));
  }

  private static ServiceRig redirect(String to, int status) {
    return rig(new RouteConfig.Service.Redirect(to, status));
  }

  @Test
  void forwardsToTheUpstream() throws Exception {
    Service upstream =
        exchange -> {
          exchange.refuse(dev.selvedge.kernel.FailureCode.CONNECT_FAILED);
          return Discard.INSTANCE;
        };
    Service made =
        Services.of(
            new RouteConfig.Service.Forward("users"),
            Services.virtualThreads(),
            forward -> {
              assertThat(forward.upstream()).isEqualTo("users");
              return upstream;
            });
    assertThat(made).isSameAs(upstream);
    try (ServiceRig rig = new ServiceRig(made)) {
      assertThat(rig.ask("GET", "/").status).isEqualTo(502);
    }
  }

  @Test
  void servesFilesBelowRoot() throws Exception {
    try (ServiceRig rig = files("index.html", null, null)) {
      assertThat(rig.ask("GET", "/a.txt").text()).isEqualTo("text");
      assertThat(rig.ask("GET", "/b.txt").status).isEqualTo(404);
    }
  }

  @Test
  void answersForAFolderWithItsIndex() throws Exception {
    try (ServiceRig rig = files("home.html", null, null)) {
      assertThat(rig.ask("GET", "/").text()).isEqualTo("home");
    }
  }

  @Test
  void answersWithTheFallbackWhereThereIsNoFile() throws Exception {
    try (ServiceRig rig = files("index.html", "home.html", null)) {
      assertThat(rig.ask("GET", "/some/page").text()).isEqualTo("home");
    }
    try (ServiceRig rig = files("index.html", null, null)) {
      assertThat(rig.ask("GET", "/some/page").status).isEqualTo(404);
    }
  }

  @Test
  void sendsCacheControlWithFiles() throws Exception {
    try (ServiceRig rig = files("index.html", null, "max-age=60")) {
      assertThat(rig.ask("GET", "/a.txt").field("cache-control")).isEqualTo("max-age=60");
    }
    try (ServiceRig rig = files("index.html", null, null)) {
      assertThat(rig.ask("GET", "/a.txt").field("cache-control")).isNull();
    }
  }

  @Test
  void respondsWithTheStatus() throws Exception {
    try (ServiceRig rig = respond(410, "gone")) {
      assertThat(rig.ask("GET", "/").status).isEqualTo(410);
    }
    try (ServiceRig rig = respond(410, null)) {
      assertThat(rig.ask("GET", "/").text())
          .contains("\"status\":410")
          .contains("\"code\":\"route_refused\"");
    }
  }

  @Test
  void respondsWithTheBody() throws Exception {
    try (ServiceRig rig = respond(200, "the body\n")) {
      assertThat(rig.ask("GET", "/").text()).isEqualTo("the body\n");
    }
  }

  @Test
  void respondsWithTheContentType() throws Exception {
    try (ServiceRig rig = respond(200, "# title")) {
      assertThat(rig.ask("GET", "/").field("content-type")).isEqualTo("text/markdown");
    }
  }

  @Test
  void echoesTheRequest() throws Exception {
    try (ServiceRig rig = rig(new RouteConfig.Service.Echo())) {
      assertThat(rig.ask("DELETE", "/x?y").text())
          .contains("\"method\": \"DELETE\"")
          .contains("\"path\": \"/x\"")
          .contains("\"query\": \"y\"");
    }
  }

  @Test
  void redirectsWithPathAndQuery() throws Exception {
    try (ServiceRig rig = redirect("https://new.example/at{path}{query}", 308)) {
      assertThat(rig.ask("GET", "/a?b=c").field("location"))
          .isEqualTo("https://new.example/at/a?b=c");
    }
  }

  @Test
  void redirectsWithTheStatus() throws Exception {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      try (ServiceRig rig = redirect("/", status)) {
        assertThat(rig.ask("GET", "/a").status).isEqualTo(status);
      }
    }
  }

  @Test
  void rootThatIsNoFolderIsNamed() {
    var config =
        new RouteConfig.Service.StaticFiles(root.resolve("a.txt"), "index.html", null, null);
    assertThatThrownBy(() -> rig(config))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("a.txt");
  }

  @Test
  void fallbackOutsideOfTheRootIsRefused() {
    assertThatThrownBy(() -> files("index.html", "../secret.html", null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

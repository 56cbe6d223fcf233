package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.Policies;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.RouteConfig.Service;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.kernel.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

  @TempDir Path folder;

  @Test
  void pinsEveryDefault() {
    Config config =
        Configs.ok(
            """
            listeners { listener "web" { address "127.0.0.1:8080" } }
            routes {
              route "forward" { matches { path "/f" }; upstream "u" }
              route "files" { matches { path "/s" }; static { root "." } }
              route "respond" { matches { path "/r" }; respond }
              route "redirect" { matches { path "/m" }; redirect { to "/x" } }
              route "all" { echo }
            }
            upstreams { upstream "u" { target "127.0.0.1:9001" } }
            agents { agent "a" { unix-socket path="/run/a.sock"; failure-mode "open" } }
            """);

    assertThat(config.system())
        .isEqualTo(
            new SystemConfig(
                0,
                SystemConfig.Transport.EPOLL,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                false,
                List.of(),
                SystemConfig.ForwardedField.X_FORWARDED_FOR,
                List.of(),
                false,
                new SystemConfig.AccessLog.Stdout(),
                null,
                new SystemConfig.LimitsConfig(
                    10_000,
                    256,
                    10_000,
                    ByteSize.ofMebibytes(256),
                    ByteSize.ofKibibytes(256),
                    ByteSize.ofMebibytes(1024),
                    ByteSize.ofKibibytes(32),
                    100,
                    ByteSize.ofBytes(256),
                    ByteSize.ofKibibytes(8),
                    ByteSize.ofKibibytes(8),
                    ByteSize.ofMebibytes(10)),
                new SystemConfig.TimeoutsConfig(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(30),
                    ByteSize.ofKibibytes(1),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10))));
    assertThat(config.admin()).isEqualTo(new AdminConfig(new Address("127.0.0.1", 9090), null));
    assertThat(config.listeners())
        .containsExactly(
            new ListenerConfig(
                "web", new Address("127.0.0.1", 8080), ListenerConfig.Protocol.HTTP, false));
    Policies policies = new Policies(null, null, 1_000, null, false, List.of(), List.of());
    assertThat(config.routes())
        .containsExactly(
            route("forward", "/f", new Service.Forward("u"), policies),
            route(
                "files",
                "/s",
                new Service.StaticFiles(
                    Path.of("").toAbsolutePath().normalize(), "index.html", null, null),
                policies),
            route(
                "respond",
                "/r",
                new Service.Respond(200, null, "text/plain; charset=utf-8"),
                policies),
            route("redirect", "/m", new Service.Redirect("/x", 308), policies),
            new RouteConfig("all", 0, matches(List.of()), new Service.Echo(), List.of(), policies));
    assertThat(config.upstreams())
        .isEqualTo(
            Map.of(
                "u",
                new UpstreamConfig(
                    "u",
                    List.of(new UpstreamConfig.Target(new Address("127.0.0.1", 9001), 1)),
                    UpstreamConfig.LoadBalancing.ROUND_ROBIN,
                    10_000,
                    1_000,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60))));
    AgentConfig agent = Objects.requireNonNull(config.agents().get("a"));
    assertThat(agent)
        .isEqualTo(
            new AgentConfig(
                "a",
                "external",
                new AgentAddress.UnixSocket(Path.of("/run/a.sock")),
                Set.of(AgentConfig.Event.REQUEST_HEADERS),
                Duration.ofMillis(100),
                AgentConfig.FailureMode.OPEN,
                100,
                100,
                new AgentConfig.Breaker(3, 2, Duration.ofSeconds(30), Duration.ofSeconds(30)),
                AgentConfig.BodyMode.NONE,
                AgentConfig.BodyMode.NONE,
                ByteSize.ofMebibytes(1),
                AgentConfig.OverLimit.BLOCK,
                ByteSize.ofMebibytes(64),
                List.of(),
                agent.place()));
  }

  private static RouteConfig route(String name, String path, Service service, Policies policies) {
    return new RouteConfig(
        name, 0, matches(List.of(new PathMatch.Exact(path))), service, List.of(), policies);
  }

  private static Matches matches(List<PathMatch> paths) {
    return new Matches(paths, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  @Test
  void decodesAFileThatNamesEveryKey() throws IOException {
    Files.createDirectories(folder.resolve("site"));
    Files.createDirectories(folder.resolve("logs"));
    for (String name : List.of("ca.pem", "proxy.pem", "proxy.key")) {
      Files.createFile(folder.resolve(name));
    }
    Path file = folder.resolve("all.kdl");
    try (var text = ConfigLoaderTest.class.getResourceAsStream("every-key.kdl")) {
      Files.copy(java.util.Objects.requireNonNull(text), file);
    }
    Loaded loaded = ConfigLoader.load(file, Map.of("ADMIN_TOKEN", "s3cr3t")::get, List.of("waf"));
    if (!(loaded instanceof Loaded.Ok(Config config, var files))) {
      throw new AssertionError(String.join("\n", Configs.problems(loaded)));
    }

    assertThat(files).containsExactly(file);
    assertThat(config.system())
        .isEqualTo(
            new SystemConfig(
                4,
                SystemConfig.Transport.IO_URING,
                Duration.ofSeconds(45),
                Duration.ofMillis(500),
                true,
                List.of(
                    new Cidr(new byte[] {10, 0, 0, 0}, 8), new Cidr(new byte[] {127, 0, 0, 1}, 32)),
                SystemConfig.ForwardedField.FORWARDED,
                List.of("x-user", "x-role"),
                true,
                new SystemConfig.AccessLog.ToFile(folder.resolve("logs/access.log")),
                folder.resolve("spill"),
                new SystemConfig.LimitsConfig(
                    2_000,
                    20,
                    1_500,
                    ByteSize.ofMebibytes(64),
                    ByteSize.ofKibibytes(32),
                    ByteSize.ofMebibytes(512),
                    ByteSize.ofKibibytes(16),
                    50,
                    ByteSize.ofBytes(128),
                    ByteSize.ofKibibytes(4),
                    ByteSize.ofKibibytes(2),
                    ByteSize.ofMebibytes(5)),
                new SystemConfig.TimeoutsConfig(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(20),
                    ByteSize.ZERO,
                    Duration.ofSeconds(40),
                    Duration.ofHours(1))));
    assertThat(config.admin()).isEqualTo(new AdminConfig(new Address("::1", 9191), "s3cr3t"));
    assertThat(config.listeners())
        .containsExactly(
            new ListenerConfig(
                "web", new Address("0.0.0.0", 8080), ListenerConfig.Protocol.HTTP, true));
    assertRoutes(config.routes());
    assertAgents(config);
    assertThat(config.upstreams())
        .isEqualTo(
            Map.of(
                "users",
                new UpstreamConfig(
                    "users",
                    List.of(
                        new UpstreamConfig.Target(new Address("127.0.0.1", 9001), 2),
                        new UpstreamConfig.Target(new Address("users.internal", 80), 1)),
                    UpstreamConfig.LoadBalancing.LEAST_CONNECTIONS,
                    100,
                    10,
                    Duration.ofMillis(250),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(16),
                    Duration.ofSeconds(17))));
  }

  private void assertAgents(Config config) {
    assertThat(config.routes().getFirst().agents())
        .containsExactly(
            new RouteConfig.RouteAgent("auth", null, List.of()),
            new RouteConfig.RouteAgent("waf", AgentConfig.FailureMode.OPEN, List.of("auth")));
    assertThat(config.routes().getLast().agents())
        .containsExactly(
            new RouteConfig.RouteAgent("auth", null, List.of()),
            new RouteConfig.RouteAgent("waf", null, List.of()));
    assertThat(config.agents().keySet()).containsExactly("waf", "socket", "auth", "top");
    AgentConfig waf = Objects.requireNonNull(config.agents().get("waf"));
    assertThat(waf)
        .isEqualTo(
            new AgentConfig(
                "waf",
                "waf",
                null,
                Set.of(
                    AgentConfig.Event.REQUEST_HEADERS,
                    AgentConfig.Event.REQUEST_COMPLETE,
                    AgentConfig.Event.REQUEST_BODY,
                    AgentConfig.Event.RESPONSE_BODY),
                Duration.ofMillis(200),
                AgentConfig.FailureMode.CLOSED,
                50,
                20,
                new AgentConfig.Breaker(5, 4, Duration.ofSeconds(31), Duration.ofSeconds(32)),
                AgentConfig.BodyMode.HOLD,
                AgentConfig.BodyMode.STREAM,
                ByteSize.ofMebibytes(2),
                AgentConfig.OverLimit.PASS,
                ByteSize.ofMebibytes(128),
                waf.config(),
                waf.place()));
    assertThat(waf.config()).extracting(KdlNode::name).containsExactly("paranoia");
    assertThat(Objects.requireNonNull(config.agents().get("socket")).address())
        .isEqualTo(new AgentAddress.UnixSocket(folder.resolve("run/agent.sock")));
    assertThat(Objects.requireNonNull(config.agents().get("auth")).address())
        .isEqualTo(
            new AgentAddress.Grpc(
                "auth.internal",
                50_051,
                new AgentAddress.Tls(
                    folder.resolve("ca.pem"),
                    folder.resolve("proxy.pem"),
                    folder.resolve("proxy.key"))));
  }

  private void assertRoutes(List<RouteConfig> routes) {
    assertThat(routes)
        .extracting(RouteConfig::name)
        .containsExactly("api", "files", "gone", "moved", "echo");
    RouteConfig api = routes.getFirst();
    assertThat(api.priority()).isEqualTo(100);
    Matches matches = api.matches();
    assertThat(matches.paths())
        .startsWith(
            new PathMatch.Exact("/api"), new PathMatch.Exact("/v1"), new PathMatch.Prefix("/api/"));
    assertThat(((PathMatch.Regex) matches.paths().getLast()).pattern())
        .isEqualTo(Pattern.compile("^/v[0-9]+/"));
    assertThat(matches.hosts())
        .startsWith(new HostMatch.Exact("a.example"), new HostMatch.Wildcard(".b.example"))
        .hasSize(3);
    assertThat(matches.methods()).containsExactly("GET", "POST");
    assertThat(matches.headers())
        .containsExactly(
            new FieldMatch("x-a", null), new FieldMatch("x-b", "1"), new FieldMatch("x-c", "2"));
    assertThat(matches.queries())
        .containsExactly(new QueryMatch("q", null), new QueryMatch("r", "1"));
    assertThat(matches.listeners()).containsExactly("web");
    assertThat(api.service()).isEqualTo(new Service.Forward("users"));
    assertThat(api.policies())
        .isEqualTo(
            new Policies(
                ByteSize.ofBytes(1_000),
                10,
                0,
                Duration.ofSeconds(20),
                true,
                List.of(
                    new FieldEdit.Set("x-from", "edge"),
                    new FieldEdit.Remove("cookie"),
                    new FieldEdit.Add("x-from", "twice")),
                List.of(
                    new FieldEdit.Remove("server"),
                    new FieldEdit.Set("x-frame-options", "DENY"),
                    new FieldEdit.Add("vary", "accept"))));
    assertThat(routes.get(1).service())
        .isEqualTo(
            new Service.StaticFiles(
                folder.resolve("site"), "home.html", "app/index.html", "max-age=60"));
    assertThat(routes.get(2).service())
        .isEqualTo(new Service.Respond(410, "gone\n", "text/markdown"));
    assertThat(routes.get(3).service())
        .isEqualTo(new Service.Redirect("https://new.example{path}{query}", 301));
  }

  @Test
  void readsAllFormsOfUnits() {
    Config config =
        Configs.ok(
            Configs.MINIMAL
                + """
                system {
                  graceful-shutdown-timeout-secs 20
                  drain-delay-ms 1500
                  limits { max-head-bytes 4096; max-body "1MB" }
                  timeouts { head-seconds 3; keep-alive "2m" }
                }
                """);
    assertThat(config.system().gracefulShutdownTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.system().drainDelay()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(config.system().limits().maxHead()).isEqualTo(ByteSize.ofKibibytes(4));
    assertThat(config.system().limits().maxBody()).isEqualTo(ByteSize.ofBytes(1_000_000));
    assertThat(config.system().timeouts().head()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.system().timeouts().keepAlive()).isEqualTo(Duration.ofMinutes(2));
  }
}

package dev.selvedge.app.admin;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig;
import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.ListenerConfig;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.UpstreamConfig;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.kernel.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A small configuration. */
final class Fixture {

  static final String TOKEN = "correct-horse-7f3a";
  static final String AGENT_SECRET = "agent-secret-58";
  static final String MATCH_SECRET = "match-secret-44";
  static final String FIELD_SECRET = "Bearer upstream-secret-91";

  private Fixture() {}

  static Config config(@Nullable String token) {
    Duration second = Duration.ofSeconds(1);
    ByteSize size = ByteSize.ofBytes(65536);
    return new Config(
        new SystemConfig(
            2,
            SystemConfig.Transport.EPOLL,
            second,
            second,
            false,
            List.of(),
            SystemConfig.ForwardedField.X_FORWARDED_FOR,
            List.of("x-user-id"),
            false,
            new SystemConfig.AccessLog.ToFile(Path.of("access.log")),
            null,
            new SystemConfig.LimitsConfig(
                1, 1, 1, size, size, size, size, 1, size, size, size, size),
            new SystemConfig.TimeoutsConfig(second, second, second, size, second, second)),
        new AdminConfig(new Address("127.0.0.1", 9090), token),
        List.of(
            new ListenerConfig(
                "http", new Address("::1", 8080), ListenerConfig.Protocol.HTTP, false)),
        List.of(route()),
        Map.of("users", upstream(second)),
        Map.of("auth", agent(second)));
  }

  private static RouteConfig route() {
    return new RouteConfig(
        "api \"quoted\"",
        100,
        new RouteConfig.Matches(
            List.of(new RouteConfig.PathMatch.Prefix("/api/")),
            List.of(),
            List.of("GET"),
            List.of(new RouteConfig.FieldMatch("x-api-key", MATCH_SECRET)),
            List.of(
                new RouteConfig.QueryMatch("key", MATCH_SECRET),
                new RouteConfig.QueryMatch("page", null)),
            List.of()),
        new RouteConfig.Service.Forward("users"),
        List.of(new RouteConfig.RouteAgent("auth", null, List.of())),
        new RouteConfig.Policies(
            null,
            null,
            100,
            Duration.ofSeconds(5),
            false,
            List.of(new RouteConfig.FieldEdit.Set("authorization", FIELD_SECRET)),
            List.of(new RouteConfig.FieldEdit.Remove("server"))));
  }

  private static AgentConfig agent(Duration second) {
    Place place = new Place(new Source("selvedge.kdl", Path.of("")), 7, 3);
    KdlNode.Argument secret = new KdlNode.Argument(place, null, new KdlValue.Text(AGENT_SECRET));
    return new AgentConfig(
        "auth",
        "auth",
        new AgentAddress.Grpc("localhost", 50_051, null),
        Set.of(AgentConfig.Event.REQUEST_HEADERS),
        second,
        AgentConfig.FailureMode.CLOSED,
        10,
        10,
        new AgentConfig.Breaker(3, 2, second, second),
        AgentConfig.BodyMode.NONE,
        AgentConfig.BodyMode.NONE,
        ByteSize.ofMebibytes(1),
        AgentConfig.OverLimit.BLOCK,
        ByteSize.ofMebibytes(64),
        List.of(new KdlNode(place, null, "client-id", List.of(secret), List.of(), List.of())),
        place);
  }

  private static UpstreamConfig upstream(Duration second) {
    return new UpstreamConfig(
        "users",
        List.of(new UpstreamConfig.Target(new Address("127.0.0.1", 9001), 2)),
        UpstreamConfig.LoadBalancing.ROUND_ROBIN,
        10,
        10,
        second,
        second,
        second,
        second,
        second,
        second);
  }
}

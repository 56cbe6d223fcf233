package dev.selvedge.edge.config;

import java.util.List;
import java.util.Map;

/**
 * A whole checked configuration: every reference resolves, every value is in range. Immutable; a
 * reload makes a new one.
 *
 * @param upstreams by name, in file order
 * @param agents by name, in file order
 */
public record Config(
    SystemConfig system,
    AdminConfig admin,
    List<ListenerConfig> listeners,
    List<RouteConfig> routes,
    Map<String, UpstreamConfig> upstreams,
    Map<String, AgentConfig> agents) {}

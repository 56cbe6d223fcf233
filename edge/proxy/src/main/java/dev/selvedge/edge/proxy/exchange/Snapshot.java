package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.route.Router;

/**
 * One configuration, ready to serve: swapped whole by a reload; an exchange keeps the one that it
 * began with. Immutable.
 *
 * @param routes by their index in the configuration
 * @param unrouted counts what matched no route or never got that far
 */
public record Snapshot(
    Config config,
    ClientSettings client,
    Router router,
    Route[] routes,
    Route unrouted,
    FieldHygiene hygiene) {}

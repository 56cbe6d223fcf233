package dev.selvedge.edge.config;

import org.jspecify.annotations.Nullable;

/**
 * The admin listener. Immutable.
 *
 * @param address where it listens; null switches it off ({@code address "off"})
 * @param token needed by requests that change something; null refuses them all
 */
public record AdminConfig(@Nullable Address address, @Nullable String token) {}

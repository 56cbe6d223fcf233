package dev.selvedge.edge.config.kdl;

/** Why a text, at that place, is not KDL 2.0 or is over a bound. Immutable. */
public record SyntaxError(Place place, String message) {}

package dev.selvedge.edge.protocol;

/**
 * A field line. Immutable.
 *
 * @param name lower case
 * @param value bytes as Latin-1
 */
public record Field(String name, String value) {}

package dev.selvedge.edge.config.kdl;

import java.nio.file.Path;

/**
 * Where a text came from. Immutable.
 *
 * @param name as problems show it
 * @param folder where relative paths in the text start
 */
public record Source(String name, Path folder) {}

/**
 * KDL 2.0 text to a tree in which everything knows its place. Knows nothing of Selvedge's keys.
 *
 * <p>Source: the KDL Document Language 2.0 specification; the authority in tests is its published
 * suite.
 */
@NullMarked
package dev.selvedge.edge.config.kdl;

import org.jspecify.annotations.NullMarked;

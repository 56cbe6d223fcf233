/**
 * Which rules a value may match, told in one pass over it: byte kinds, the transformations that
 * they make identities, and one lazy automaton for all patterns and words.
 */
@NullMarked
package dev.selvedge.edge.waf.filter;

import org.jspecify.annotations.NullMarked;

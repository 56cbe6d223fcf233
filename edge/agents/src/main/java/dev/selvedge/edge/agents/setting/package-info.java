/** An agent's own block, read by described keys: every mistake comes back with its place. */
@NullMarked
package dev.selvedge.edge.agents.setting;

import org.jspecify.annotations.NullMarked;

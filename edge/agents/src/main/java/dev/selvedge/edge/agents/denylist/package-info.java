/** Refuses by address, path and user agent; lists in files are read again when they change. */
@NullMarked
package dev.selvedge.edge.agents.denylist;

import org.jspecify.annotations.NullMarked;

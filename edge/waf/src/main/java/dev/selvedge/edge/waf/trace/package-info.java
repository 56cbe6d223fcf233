/** What the engine says while it works, for people who write rules. */
@NullMarked
package dev.selvedge.edge.waf.trace;

import org.jspecify.annotations.NullMarked;

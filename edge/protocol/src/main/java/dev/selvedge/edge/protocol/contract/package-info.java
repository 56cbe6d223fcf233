/** Checks that anybody can run against an agent, in whatever language it was written. */
@NullMarked
package dev.selvedge.edge.protocol.contract;

import org.jspecify.annotations.NullMarked;

/** Accepting connections: bounds, PROXY headers, drain. */
@NullMarked
package dev.selvedge.edge.proxy.listen;

import org.jspecify.annotations.NullMarked;

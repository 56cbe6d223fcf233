/** Which route a request takes: a pure function of its head. */
@NullMarked
package dev.selvedge.edge.proxy.route;

import org.jspecify.annotations.NullMarked;

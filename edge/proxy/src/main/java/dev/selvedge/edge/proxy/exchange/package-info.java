/** One request and its answer, seen without sockets or protocol versions. */
@NullMarked
package dev.selvedge.edge.proxy.exchange;

import org.jspecify.annotations.NullMarked;

/** Upstreams: balancing, pooled connections, retry, tunnels. */
@NullMarked
package dev.selvedge.edge.proxy.upstream;

import org.jspecify.annotations.NullMarked;

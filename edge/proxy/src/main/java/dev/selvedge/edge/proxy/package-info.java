/** The thin dataplane: listeners, routing, upstreams, services. The only place with event loops. */
@NullMarked
package dev.selvedge.edge.proxy;

import org.jspecify.annotations.NullMarked;

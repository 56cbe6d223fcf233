/** The proxy's side: calls to one agent over one connection, on one event loop. */
@NullMarked
package dev.selvedge.edge.protocol.client;

import org.jspecify.annotations.NullMarked;

/** From an address to a connection: which codec is spoken where. */
@NullMarked
package dev.selvedge.edge.protocol.transport;

import org.jspecify.annotations.NullMarked;

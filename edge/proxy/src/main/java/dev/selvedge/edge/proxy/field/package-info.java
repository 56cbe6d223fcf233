/** Which fields are believed, removed, added: field hygiene, client address, trace context. */
@NullMarked
package dev.selvedge.edge.proxy.field;

import org.jspecify.annotations.NullMarked;

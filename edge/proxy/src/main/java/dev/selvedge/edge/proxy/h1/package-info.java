/** HTTP/1.1 on the wire, read strictly and written plainly (RFC 9112, EDGE 2). */
@NullMarked
package dev.selvedge.edge.proxy.h1;

import org.jspecify.annotations.NullMarked;

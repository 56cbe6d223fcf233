/** The web application firewall's rule engine: a library without I/O on the request path. */
@NullMarked
package dev.selvedge.edge.waf;

import org.jspecify.annotations.NullMarked;

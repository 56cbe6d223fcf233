/** Byte-level text: requests are bytes and stay bytes. */
@NullMarked
package dev.selvedge.edge.waf.bytes;

import org.jspecify.annotations.NullMarked;

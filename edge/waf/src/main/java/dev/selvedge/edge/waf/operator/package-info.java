/** The operators (@…) over bytes, with libmodsecurity 3's results. */
@NullMarked
package dev.selvedge.edge.waf.operator;

import org.jspecify.annotations.NullMarked;

/** The transformations (t:…) over bytes, with libmodsecurity 3's results. */
@NullMarked
package dev.selvedge.edge.waf.transform;

import org.jspecify.annotations.NullMarked;

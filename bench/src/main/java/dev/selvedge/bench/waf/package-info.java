/** The rule engine against libmodsecurity, both in their own process, on the same bytes. */
@NullMarked
package dev.selvedge.bench.waf;

import org.jspecify.annotations.NullMarked;

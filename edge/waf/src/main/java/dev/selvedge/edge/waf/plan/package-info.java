/**
 * What is decided at load so that requests need not: rules whose outcome is known, the order of the
 * others, and which values concern them.
 */
@NullMarked
package dev.selvedge.edge.waf.plan;

import org.jspecify.annotations.NullMarked;

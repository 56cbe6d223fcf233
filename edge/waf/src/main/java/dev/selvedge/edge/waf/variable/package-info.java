/**
 * What rules look at: variable names, selectors, macros and the multimaps that hold request fields.
 */
@NullMarked
package dev.selvedge.edge.waf.variable;

import org.jspecify.annotations.NullMarked;

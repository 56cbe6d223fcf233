/** Evaluation of rules over one transaction. */
@NullMarked
package dev.selvedge.edge.waf.engine;

import org.jspecify.annotations.NullMarked;

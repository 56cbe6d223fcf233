/**
 * Regular expressions with the meaning that libmodsecurity 3 gives them, and a prefilter over many.
 *
 * <p>Pattern text → {@link dev.selvedge.edge.waf.rx.PatternParser} → {@link
 * dev.selvedge.edge.waf.rx.Node}. From the tree come both the exact matcher ({@link
 * dev.selvedge.edge.waf.rx.Rx}, a bounded backtracking machine over bytes) and the necessary
 * conditions of the {@link dev.selvedge.edge.waf.rx.Prefilter} (one caseless lazy DFA pass).
 */
@NullMarked
package dev.selvedge.edge.waf.rx;

import org.jspecify.annotations.NullMarked;

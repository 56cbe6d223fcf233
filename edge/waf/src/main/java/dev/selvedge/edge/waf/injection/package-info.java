/**
 * Detectors of SQL injection and cross-site scripting that answer exactly as libinjection 3.9 does,
 * in time linear in the value and without allocating where nothing is found.
 *
 * <p>{@link SqlInjection} and {@link Xss} are the two doors. A SQL value is cut into tokens, folded
 * to at most five, and the five kinds are looked up among the sequences that attacks make; a markup
 * value is read as HTML in each context in which it might stand.
 */
@NullMarked
package dev.selvedge.edge.waf.injection;

import org.jspecify.annotations.NullMarked;

/** The rule language after parsing: immutable rules, actions and settings. */
@NullMarked
package dev.selvedge.edge.waf.rule;

import org.jspecify.annotations.NullMarked;

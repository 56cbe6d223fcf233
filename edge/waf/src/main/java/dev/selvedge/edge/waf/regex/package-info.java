/** The one place where the rule engine meets its regular expression matcher. */
@NullMarked
package dev.selvedge.edge.waf.regex;

import org.jspecify.annotations.NullMarked;

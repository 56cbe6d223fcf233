/** The rule set that ships with this program: its files, its policy and its scoring. */
@NullMarked
package dev.selvedge.edge.waf.own;

import org.jspecify.annotations.NullMarked;

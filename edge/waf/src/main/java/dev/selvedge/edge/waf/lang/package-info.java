/** SecLang text to rules: every problem is reported with its file and line. */
@NullMarked
package dev.selvedge.edge.waf.lang;

import org.jspecify.annotations.NullMarked;

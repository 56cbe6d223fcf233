/** Figures, ratios and how they are shown; knows nothing of what was measured. */
@NullMarked
package dev.selvedge.bench.report;

import org.jspecify.annotations.NullMarked;

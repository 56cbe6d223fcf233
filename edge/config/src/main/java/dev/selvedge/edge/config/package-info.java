/** KDL 2 text to checked immutable records; every problem with file, line and column. */
@NullMarked
package dev.selvedge.edge.config;

import org.jspecify.annotations.NullMarked;

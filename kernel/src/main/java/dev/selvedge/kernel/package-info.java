/** Values that every module shares: no I/O, no threads, JDK only. */
@NullMarked
package dev.selvedge.kernel;

import org.jspecify.annotations.NullMarked;

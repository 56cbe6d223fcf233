/** The {@code selvedge} program: command line, supervision, admin; wiring by hand. */
@NullMarked
package dev.selvedge.app;

import org.jspecify.annotations.NullMarked;

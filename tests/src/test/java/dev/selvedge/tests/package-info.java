/** The whole system from outside: its architecture, its size, its documents, its examples. */
@NullMarked
package dev.selvedge.tests;

import org.jspecify.annotations.NullMarked;

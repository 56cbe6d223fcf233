/**
 * The `./selvedge bench` command: side by side against the peers, in one run, with the work
 * asserted before the speed (EDGE 9).
 */
@NullMarked
package dev.selvedge.bench;

import org.jspecify.annotations.NullMarked;

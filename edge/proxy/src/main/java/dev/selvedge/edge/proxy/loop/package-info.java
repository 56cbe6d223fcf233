/** What one event loop owns: timers, pools, counters. */
@NullMarked
package dev.selvedge.edge.proxy.loop;

import org.jspecify.annotations.NullMarked;

/** What was decided for each request, why, and how long it took; access lines; refusal lines. */
@NullMarked
package dev.selvedge.edge.proxy.record;

import org.jspecify.annotations.NullMarked;

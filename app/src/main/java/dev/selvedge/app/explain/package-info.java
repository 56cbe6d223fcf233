/**
 * What would happen to a request, and why, decided by the dataplane's own rules without traffic.
 */
@NullMarked
package dev.selvedge.app.explain;

import org.jspecify.annotations.NullMarked;

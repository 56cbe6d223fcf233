/**
 * {@code ./selvedge bench proxy}: this proxy, nginx and HAProxy in turn on one core, client and
 * upstream (C, one process) on the other (EDGE 9).
 */
@NullMarked
package dev.selvedge.bench.proxy;

import org.jspecify.annotations.NullMarked;

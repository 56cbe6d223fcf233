/** What answers a route by itself: files, a fixed answer, a redirect, an echo. */
@NullMarked
package dev.selvedge.edge.proxy.service;

import org.jspecify.annotations.NullMarked;

/** Messages as length-prefixed frames: the codec of unix sockets. */
@NullMarked
package dev.selvedge.edge.protocol.frames;

import org.jspecify.annotations.NullMarked;

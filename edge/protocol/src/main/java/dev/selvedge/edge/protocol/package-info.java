/** What proxy and agents say to each other: the messages, their bounds and what breaks them. */
@NullMarked
package dev.selvedge.edge.protocol;

import org.jspecify.annotations.NullMarked;

/** What an author of an agent uses: two interfaces, a call to answer, a server. */
@NullMarked
package dev.selvedge.edge.protocol.agent;

import org.jspecify.annotations.NullMarked;

/** The agents that the program brings along: one package each, all of them in one list. */
@NullMarked
package dev.selvedge.edge.agents;

import org.jspecify.annotations.NullMarked;

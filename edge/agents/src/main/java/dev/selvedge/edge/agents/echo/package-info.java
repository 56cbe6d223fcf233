/** The smallest useful agent: adds fields. Read it first. */
@NullMarked
package dev.selvedge.edge.agents.echo;

import org.jspecify.annotations.NullMarked;

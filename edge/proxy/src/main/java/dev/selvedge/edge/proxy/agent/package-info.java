/**
 * Asking agents: connections, permits, deadlines and breakers of each agent, and what becomes of
 * one exchange by what they advise.
 */
@NullMarked
package dev.selvedge.edge.proxy.agent;

import org.jspecify.annotations.NullMarked;

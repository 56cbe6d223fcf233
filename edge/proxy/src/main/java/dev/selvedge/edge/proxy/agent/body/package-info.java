/** Bodies on their way past agents: fan-out, replacing, holding; knows no exchange, no socket. */
@NullMarked
package dev.selvedge.edge.proxy.agent.body;

import org.jspecify.annotations.NullMarked;

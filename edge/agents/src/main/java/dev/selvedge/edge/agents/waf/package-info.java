/** The web application firewall as an agent: rules loaded, bodies gathered, verdicts explained. */
@NullMarked
package dev.selvedge.edge.agents.waf;

import org.jspecify.annotations.NullMarked;

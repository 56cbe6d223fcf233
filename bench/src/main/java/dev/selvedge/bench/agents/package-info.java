/** What one call to an agent costs the proxy's side: codec and transport alone, without a proxy. */
@NullMarked
package dev.selvedge.bench.agents;

import org.jspecify.annotations.NullMarked;

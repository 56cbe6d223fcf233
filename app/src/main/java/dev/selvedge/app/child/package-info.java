/**
 * Built-in agents as child processes: started, watched, replaced. {@code ChildPlan} decides, {@code
 * Supervisor} acts.
 */
@NullMarked
package dev.selvedge.app.child;

import org.jspecify.annotations.NullMarked;

package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.variable.Macro;
import org.jspecify.annotations.Nullable;

/**
 * An operator as a rule wrote it, with its compiled form.
 *
 * @param name the canonical name, for messages ({@code Rx}, {@code Contains})
 * @param argument the text after the name, before expansion
 * @param macro the text where it holds something to expand, for messages; else null
 * @param negated whether {@code !} stood before it
 *     <p>Immutable.
 */
public record OperatorSpec(
    String name, String argument, boolean negated, Operator operator, @Nullable Macro macro) {}

package dev.selvedge.edge.waf.body;

/**
 * Why a document is not valid, in libxml2's words as far as its users' logs know them.
 *
 * @param inRules whether the schema or DTD itself is at fault
 *     <p>Immutable.
 */
public record XmlProblem(String text, boolean inRules) {}

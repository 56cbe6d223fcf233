package dev.selvedge.edge.waf.engine;

import java.util.List;

/**
 * A rule that matched and wants to be reported.
 *
 * @param id the rule's, or its chain's first
 * @param severity 0 (emergency) to 7 (debug); -1 where the rule names none
 * @param variable what matched last, as {@code ARGS:name}
 * @param excerpt its value, cut and masked
 * @param audit whether the rule wants it in the audit log
 * @param text one line in libmodsecurity's words, which log tools know; not masked, so for the
 *     audit log only
 *     <p>Immutable.
 */
public record RuleMatch(
    long id,
    int phase,
    String message,
    String data,
    int severity,
    List<String> tags,
    String variable,
    String excerpt,
    boolean disruptive,
    boolean audit,
    String text) {}

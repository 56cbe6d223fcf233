package dev.selvedge.edge.waf.lang;

/** A line of a rule file. Immutable. */
record Place(String file, int line) {}

package dev.selvedge.edge.waf.rule;

/** How a request body is read. */
public enum BodyProcessor {
  URLENCODED,
  MULTIPART,
  JSON,
  XML
}

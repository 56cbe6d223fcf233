package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.Bytes;

/** SQL injection and cross-site scripting by structure rather than pattern. Immutable. */
final class InjectionOperators {
  private InjectionOperators() {}

  static boolean sql(byte[] value, Operator.Context context) {
    String fingerprint = context.sqlDetector().fingerprint(value, 0, value.length);
    if (fingerprint == null) {
      return false;
    }
    if (context.capturing()) {
      context.capture(0, Bytes.of(fingerprint));
      context.trace().line(7, "Added DetectSQLi match TX.0: " + fingerprint);
    }
    return true;
  }

  static boolean xss(byte[] value, Operator.Context context) {
    if (!context.xssDetector().detect(value, 0, value.length)) {
      return false;
    }
    if (context.capturing()) {
      context.capture(0, value);
      if (context.trace().on()) {
        context.trace().line(7, "Added DetectXSS match TX.0: " + Bytes.text(value));
      }
    }
    return true;
  }
}

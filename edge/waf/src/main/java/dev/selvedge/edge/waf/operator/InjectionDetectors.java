package dev.selvedge.edge.waf.operator;

import org.jspecify.annotations.Nullable;

/** The seam to the detectors of SQL injection and cross-site scripting. Immutable. */
final class InjectionDetectors {
  private InjectionDetectors() {}

  static @Nullable String sqlFingerprint(byte[] value) {
    return null;
  }

  static boolean xss(byte[] value) {
    return false;
  }
}

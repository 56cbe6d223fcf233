package dev.selvedge.edge.waf.injection;

import org.jspecify.annotations.Nullable;

/**
 * Says of a value whether libinjection 3.9.2 would call it SQL injection, and by which fingerprint.
 *
 * <p>Time is linear in the value (1 MiB of the worst known kind: see the tests); a value in which
 * nothing is found costs no allocation. Thread-safe: each thread has its own {@link SqlDetector}; a
 * caller that is confined to one thread may rather hold one itself.
 */
public final class SqlInjection {
  private static final ThreadLocal<SqlDetector> DETECTOR =
      ThreadLocal.withInitial(SqlDetector::new);

  private SqlInjection() {}

  /** The fingerprint of the attack in a value, null if there is none. */
  public static @Nullable String fingerprint(byte[] s, int off, int len) {
    int classes = ByteClasses.in(s, off, len);
    return ByteClasses.cannotBeSql(classes)
        ? null
        : DETECTOR.get().fingerprint(s, off, len, classes);
  }

  /** A cheap sound test: if true, {@link #fingerprint} is null. */
  public static boolean cannotMatch(byte[] s, int off, int len) {
    return ByteClasses.cannotBeSql(ByteClasses.in(s, off, len));
  }
}

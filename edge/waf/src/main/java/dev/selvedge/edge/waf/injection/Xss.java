package dev.selvedge.edge.waf.injection;

/**
 * Says of a value whether libinjection 3.9.2 would call it cross-site scripting.
 *
 * <p>Time is linear in the value and nothing is allocated. Thread-safe: each thread has its own
 * {@link XssDetector}; a caller that is confined to one thread may rather hold one itself.
 */
public final class Xss {
  private static final ThreadLocal<XssDetector> DETECTOR =
      ThreadLocal.withInitial(XssDetector::new);

  private Xss() {}

  /** Whether a value is cross-site scripting. */
  public static boolean detect(byte[] s, int off, int len) {
    int classes = ByteClasses.in(s, off, len);
    return !ByteClasses.cannotBeXss(classes) && DETECTOR.get().detect(s, off, len, classes);
  }

  /** A cheap sound test: if true, {@link #detect} is false. */
  public static boolean cannotMatch(byte[] s, int off, int len) {
    return ByteClasses.cannotBeXss(ByteClasses.in(s, off, len));
  }
}

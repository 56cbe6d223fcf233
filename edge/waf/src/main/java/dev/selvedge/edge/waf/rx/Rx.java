package dev.selvedge.edge.waf.rx;

import java.util.Set;

/**
 * A regular expression that matches exactly what PCRE2 10.42 matches for libmodsecurity 3: bytes,
 * no UTF, C locale, newline is LF. Immutable.
 *
 * <p>Why an own machine and not {@code java.util.regex}: that one recurses on the Java stack
 * ({@code (a|b)*} overflows it on a few thousand bytes), differs from PCRE in captures, lookbehind
 * and classes, and cannot be stopped but by throwing from {@code charAt}. This one backtracks on an
 * own bounded stack, counts its steps, and decides by the next byte where it can. Measured over the
 * 318 regexes of CRS 4 and its test strings ({@code RxTimingTest}): 0.3 µs a find against 1.7 µs.
 */
public final class Rx {

  private final String pattern;
  private final Node node;
  private final Program program;

  private Rx(String pattern, Node node, Program program) {
    this.pattern = pattern;
    this.node = node;
    this.program = program;
  }

  /**
   * Compiles the argument of an {@code @rx}. Each char is one byte (0–255). libmodsecurity takes an
   * empty argument of {@code @rx} as true, which is the caller's to do.
   *
   * @throws RxSyntaxException where PCRE2 would refuse, or where the pattern uses what no part here
   *     can take
   */
  public static Rx compile(String pattern) throws RxSyntaxException {
    return compile(pattern, RxFlag.OF_OPERATORS);
  }

  /**
   * Compiles with other options than those of {@code @rx}.
   *
   * @throws RxSyntaxException as {@link #compile(String)}
   */
  public static Rx compile(String pattern, Set<RxFlag> flags) throws RxSyntaxException {
    PatternParser.Parsed parsed = PatternParser.parse(pattern, flags);
    Program program = ProgramCompiler.compile(parsed.node(), parsed.groups());
    return new Rx(pattern, parsed.node(), program);
  }

  /** The number of capturing groups, the whole match not counted. */
  public int groups() {
    return program.groups();
  }

  /** Bytes of which every match holds one; all bytes where nothing better is known. */
  public boolean[] requiredBytes() {
    return Required.of(node);
  }

  /** Every text that matches holds one of these {@link Sketch}es. */
  public long[] sketches() {
    return Sketch.of(node);
  }

  public RxMatcher matcher() {
    return new RxMatcher(program);
  }

  Program program() {
    return program;
  }

  Node node() {
    return node;
  }

  @Override
  public String toString() {
    return pattern;
  }
}

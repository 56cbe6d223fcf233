package dev.selvedge.edge.waf.rx;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** PCRE's compile options that libmodsecurity 3 uses. */
public enum RxFlag {
  /** ASCII letters match in both cases; bytes from 0x80 have no case (C locale, no UTF). */
  CASELESS,
  /** {@code .} matches a newline as well. */
  DOTALL,
  /** {@code ^} and {@code $} match at inner lines too. */
  MULTILINE;

  /**
   * The options of {@code @rx}, {@code @rxGlobal} and, with {@link #CASELESS} added, of variable
   * selectors: seen by intercepting {@code pcre2_compile} under libmodsecurity 3.0.9 (0x420,
   * 0x428).
   */
  public static final Set<RxFlag> OF_OPERATORS =
      Collections.unmodifiableSet(EnumSet.of(DOTALL, MULTILINE));

  /** {@link #OF_OPERATORS} with {@link #CASELESS}. */
  public static final Set<RxFlag> OF_SELECTORS =
      Collections.unmodifiableSet(EnumSet.allOf(RxFlag.class));
}

package dev.selvedge.edge.waf.injection;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The real libinjection 3.9.2, as Debian's libmodsecurity3 carries and exports it; called in
 * process.
 *
 * <p>Each call copies the value into native memory with a NUL behind it. Not thread-safe.
 */
final class Libinjection implements AutoCloseable {
  static final int QUOTE_NONE = 1;
  static final int QUOTE_SINGLE = 2;
  static final int QUOTE_DOUBLE = 4;
  static final int ANSI = 8;
  static final int MYSQL = 16;

  private static final String LIBRARY = "libmodsecurity.so.3";
  private static final int VALUE_MAX = 1 << 16;

  /** Ample room for the library's state, which is opaque here. */
  private static final int STATE_BYTES = 4096;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment value = arena.allocate(VALUE_MAX + 1);
  private final MemorySegment state = arena.allocate(STATE_BYTES);
  private final MethodHandle sqli;
  private final MethodHandle init;
  private final MethodHandle fingerprint;
  private final MethodHandle xss;
  private final MethodHandle isXss;

  private Libinjection(SymbolLookup library) {
    sqli = function(library, "libinjection_sqli", INT, POINTER, SIZE, POINTER);
    xss = function(library, "libinjection_xss", INT, POINTER, SIZE);
    isXss = function(library, "libinjection_is_xss", INT, POINTER, SIZE, INT);
    fingerprint = function(library, "libinjection_sqli_fingerprint", POINTER, POINTER, INT);
    init = procedure(library, "libinjection_sqli_init", POINTER, POINTER, SIZE, INT);
  }

  /** Opens the library; skips the test, or fails it where peers are required, if it is missing. */
  @SuppressWarnings("restricted")
  static Libinjection open() {
    try {
      return new Libinjection(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
    } catch (IllegalArgumentException e) {
      String why = LIBRARY + " was not found (Debian: libmodsecurity3)";
      if (LibinjectionSuite.required("peers")) {
        throw new AssertionError(why, e);
      }
      return Assumptions.<Libinjection>abort(why);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      SymbolLookup library, String name, ValueLayout result, ValueLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle procedure(
      SymbolLookup library, String name, ValueLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  private void load(byte[] s) {
    MemorySegment.copy(s, 0, value, ValueLayout.JAVA_BYTE, 0, s.length);
    value.set(ValueLayout.JAVA_BYTE, s.length, (byte) 0);
  }

  /** The fingerprint of the attack, null if there is none. */
  @Nullable String sqli(byte[] s) {
    load(s);
    try {
      boolean attack = (int) sqli.invokeExact(value, (long) s.length, state) != 0;
      return attack ? state.getString(0, StandardCharsets.ISO_8859_1) : null;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The folded kinds in one context, whether they convict or not. */
  @SuppressWarnings("restricted")
  String sequence(byte[] s, int flags) {
    load(s);
    try {
      init.invokeExact(state, value, (long) s.length, flags);
      MemorySegment letters = (MemorySegment) fingerprint.invokeExact(state, flags);
      return letters.reinterpret(16).getString(0, StandardCharsets.ISO_8859_1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  boolean xss(byte[] s) {
    load(s);
    try {
      return (int) xss.invokeExact(value, (long) s.length) != 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Whether a value harms in one place of a page. */
  boolean xss(byte[] s, HtmlTokenizer.Place place) {
    load(s);
    try {
      return (int) isXss.invokeExact(value, (long) s.length, number(place)) != 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int number(HtmlTokenizer.Place place) {
    return switch (place) {
      case TEXT -> 0;
      case TAG -> 1;
      case SINGLE_QUOTED -> 2;
      case DOUBLE_QUOTED -> 3;
      case BACK_QUOTED -> 4;
    };
  }

  @Override
  public void close() {
    arena.close();
  }
}

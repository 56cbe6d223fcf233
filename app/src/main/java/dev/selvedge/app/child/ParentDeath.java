package dev.selvedge.app.child;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Asks the system to kill this process when the thread that started it ends, however that happens.
 * Linux only: {@code prctl(2)}, PR_SET_PDEATHSIG. The wish belongs to the calling thread, which
 * therefore has to live as long as the process.
 */
public final class ParentDeath {

  private static final int SET_PARENT_DEATH_SIGNAL = 1;
  private static final int GET_DUMPABLE = 3;
  private static final long SIGKILL = 9;

  private ParentDeath() {}

  /**
   * Asks for the signal, then looks whether the parent is still the one that is meant: it may have
   * ended before the wish was heard.
   *
   * @return false where the parent is another by now
   * @throws IllegalStateException if the system does not grant the wish
   */
  public static boolean follow(long parent) {
    int result;
    try {
      result = (int) prctl().invokeExact(SET_PARENT_DEATH_SIGNAL, SIGKILL, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("prctl cannot be called", e);
    }
    if (result != 0) {
      throw new IllegalStateException("no parent-death signal: prctl says " + result);
    }
    return isChildOf(parent);
  }

  /** Calls the system without a wish: whether the process may be dumped. */
  static void rehearse() {
    try {
      int _ = (int) prctl().invokeExact(GET_DUMPABLE, 0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("prctl cannot be called", e);
    }
  }

  static boolean isChildOf(long parent) {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L) == parent;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle prctl() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    FunctionDescriptor form =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    return linker.downcallHandle(
        lookup.findOrThrow("prctl"), form, Linker.Option.firstVariadicArg(1));
  }
}

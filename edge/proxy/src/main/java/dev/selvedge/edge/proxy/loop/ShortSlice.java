package dev.selvedge.edge.proxy.loop;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Asks the system to run the calling thread in short turns, so that it gets its core at once when
 * something is there for it: beside a thread that computes (a compiler, a collector, an agent, a
 * neighbour) a waking loop otherwise waits until the other's turn of 1.4 ms and more is over. The
 * thread's share of the core stays what it was.
 *
 * <p>Linux 6.12 and later hear the wish ({@code sched_setattr(2)}: {@code sched_runtime} of a
 * normal thread); earlier ones take it and do nothing. A system that does not know the call, or
 * forbids it, costs latency only, so nothing is said. Thread-safe.
 */
public final class ShortSlice {

  /** A loop's turn is over in about that time: some ten small requests. */
  static final long NANOS = 100_000;

  /** {@code struct sched_attr}, first version. */
  private static final long ATTRIBUTES_BYTES = 48;

  private static final long RUNTIME_OFFSET = 24;

  private ShortSlice() {}

  /** Asks for the calling thread; to be called once, when it starts. */
  public static void ask() {
    long call = callNumber();
    if (call == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, Long.BYTES);
      attributes.set(ValueLayout.JAVA_INT, 0, (int) ATTRIBUTES_BYTES);
      attributes.set(ValueLayout.JAVA_LONG, RUNTIME_OFFSET, NANOS);
      long _ = (long) systemCall().invokeExact(call, 0L, attributes, 0L);
    } catch (Throwable unheard) {
      // The loop runs in turns of the usual length.
    }
  }

  private static long callNumber() {
    return switch (System.getProperty("os.arch", "")) {
      case "amd64" -> 314;
      case "aarch64" -> 274;
      default -> 0;
    };
  }

  @SuppressWarnings("restricted")
  private static MethodHandle systemCall() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor form =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG);
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"), form, Linker.Option.firstVariadicArg(1));
  }
}

package dev.selvedge.app;

import java.lang.reflect.Proxy;

/**
 * Signals of the system, by reflection: the class that handles them is supported but not in a
 * module that the compiler lets us name without a warning. Thread-safe.
 */
final class Signals {

  private Signals() {}

  /** Runs the action on its own thread whenever the signal (such as {@code HUP}) comes. */
  @SuppressWarnings("ReferenceEquality")
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "signal handler";
                  });
      Object instance = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
    } catch (ReflectiveOperationException unavailable) {
      throw new IllegalStateException("cannot handle signal " + name, unavailable);
    }
  }
}

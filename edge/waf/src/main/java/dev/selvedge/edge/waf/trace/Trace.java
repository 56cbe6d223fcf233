package dev.selvedge.edge.waf.trace;

/**
 * Receives a line for each step of an evaluation, in the words of libmodsecurity's debug log, which
 * rule authors know and which its regression suite tests.
 *
 * <p>Off on the normal path: {@link #on} is asked before a line is built.
 */
public interface Trace {
  /** Says nothing. */
  Trace OFF =
      new Trace() {
        @Override
        public boolean on() {
          return false;
        }

        @Override
        public void line(int level, String text) {}
      };

  /** Whether lines are wanted at all. */
  boolean on();

  /** One line; level 1 (errors) to 9 (everything). */
  void line(int level, String text);
}

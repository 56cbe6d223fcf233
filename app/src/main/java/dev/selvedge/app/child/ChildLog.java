package dev.selvedge.app.child;

/** The program's own log. Thread-safe. */
@FunctionalInterface
public interface ChildLog {

  /**
   * Writes a line.
   *
   * @param members further ones, already JSON, such as {@code ,"ms":12}
   */
  void line(String level, String message, String members);
}

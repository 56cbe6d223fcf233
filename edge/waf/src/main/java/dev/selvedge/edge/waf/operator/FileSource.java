package dev.selvedge.edge.waf.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where rule files and data files come from; the engine itself does no I/O. */
public interface FileSource {
  /**
   * Reads a file.
   *
   * @param name as written in the rule
   * @param includer the file that names it, as this source names files; empty at the top
   * @return the bytes, or null where there is no such file
   */
  byte @Nullable [] read(String name, String includer);

  /** A program that rules may ask; null where there is none, as in any source that runs none. */
  default @Nullable Inspector inspector(String name, String includer) {
    return null;
  }

  /** The files that an Include means, sorted; a name without wildcard means itself. */
  List<String> expand(String pattern, String includer);
}

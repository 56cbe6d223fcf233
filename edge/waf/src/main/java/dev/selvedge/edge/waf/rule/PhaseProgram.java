package dev.selvedge.edge.waf.rule;

import java.util.List;

/**
 * The rules of one phase in order, and where each marker stands between them.
 *
 * @param rules in the order in which they were read
 * @param markers in order; a marker at {@code before} stands before that rule's index
 *     <p>Immutable.
 */
public record PhaseProgram(List<Rule> rules, List<Marker> markers) {
  public record Marker(String name, int before) {}

  /**
   * The index at which evaluation goes on after a skip from {@code index}; -1 for no such marker.
   */
  public int after(String marker, int index) {
    for (Marker m : markers) {
      if (m.before() >= index && m.name().equals(marker)) {
        return m.before();
      }
    }
    return -1;
  }
}

package dev.selvedge.edge.waf.rule;

import java.util.List;
import java.util.Map;

/**
 * The rules of one phase in order, and where each marker stands between them.
 *
 * @param rules in the order in which they were read
 * @param markers for each name, in order, before which rules' indexes it stands
 *     <p>Immutable.
 */
public record PhaseProgram(List<Rule> rules, Map<String, List<Integer>> markers) {

  /**
   * The index at which evaluation goes on after a skip from {@code index}; -1 for no such marker.
   */
  public int after(String marker, int index) {
    List<Integer> places = markers.getOrDefault(marker, List.of());
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i) >= index) {
        return places.get(i);
      }
    }
    return -1;
  }
}

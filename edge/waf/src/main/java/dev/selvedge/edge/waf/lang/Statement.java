package dev.selvedge.edge.waf.lang;

import java.util.List;

/** One directive with its arguments, quotes and continuations resolved. Immutable. */
record Statement(Place place, String directive, List<String> arguments) {
  String argument(int index) {
    return index < arguments.size() ? arguments.get(index) : "";
  }
}

package dev.selvedge.edge.waf.variable;

/**
 * One entry of a rule's variable list: {@code VARIABLE}, {@code VARIABLE:name}, {@code
 * VARIABLE:/regex/}, and with {@code &} their number instead of their values.
 *
 * <p>Immutable.
 */
public record Target(Variable variable, Selector selector, boolean count) {
  /**
   * Whether this entry, read as an exclusion, takes a value of that variable and name out.
   *
   * <p>A pattern holds for all views of the same data (ARGS for ARGS_NAMES); libmodsecurity even
   * holds it against every variable there is.
   */
  public boolean excludes(Variable other, byte[] name) {
    boolean family = selector instanceof Selector.Matching && variable.sameData(other);
    return (variable == other || family) && selector.chooses(name);
  }

  /** As the rule wrote it, for messages. */
  public String text() {
    String prefix = count ? "&" + variable : variable.toString();
    return switch (selector) {
      case Selector.All _ -> prefix;
      case Selector.Named n -> prefix + ":" + n.text();
      case Selector.Matching m -> prefix + ":/" + m.pattern().source() + "/";
    };
  }
}

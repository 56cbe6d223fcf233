package dev.selvedge.edge.config.kdl;

/**
 * A place in a text, as an editor counts: lines end with LF, CR LF or CR (KDL's other newlines are
 * columns like any character), columns are code points. Immutable.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(Source source, int line, int column) {

  @Override
  public String toString() {
    return source.name() + ":" + line + ":" + column;
  }
}

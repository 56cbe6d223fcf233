package dev.selvedge.edge.config.kdl;

/**
 * A place in a text, as an editor counts: lines end with LF, CR LF or CR (KDL's other newlines are
 * columns like any character), columns are code points. Immutable.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(Source source, int line, int column) implements Comparable<Place> {

  /** By line and column; for places of one text. */
  @Override
  public int compareTo(Place other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    return source.name() + ":" + line + ":" + column;
  }
}

package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.KdlNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the node of a key is read. Implementations are immutable.
 *
 * @param <T> what is read
 */
public interface Type<T> {

  /** What may be written, as the reference shows it: {@code whole number, 1–64}. */
  String text();

  /** Endings of the key that fix a unit: a key {@code idle} is also read as {@code idle-ms}. */
  default List<String> suffixes() {
    return List.of();
  }

  /**
   * Reads a node named by the key and the suffix.
   *
   * @return null after a problem was reported
   */
  @Nullable T read(KdlNode node, String suffix, Report report);
}

package dev.selvedge.edge.config.schema;

import dev.selvedge.edge.config.kdl.KdlDocument;
import dev.selvedge.edge.config.kdl.KdlParser;
import dev.selvedge.edge.config.kdl.Source;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one descriptor of one key. Immutable.
 *
 * @param path blocks and name, such as {@code system.limits.max-connections}
 * @param defaultText the default as an operator would write it; it is read by the same code as
 *     theirs. Null where there is none
 * @param meaning one sentence for the reference
 * @param proof {@code Class#method} of the test that shows that the key acts
 */
public record Key<T>(
    String path,
    Type<T> type,
    Presence presence,
    @Nullable String defaultText,
    String meaning,
    String proof) {

  /** How often a key may stand in its block. */
  public enum Presence {
    REQUIRED,
    OPTIONAL,
    /** Any number of times; each adds to the ones before. */
    REPEATED
  }

  public static <T> Key<T> required(String path, Type<T> type, String meaning, String proof) {
    return new Key<>(path, type, Presence.REQUIRED, null, meaning, proof);
  }

  public static <T> Key<T> optional(String path, Type<T> type, String meaning, String proof) {
    return new Key<>(path, type, Presence.OPTIONAL, null, meaning, proof);
  }

  public static <T> Key<T> withDefault(
      String path, Type<T> type, String defaultText, String meaning, String proof) {
    return new Key<>(path, type, Presence.OPTIONAL, defaultText, meaning, proof);
  }

  public static <T> Key<T> repeated(String path, Type<T> type, String meaning, String proof) {
    return new Key<>(path, type, Presence.REPEATED, null, meaning, proof);
  }

  /** Paths are unique, so keys are equal where their paths are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key<?> that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  /** The last part of the path: what is written. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** A value of this key in words: {@code 30s}, {@code 10,000}. */
  public String show(T value) {
    return switch (value) {
      case Duration time -> Shown.duration(time);
      case Integer number -> Shown.number(number);
      default -> String.valueOf(value);
    };
  }

  /** The default. Only for keys that have one. */
  T defaultValue() {
    Report report = new Report(word -> null);
    Source source = new Source("the default of " + path, Path.of(""));
    KdlDocument document = KdlParser.parse(source, name() + " " + defaultText);
    @Nullable T value =
        document.errors().isEmpty() ? type.read(document.nodes().getFirst(), "", report) : null;
    if (value == null) {
      throw new AssertionError("unreadable: " + source.name() + " " + report.sorted());
    }
    return value;
  }
}

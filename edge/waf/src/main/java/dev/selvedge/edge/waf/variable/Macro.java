package dev.selvedge.edge.waf.variable;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text with {@code %{VARIABLE}} and {@code %{VARIABLE.name}} parts, parsed once at load.
 *
 * <p>Immutable.
 */
public final class Macro {
  /** Where a macro reads its variables. */
  @FunctionalInterface
  public interface Scope {
    /** The variable's (first) value; empty where there is none. */
    byte[] value(Variable variable, Selector selector);
  }

  private sealed interface Part {
    @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
    record Text(byte[] bytes) implements Part {}

    record Reference(Variable variable, Selector selector) implements Part {}
  }

  private final String source;
  private final List<Part> parts;
  private final byte @Nullable [] constant;
  private final @Nullable Name name;

  private Macro(String source, List<Part> parts) {
    this.source = source;
    this.parts = List.copyOf(parts);
    this.constant = parts.stream().allMatch(Part.Text.class::isInstance) ? Bytes.of(source) : null;
    this.name = constant == null ? null : Name.of(constant);
  }

  /**
   * Parses a text.
   *
   * @throws IllegalArgumentException where a part names no variable
   */
  public static Macro parse(String source) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    int open;
    while ((open = source.indexOf("%{", at)) >= 0) {
      int close = source.indexOf('}', open);
      if (close < 0) {
        break;
      }
      if (open > at) {
        parts.add(new Part.Text(Bytes.of(source.substring(at, open))));
      }
      parts.add(reference(source.substring(open + 2, close)));
      at = close + 1;
      if (source.startsWith("%", at) && !source.startsWith("%{", at)) {
        at++; // %{NAME}% is an old way of writing it
      }
    }
    if (at < source.length() || parts.isEmpty()) {
      parts.add(new Part.Text(Bytes.of(source.substring(at))));
    }
    return new Macro(source, parts);
  }

  private static Part reference(String text) {
    int dot = indexOfSeparator(text);
    String head = dot < 0 ? text : text.substring(0, dot);
    Variable variable = Variable.named(head);
    if (variable == null) {
      throw new IllegalArgumentException("unknown variable in macro: %{" + text + "}");
    }
    Selector selector = dot < 0 ? Selector.ALL : Selector.parse(text.substring(dot + 1));
    return new Part.Reference(variable, selector);
  }

  private static int indexOfSeparator(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '.' || text.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  public String source() {
    return source;
  }

  /** The bytes where nothing is to be expanded, else null. */
  public byte @Nullable [] constant() {
    return constant;
  }

  /** The text as a name. */
  public Name name(Scope scope) {
    Name fixed = name;
    return fixed != null ? fixed : Name.of(expand(scope));
  }

  /** What stands before the first reference. */
  public byte[] constantPrefix() {
    return switch (parts.getFirst()) {
      case Part.Text t -> t.bytes();
      case Part.Reference _ -> Bytes.EMPTY;
    };
  }

  /** The text with every reference replaced. */
  public byte[] expand(Scope scope) {
    byte[] fixed = constant;
    if (fixed != null) {
      return fixed;
    }
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Reference only) {
      return scope.value(only.variable(), only.selector());
    }
    byte[][] values = new byte[parts.size()][];
    int size = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (parts.get(i)) {
            case Part.Text t -> t.bytes();
            case Part.Reference r -> scope.value(r.variable(), r.selector());
          };
      size += values[i].length;
    }
    byte[] out = new byte[size];
    int at = 0;
    for (byte[] value : values) {
      System.arraycopy(value, 0, out, at, value.length);
      at += value.length;
    }
    return out;
  }

  @Override
  public String toString() {
    return source;
  }
}

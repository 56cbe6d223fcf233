package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlValue;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Shown;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.schema.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of keys that are not measures and not blocks. */
public final class Types {

  /** Turns a string into a value, or reports why it is none and returns null. */
  public interface Reader<T> {
    @Nullable T read(String text, Spot spot);
  }

  private Types() {}

  static boolean inRange(BigInteger value, long min, long max) {
    return value.compareTo(BigInteger.valueOf(min)) >= 0
        && value.compareTo(BigInteger.valueOf(max)) <= 0;
  }

  /** {@code #true} or {@code #false}. */
  public record Switch() implements Type<Boolean> {

    @Override
    public String text() {
      return "`#true` or `#false`";
    }

    @Override
    public @Nullable Boolean read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument = Shape.only(node, report, "#true or #false");
      if (argument == null) {
        return null;
      }
      if (argument.value() instanceof KdlValue.Flag(boolean value)) {
        return value;
      }
      @Nullable String meant =
          argument.value() instanceof KdlValue.Text(String text)
              ? switch (text) {
                case "yes", "on", "true" -> "#true";
                case "no", "off", "false" -> "#false";
                default -> null;
              }
              : null;
      report.problem(
          argument.place(),
          node.name() + " takes #true or #false, not " + Shape.kind(argument.value()),
          meant);
      return null;
    }
  }

  /** A whole number from {@code min} to {@code max}. */
  public record Whole(int min, int max) implements Type<Integer> {

    @Override
    public String text() {
      return "whole number, " + Shown.number(min) + " to " + Shown.number(max);
    }

    @Override
    public @Nullable Integer read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument = Shape.only(node, report, "a whole number");
      return argument == null
          ? null
          : read(argument, new Spot(node.name(), argument.place(), report));
    }

    @Nullable Integer read(Argument argument, Spot spot) {
      if (!(argument.value() instanceof KdlValue.Whole(BigInteger value))) {
        @Nullable String unquoted =
            argument.value() instanceof KdlValue.Text(String text) && text.matches("-?[0-9]{1,9}")
                ? text
                : null;
        return spot.refuse(
            spot.key() + " takes a whole number, not " + Shape.kind(argument.value()), unquoted);
      }
      return inRange(value, min, max)
          ? value.intValueExact()
          : spot.refuse(spot.key() + " must be " + Shown.number(min) + " to " + Shown.number(max));
    }
  }

  /**
   * One of a few words, each standing for a value.
   *
   * @param later words that the design plans and this version does not have
   */
  public record Choice<E>(Map<String, E> words, List<String> later) implements Type<E> {

    public static <E> Choice<E> of(String word, E value) {
      return new Choice<>(Map.of(word, value), List.of());
    }

    public Choice<E> or(String word, E value) {
      Map<String, E> more = new LinkedHashMap<>(words);
      more.put(word, value);
      return new Choice<>(more, later);
    }

    public Choice<E> later(String... planned) {
      return new Choice<>(words, List.of(planned));
    }

    private String listed(String quote) {
      StringBuilder out = new StringBuilder();
      int left = words.size();
      for (String word : words.keySet()) {
        out.append(quote).append(word).append(quote);
        out.append(--left > 1 ? ", " : left == 1 ? " or " : "");
      }
      return out.toString();
    }

    @Override
    public String text() {
      return listed("`");
    }

    @Override
    public @Nullable E read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument = Shape.only(node, report, listed("\""));
      if (argument == null) {
        return null;
      }
      @Nullable String word = Shape.text(node, argument, report, listed("\""));
      if (word == null) {
        return null;
      }
      @Nullable E value = words.get(word);
      if (value == null && later.contains(word)) {
        report.problem(
            argument.place(),
            node.name()
                + " \""
                + word
                + "\" is not available in this version, only "
                + listed("\""));
      } else if (value == null) {
        report.problem(
            argument.place(),
            node.name() + " takes " + listed("\"") + ", not \"" + word + "\"",
            Nearest.of(word, words.keySet()));
      }
      return value;
    }
  }

  /** One whole number out of a few. */
  public record OneOf(List<Integer> numbers) implements Type<Integer> {

    @Override
    public String text() {
      return numbers.toString().replaceAll("[\\[\\]]", "");
    }

    @Override
    public @Nullable Integer read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument = Shape.only(node, report, "one of " + text());
      if (argument == null) {
        return null;
      }
      if (argument.value() instanceof KdlValue.Whole(BigInteger value)
          && inRange(value, 0, Integer.MAX_VALUE)
          && numbers.contains(value.intValueExact())) {
        return value.intValueExact();
      }
      report.problem(argument.place(), node.name() + " takes one of " + text());
      return null;
    }
  }

  /**
   * One string.
   *
   * @param text what it is, for the reference and for messages
   */
  public record Text<T>(String text, Reader<T> reader) implements Type<T> {

    @Override
    public @Nullable T read(KdlNode node, String suffix, Report report) {
      @Nullable Argument argument = Shape.only(node, report, "text (" + text + ")");
      if (argument == null) {
        return null;
      }
      @Nullable String value = Shape.text(node, argument, report, "text (" + text + ")");
      return value == null
          ? null
          : reader.read(value, new Spot(node.name(), argument.place(), report));
    }
  }

  /** One string or more. */
  public record Texts<T>(String each, Reader<T> reader) implements Type<List<T>> {

    @Override
    public String text() {
      return each + ", one or more";
    }

    @Override
    public List<T> read(KdlNode node, String suffix, Report report) {
      Shape.withoutProperties(node, report, List.of());
      Shape.withoutChildren(node, report);
      if (node.arguments().isEmpty()) {
        report.problem(node.place(), node.name() + " needs text (" + each + ")");
      }
      List<T> values = new ArrayList<>();
      for (Argument argument : node.arguments()) {
        @Nullable String text = Shape.text(node, argument, report, "text (" + each + ")");
        @Nullable T value =
            text == null
                ? null
                : reader.read(text, new Spot(node.name(), argument.place(), report));
        if (value != null && values.contains(value)) {
          report.problem(argument.place(), "\"" + text + "\" is written twice");
        } else if (value != null) {
          values.add(value);
        }
      }
      return values;
    }
  }
}

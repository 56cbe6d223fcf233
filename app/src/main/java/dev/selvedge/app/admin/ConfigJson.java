package dev.selvedge.app.admin;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.proxy.record.JsonText;
import dev.selvedge.kernel.ByteSize;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration record as JSON: every component, defaults included, secrets masked.
 *
 * <p>Walks the components of the records, so a new key cannot be forgotten. Masked is what is
 * called a token, password, secret or key, every value that a route sets in a field or asks of a
 * field or a parameter, and all that an agent's own block says: those are credentials as often as
 * not. Sizes are bytes, durations milliseconds, said in the name. Immutable.
 */
final class ConfigJson {

  private static final String MASKED = "\"***\"";
  private static final List<String> SECRETS = List.of("token", "password", "secret", "key");

  private ConfigJson() {}

  /** The record, indented, with a line feed at its end. */
  static String of(Record config) {
    StringBuilder out = new StringBuilder(4096);
    value(config, 0, out);
    return out.append('\n').toString();
  }

  private static void value(@Nullable Object value, int depth, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Boolean bool -> out.append(bool);
      case Number number -> out.append(number);
      case Duration duration -> out.append(duration.toMillis());
      case ByteSize size -> out.append(size.bytes());
      case Enum<?> constant -> JsonText.quote(words(constant.name(), '_'), out);
      case Address address -> JsonText.quote(address.toString(), out);
      case Cidr cidr -> JsonText.quote(cidr.toString(), out);
      case Path path -> JsonText.quote(path.toString(), out);
      case Place place -> JsonText.quote(place.toString(), out);
      case KdlNode node -> edit("node", node.name(), out);
      case Map<?, ?> map -> map(map, depth, out);
      case Collection<?> list -> list(list, depth, out);
      case FieldEdit.Set set -> edit("set", set.name(), out);
      case FieldEdit.Add add -> edit("add", add.name(), out);
      case FieldMatch match when match.value() != null -> edit("name", match.name(), out);
      case QueryMatch match when match.value() != null -> edit("name", match.name(), out);
      case FieldEdit.Remove remove -> edit("remove", remove.name(), out);
      case Record inner -> members(inner, depth, out);
      default -> JsonText.quote(value.toString(), out);
    }
  }

  private static void edit(String what, String name, StringBuilder out) {
    out.append("{\"").append(what).append("\": ");
    JsonText.quote(name, out);
    out.append(what.equals("remove") ? "}" : ", \"value\": " + MASKED + "}");
  }

  private static void members(Record inner, int depth, StringBuilder out) {
    out.append('{');
    String separator = "";
    if (inner.getClass().getInterfaces().length > 0) {
      out.append(indent(depth + 1)).append("\"type\": ");
      JsonText.quote(words(inner.getClass().getSimpleName(), ' '), out);
      separator = ",";
    }
    for (RecordComponent component : inner.getClass().getRecordComponents()) {
      Object value = read(inner, component);
      out.append(separator).append(indent(depth + 1));
      JsonText.quote(name(component.getName(), value), out);
      out.append(": ");
      if (value != null && SECRETS.contains(component.getName())) {
        out.append(MASKED);
      } else {
        value(value, depth + 1, out);
      }
      separator = ",";
    }
    out.append(separator.isEmpty() ? "}" : indent(depth) + "}");
  }

  private static @Nullable Object read(Record owner, RecordComponent component) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component.toString(), e);
    }
  }

  private static String name(String component, @Nullable Object value) {
    String unit =
        switch (value) {
          case Duration duration -> "-ms";
          case ByteSize size -> "-bytes";
          case null, default -> "";
        };
    return words(component, ' ') + unit;
  }

  private static void map(Map<?, ?> map, int depth, StringBuilder out) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator).append(indent(depth + 1));
      JsonText.quote(String.valueOf(entry.getKey()), out);
      out.append(": ");
      value(entry.getValue(), depth + 1, out);
      separator = ",";
    }
    out.append(map.isEmpty() ? "}" : indent(depth) + "}");
  }

  private static void list(Collection<?> list, int depth, StringBuilder out) {
    out.append('[');
    String separator = "";
    for (Object each : list) {
      out.append(separator).append(indent(depth + 1));
      value(each, depth + 1, out);
      separator = ",";
    }
    out.append(list.isEmpty() ? "]" : indent(depth) + "]");
  }

  private static String indent(int depth) {
    return "\n" + "  ".repeat(depth);
  }

  /** {@code maxBody} and {@code MAX_BODY} as {@code max-body}. */
  private static String words(String name, char between) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean starts = between == ' ' && i > 0 && Character.isUpperCase(c);
      out.append(starts ? "-" : "").append(c == between ? '-' : c);
    }
    return out.toString().toLowerCase(Locale.ROOT);
  }
}

package dev.selvedge.edge.protocol;

import dev.selvedge.kernel.HttpHead;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A message as JSON, component by component; bytes in hex. What golden files hold. */
public final class Described {

  private Described() {}

  public static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case String text -> quoted(text);
      case Enum<?> constant -> quoted(constant.name().toLowerCase(Locale.ROOT));
      case byte[] bytes -> quoted(HexFormat.of().formatHex(bytes));
      case List<?> list -> list(list);
      case HttpHead head -> head(head);
      case Record message -> message(message);
      default -> throw new IllegalArgumentException(value.getClass().getName());
    };
  }

  private static String message(Record message) {
    StringJoiner parts = new StringJoiner(",", "{", "}");
    parts.add("\"is\":" + quoted(message.getClass().getSimpleName()));
    for (RecordComponent component : message.getClass().getRecordComponents()) {
      try {
        parts.add(quoted(component.getName()) + ":" + of(component.getAccessor().invoke(message)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return parts.toString();
  }

  private static String head(HttpHead head) {
    List<Object> fields = new ArrayList<>();
    for (int i = 0; i < head.fieldCount(); i++) {
      fields.add(List.of(head.name(i), head.value(i)));
    }
    return "{\"method\":"
        + quoted(head.method())
        + ",\"status\":"
        + head.status()
        + ",\"fields\":"
        + list(fields)
        + "}";
  }

  private static String list(List<?> values) {
    StringJoiner parts = new StringJoiner(",", "[", "]");
    values.forEach(value -> parts.add(of(value)));
    return parts.toString();
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7E) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

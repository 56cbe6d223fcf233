package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** One case of ModSecurity's regression suite; objects keep repeated names. */
record ModSecurityCase(String file, int number, List<Entry> entries) {
  /** A member of an object: the value is a String, a list of values, or a list of members. */
  record Entry(String name, Object value) {}

  static List<ModSecurityCase> read(Path path) {
    List<ModSecurityCase> cases = new ArrayList<>();
    try (JsonParser parser = JsonMapper.builder().build().createParser(path.toFile())) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String name = path.getFileName().toString();
        cases.add(new ModSecurityCase(name, cases.size() + 1, members(parser)));
      }
    }
    return cases;
  }

  private static List<Entry> members(JsonParser parser) {
    List<Entry> members = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.add(new Entry(name, value(parser)));
    }
    return members;
  }

  private static Object value(JsonParser parser) {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return members(parser);
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<Object> values = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        values.add(value(parser));
      }
      return values;
    }
    return String.valueOf(parser.getString());
  }

  String id() {
    return file.replace(".json", "") + "#" + number;
  }

  String title() {
    return text(entries, "title", "");
  }

  @SuppressWarnings("unchecked")
  List<Entry> object(String name) {
    Object value = get(entries, name);
    boolean members = value instanceof List<?> l && (l.isEmpty() || l.getFirst() instanceof Entry);
    return members && value != null ? (List<Entry>) value : List.of();
  }

  @Nullable String expected(String name) {
    Object value = get(object("expected"), name);
    return value instanceof String s ? s : null;
  }

  List<String> resources() {
    Object value = get(entries, "resource");
    if (value instanceof List<?> l) {
      return l.stream().map(String::valueOf).toList();
    }
    return value == null ? List.of() : List.of(value.toString());
  }

  String rules() {
    StringBuilder text = new StringBuilder();
    if (get(entries, "rules") instanceof List<?> lines) {
      lines.forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  static @Nullable Object get(List<Entry> members, String name) {
    Object last = null; // some cases name a member twice
    for (Entry member : members) {
      if (member.name().equals(name)) {
        last = member.value();
      }
    }
    return last;
  }

  static String text(List<Entry> members, String name, String otherwise) {
    Object value = get(members, name);
    return value instanceof String s ? s : otherwise;
  }

  static Fields headers(List<Entry> message) {
    Fields headers = new Fields();
    if (get(message, "headers") instanceof List<?> l) {
      for (Object o : l) {
        if (o instanceof Entry e) {
          headers.add(utf8(e.name()), utf8(String.valueOf(e.value())));
        }
      }
    }
    return headers;
  }

  /** The lines of a body, each ended by a newline; a plain text as it is. */
  static byte[] body(List<Entry> message) {
    Object value = get(message, "body");
    if (value instanceof List<?> lines) {
      StringBuilder text = new StringBuilder();
      lines.forEach(line -> text.append(line).append('\n'));
      return utf8(text.toString());
    }
    return value instanceof String s ? utf8(s) : Bytes.EMPTY;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

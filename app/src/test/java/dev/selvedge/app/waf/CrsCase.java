package dev.selvedge.app.waf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One of the CRS's own tests: requests as bytes, exactly as its own test client sends them, and
 * what is expected of each.
 */
record CrsCase(String id, List<Stage> stages) {

  /** One request, and what is to come of it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stage(byte[] request, Map<String, Object> expected) {

    /** Why the outcome is not as expected; null where it is. */
    @Nullable String judge(Set<String> ids, int status) {
      Map<String, Object> log = object(expected.get("log"));
      for (String id : texts(log.get("expect_ids"))) {
        if (!ids.contains(id)) {
          return "missing " + id;
        }
      }
      for (String id : texts(log.get("no_expect_ids"))) {
        if (ids.contains(id)) {
          return "fired " + id;
        }
      }
      StringBuilder lines = new StringBuilder();
      ids.forEach(id -> lines.append("[id \"").append(id).append("\"]\n"));
      if (log.get("match_regex") instanceof String wanted && !found(wanted, lines)) {
        return "log lacks " + wanted;
      }
      if (log.get("no_match_regex") instanceof String unwanted && found(unwanted, lines)) {
        return "log has " + unwanted;
      }
      Object wanted = expected.get("status");
      boolean fits = wanted == null || wanted.toString().equals(Integer.toString(status));
      return fits ? null : "status " + status + ", not " + wanted;
    }

    private static boolean found(String pattern, CharSequence in) {
      return Pattern.compile(pattern).matcher(in).find();
    }

    private static List<String> texts(@Nullable Object list) {
      return list instanceof List<?> all ? all.stream().map(String::valueOf).toList() : List.of();
    }
  }

  /** Whether it is about the protocol, which the proxy itself guards. */
  boolean aboutProtocol() {
    return id.startsWith("920") || id.startsWith("921");
  }

  /** Every test of the suite, in the order of their names. */
  static List<CrsCase> all(Path suite) throws IOException {
    List<CrsCase> all = new ArrayList<>();
    Load yaml = new Load(LoadSettings.builder().build());
    try (Stream<Path> files = Files.walk(suite.resolve("tests"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".yaml")).sorted().toList()) {
        String name = String.valueOf(file.getFileName()).replace(".yaml", "");
        Map<String, Object> document = object(yaml.loadFromString(Files.readString(file)));
        if (document.get("tests") instanceof List<?> tests) {
          tests.forEach(test -> all.add(of(name, object(test))));
        }
      }
    }
    return all;
  }

  private static CrsCase of(String file, Map<String, Object> test) {
    List<Stage> stages = new ArrayList<>();
    if (test.get("stages") instanceof List<?> written) {
      for (Object stage : written) {
        Map<String, Object> parts = object(stage);
        stages.add(new Stage(request(object(parts.get("input"))), object(parts.get("output"))));
      }
    }
    return new CrsCase(file + "-" + test.get("test_id"), stages);
  }

  private static byte[] request(Map<String, Object> input) {
    Object encoded = input.get("encoded_request");
    return encoded == null ? composed(input) : Base64.getMimeDecoder().decode(encoded.toString());
  }

  private static byte[] composed(Map<String, Object> input) {
    Map<String, String> fields = new LinkedHashMap<>();
    object(input.get("headers")).forEach((name, value) -> fields.put(name, String.valueOf(value)));
    Object data = input.get("data");
    byte[] body = data == null ? new byte[0] : utf8(data);
    if (!Boolean.FALSE.equals(input.get("autocomplete_headers"))) {
      missing(fields, "Connection", "close");
      if (body.length > 0) {
        missing(fields, "Content-Type", "application/x-www-form-urlencoded");
        missing(fields, "Content-Length", Integer.toString(body.length));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(utf8(input.getOrDefault("method", "GET")));
    out.write(' ');
    out.writeBytes(utf8(input.getOrDefault("uri", "/")));
    out.write(' ');
    out.writeBytes(utf8(input.getOrDefault("version", "HTTP/1.1")));
    out.writeBytes(utf8("\r\n"));
    fields.forEach((name, value) -> out.writeBytes(utf8(name + ": " + value + "\r\n")));
    out.writeBytes(utf8("\r\n"));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static void missing(Map<String, String> fields, String name, String value) {
    Set<String> names = new TreeSet<>();
    fields.keySet().forEach(it -> names.add(it.toLowerCase(Locale.ROOT)));
    if (!names.contains(name.toLowerCase(Locale.ROOT))) {
      fields.put(name, value);
    }
  }

  private static byte[] utf8(Object value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}

package dev.selvedge.edge.waf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values that nobody here wrote and that attack nothing: what people typed in editing sessions,
 * strings of the JSON Schema suite, licences and read-mes inside the jars of the local Maven
 * repository. Each value once, in an order that does not depend on the machine.
 *
 * <p>A text gives its paragraphs and its lines: forms get both. Immutable.
 */
record CleanValues(List<String> values) {
  private static final int LENGTH_MIN = 3;
  private static final int LENGTH_MAX = 4096;
  private static final Pattern DOCUMENT =
      Pattern.compile("(?:licen[cs]e|notice|readme|changes|copying|third)[^/]*|[^/]*\\.(?:txt|md)");
  private static final Pattern PARAGRAPH = Pattern.compile("\\R\\s*\\R");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** All sources together, sorted by hash. */
  static CleanValues read() throws IOException {
    Set<String> all = new LinkedHashSet<>();
    editing(TestFiles.suite("editing-traces"), all);
    schemas(TestFiles.suite("json-schema"), all);
    jars(repository(), all);
    List<String> sorted = new ArrayList<>(all);
    sorted.sort((a, b) -> {
      int byHash = Integer.compare(hash(a), hash(b));
      return byHash == 0 ? a.compareTo(b) : byHash;
    });
    return new CleanValues(List.copyOf(sorted));
  }

  /** Whether a value is in the half that rules are never tuned on. */
  static boolean heldOut(String value) {
    return (hash(value) & 1) == 1;
  }

  /** FNV-1a over UTF-8, its bits mixed once more: the same everywhere. */
  static int hash(String value) {
    int h = 0x811c9dc5;
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xFF)) * 0x01000193;
    }
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    return h ^ (h >>> 13);
  }

  private static Path repository() {
    String given = System.getProperty("maven.repo.local");
    return given != null
        ? Path.of(given)
        : Path.of(System.getProperty("user.home"), ".m2", "repository");
  }

  private static void editing(Path suite, Set<String> into) throws IOException {
    for (Path file : files(suite, ".json.gz")) {
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        JsonNode trace = JSON.readTree(in.readAllBytes());
        text(trace.path("endContent").asString(""), into);
        for (JsonNode transaction : trace.path("txns")) {
          for (JsonNode patch : transaction.path("patches")) {
            value(patch.path(2).asString(""), into);
          }
        }
      }
    }
  }

  private static void schemas(Path suite, Set<String> into) throws IOException {
    for (Path file : files(suite, ".json")) {
      strings(JSON.readTree(Files.readAllBytes(file)), into);
    }
  }

  private static void strings(JsonNode node, Set<String> into) {
    if (node.isString()) {
      value(node.asString(), into);
    }
    node.properties().forEach(p -> value(p.getKey(), into));
    node.forEach(child -> strings(child, into));
  }

  private static void jars(Path repository, Set<String> into) throws IOException {
    if (!Files.isDirectory(repository)) {
      return;
    }
    Path own = repository.resolve("dev").resolve("selvedge");
    for (Path jar : files(repository, ".jar")) {
      if (jar.startsWith(own)) {
        continue; // an installed build of ours: its tables of words are nobody's text
      }
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        zip.stream().filter(CleanValues::document).forEach(e -> text(content(zip, e), into));
      } catch (java.util.zip.ZipException _) {
        // half a download is no document
      }
    }
  }

  private static boolean document(ZipEntry entry) {
    String name = entry.getName().toLowerCase(Locale.ROOT);
    String base = name.substring(name.lastIndexOf('/') + 1);
    return DOCUMENT.matcher(base).matches() && !base.endsWith(".class") && !base.endsWith(".html");
  }

  private static String content(ZipFile zip, ZipEntry entry) {
    try {
      return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void text(String text, Set<String> into) {
    for (String paragraph : PARAGRAPH.split(text, -1)) {
      value(paragraph, into);
      paragraph.lines().forEach(line -> value(line, into));
    }
  }

  private static void value(String raw, Set<String> into) {
    String value = raw.strip();
    if (value.length() >= LENGTH_MIN && value.length() <= LENGTH_MAX) {
      into.add(value);
    }
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(p -> p.toString().endsWith(ending)).sorted().toList();
    }
  }
}

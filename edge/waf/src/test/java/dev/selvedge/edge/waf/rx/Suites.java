package dev.selvedge.edge.waf.rx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What the regex tests take from the suites: patterns, word lists and strings of requests. */
final class Suites {

  /** A rule's operator and argument, with a place for messages. */
  record RuleRegex(String place, String pattern) {}

  private static final Pattern RX =
      Pattern.compile("\"!?@rx(?:Global)? ((?:[^\"\\\\]|\\\\.)*+)\"", Pattern.DOTALL);
  private static final Pattern PHRASES = Pattern.compile("\"!?@pm ((?:[^\"\\\\]|\\\\.)*+)\"");
  private static final Pattern ID = Pattern.compile("\\bid: ?'?(\\d+)");

  private Suites() {}

  /** The suites' folder; without it the test is skipped, or fails where suites are required. */
  static Path root() {
    String named = System.getenv("SELVEDGE_SUITES");
    Path root = named != null ? Path.of(named) : projectRoot().resolve("../shared/suites");
    if (!Files.isDirectory(root.resolve("crs"))) {
      String required = System.getenv().getOrDefault("SELVEDGE_REQUIRE", "");
      if (required.contains("suites")) {
        throw new AssertionError("no suites at " + root);
      }
      Assumptions.abort("no suites: set SELVEDGE_SUITES");
    }
    return root;
  }

  private static Path projectRoot() {
    Path folder = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (folder.getParent() != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  static List<RuleRegex> crsRegexes() {
    List<RuleRegex> found = new ArrayList<>();
    for (Path file : files("crs/rules", ".conf")) {
      for (String line : lines(file)) {
        Matcher rx = RX.matcher(line);
        if (line.stripLeading().startsWith("SecRule ") && rx.find()) {
          found.add(new RuleRegex(file.getFileName() + ":" + id(line), unquoted(rx.group(1))));
        }
      }
    }
    return found;
  }

  private static String id(String line) {
    Matcher id = ID.matcher(line);
    return id.find() ? id.group(1) : "chained";
  }

  private static String unquoted(String argument) {
    return argument.replace("\\\"", "\"");
  }

  /** Logical lines: a backslash at the end goes on. */
  private static List<String> lines(Path file) {
    return text(file).replace("\\\n", "").lines().toList();
  }

  /** Regexes of the language cases; their JSON strings hold SecRule lines. */
  static List<RuleRegex> modsecurityRegexes() {
    Set<RuleRegex> found = new LinkedHashSet<>();
    for (Path file : files("modsecurity/regression", ".json")) {
      for (String string : jsonStrings(text(file))) {
        Matcher rx = RX.matcher(string);
        while (rx.find()) {
          found.add(new RuleRegex("" + file.getFileName(), unquoted(rx.group(1))));
        }
      }
    }
    return List.copyOf(found);
  }

  private static List<String> jsonStrings(String json) {
    List<String> strings = new ArrayList<>();
    int open = json.indexOf('"');
    while (open >= 0) {
      int close = open + 1;
      while (json.charAt(close) != '"') {
        close += json.charAt(close) == '\\' ? 2 : 1;
      }
      strings.add(unescaped(json.substring(open + 1, close)));
      open = json.indexOf('"', close + 1);
    }
    return strings;
  }

  /** Each {@code @pmFromFile} list and each {@code @pm} of CRS. */
  static List<List<byte[]>> crsWordLists() {
    List<List<byte[]>> lists = new ArrayList<>();
    for (Path file : files("crs/rules", ".data")) {
      lists.add(
          text(file)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.strip().getBytes(StandardCharsets.ISO_8859_1))
              .toList());
    }
    for (Path file : files("crs/rules", ".conf")) {
      for (String line : lines(file)) {
        Matcher words = PHRASES.matcher(line);
        if (line.stripLeading().startsWith("SecRule ") && words.find()) {
          lists.add(
              Stream.of(words.group(1).split(" ", -1))
                  .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                  .toList());
        }
      }
    }
    return lists;
  }

  /**
   * Strings that stand in the CRS test files, the attack ones among them: quoted and plain scalars,
   * whole, split at {@code &} and {@code =}, and percent-decoded. No YAML reader is needed for
   * that.
   */
  static List<byte[]> crsStrings() {
    Pattern value = Pattern.compile("^\\s*-? *[\\w-]+: *(.+)$");
    Set<String> strings = new LinkedHashSet<>();
    for (Path file : files("crs/tests", ".yaml")) {
      for (String line : text(file).lines().toList()) {
        Matcher scalar = value.matcher(line);
        String found = scalar.matches() ? scalar.group(1) : line.strip();
        add(strings, scalarText(found));
      }
    }
    return strings.stream().map(s -> s.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  private static String scalarText(String scalar) {
    boolean quoted = scalar.length() > 1 && (scalar.startsWith("\"") || scalar.startsWith("'"));
    String inner = quoted ? scalar.substring(1, scalar.length() - 1) : scalar;
    return scalar.startsWith("\"") ? unescaped(inner) : inner;
  }

  private static void add(Set<String> strings, String text) {
    strings.add(text);
    for (String part : text.split("[&?]", -1)) {
      String name = part.substring(part.indexOf('=') + 1);
      strings.add(part);
      strings.add(name);
      strings.add(percentDecoded(name));
    }
    strings.add(percentDecoded(text));
  }

  static String percentDecoded(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean coded =
          c == '%'
              && i + 2 < text.length()
              && text.substring(i + 1, i + 3).matches("[0-9a-fA-F]{2}");
      if (coded) {
        out.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        out.append(c == '+' ? ' ' : c);
      }
    }
    return out.toString();
  }

  /** The escapes that JSON and double-quoted YAML share. */
  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      c = text.charAt(++i);
      int hex = c == 'x' ? 2 : c == 'u' ? 4 : 0;
      if (hex > 0 && i + hex < text.length()) {
        out.append((char) (Integer.parseInt(text, i + 1, i + 1 + hex, 16) & 0xFF));
        i += hex;
      } else {
        int known = "nrt0".indexOf(c);
        out.append(known < 0 ? c : "\n\r\t\0".charAt(known));
      }
    }
    return out.toString();
  }

  private static List<Path> files(String folder, String end) {
    try (Stream<Path> tree = Files.walk(root().resolve(folder))) {
      return tree.filter(path -> path.toString().endsWith(end)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

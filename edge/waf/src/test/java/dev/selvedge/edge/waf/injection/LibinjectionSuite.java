package dev.selvedge.edge.waf.injection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The files of suites/libinjection: unit tests and data lines, read as the suite's own drivers do.
 */
final class LibinjectionSuite {
  private LibinjectionSuite() {}

  /** A unit test: its file's name, what goes in and what must come out. */
  record Case(String name, String input, String expected) {}

  /** A line of data: where it stands, the decoded value, and whether its file is one of attacks. */
  record Line(String place, String value, boolean attack) {}

  /**
   * The suite's folder; skips the test, or fails it where the suites are required, if there is
   * none.
   */
  static Path folder() {
    Optional<Path> found = candidates().filter(Files::isDirectory).findFirst();
    if (found.isEmpty()) {
      String why = "suites/libinjection was not found; set SELVEDGE_SUITES to the folder of suites";
      if (required("suites")) {
        throw new AssertionError(why);
      }
      Assumptions.abort(why);
    }
    return found.get();
  }

  static boolean required(String what) {
    String all = System.getenv("SELVEDGE_REQUIRE");
    return all != null && List.of(all.split(",", -1)).contains(what);
  }

  private static Stream<Path> candidates() {
    String named = System.getenv("SELVEDGE_SUITES");
    if (named != null) {
      return Stream.of(Path.of(named, "libinjection"));
    }
    Path root = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (root.getParent() != null && !Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    return Stream.of(root.resolve("../shared/suites/libinjection").normalize());
  }

  static List<Case> cases() {
    return files("tests").stream().map(LibinjectionSuite::parseCase).toList();
  }

  private static Case parseCase(Path file) {
    String text = read(file);
    String[] halves = text.split("--EXPECTED--\n", 2);
    String input = halves[0].split("--INPUT--\n", 2)[1];
    return new Case(file.getFileName().toString(), trimEnd(input), trimEnd(halves[1]));
  }

  static List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (Path file : files("data")) {
      String name = file.getFileName().toString();
      if (!name.endsWith(".txt")) {
        continue;
      }
      String[] all = read(file).split("\n", -1);
      for (int i = 0; i < all.length; i++) {
        String line = trimEnd(all[i]);
        if (!line.isEmpty() && !line.startsWith("#")) {
          boolean attack = name.startsWith("sqli-");
          lines.add(new Line(name + " " + (i + 1), urlDecode(line), attack));
        }
      }
    }
    return lines;
  }

  private static List<Path> files(String part) {
    try (Stream<Path> all = Files.list(folder().resolve(part))) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String trimEnd(String text) {
    int end = text.length();
    while (end > 0 && " \n\t\r".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String urlDecode(String s) {
    StringBuilder out = new StringBuilder(s.length());
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      int high = i + 2 < s.length() && c == '%' ? Character.digit(s.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(s.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        out.append((char) (high * 16 + low));
        i += 2;
      } else {
        out.append(c == '+' ? ' ' : c);
      }
    }
    return out.toString();
  }
}

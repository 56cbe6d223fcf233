package dev.selvedge.edge.waf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What libmodsecurity 3.0.9 answered, recorded: a line of text for each question, compressed, so
 * that a build without the library compares with it all the same.
 */
final class OracleAnswers {
  private OracleAnswers() {}

  /** Whether answers are to be recorded anew from the library. */
  static boolean recording() {
    return Boolean.getBoolean("selvedge.record");
  }

  static Path file(String name) {
    return TestFiles.module("src/test/resources/oracle/" + name + ".gz");
  }

  static List<String> read(String name) {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file(name)))) {
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(String name, List<String> lines) {
    try {
      Files.createDirectories(file(name).getParent());
      try (GZIPOutputStream out =
          new GZIPOutputStream(Files.newOutputStream(file(name))) {
            {
              def.setLevel(Deflater.BEST_COMPRESSION);
            }
          }) {
        String text = String.join("\n", lines) + "\n";
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line of ids as numbers, each less the one before. */
  static String line(Set<Long> ids) {
    StringBuilder line = new StringBuilder();
    long last = 0;
    for (long id : new TreeSet<>(ids)) {
      line.append(line.isEmpty() ? "" : " ").append(id - last);
      last = id;
    }
    return line.toString();
  }

  static Set<Long> ids(String line) {
    TreeSet<Long> ids = new TreeSet<>();
    long last = 0;
    for (String word : line.isEmpty() ? new String[0] : line.split(" ", -1)) {
      last += Long.parseLong(word);
      ids.add(last);
    }
    return ids;
  }

  /** What the library fires on a request. */
  static Set<Long> fired(Oracle oracle, CrsStage request) {
    TreeSet<Long> ids = new TreeSet<>();
    oracle.ask(request.commands()).forEach(message -> ids.add(Long.parseLong(message.id())));
    return ids;
  }

  /** What the library fires on each of the requests. */
  static List<String> fired(Path folder, List<CrsStage> requests) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Oracle oracle = Oracle.start(folder, crs(folder))) {
      for (CrsStage request : requests) {
        lines.add(line(fired(oracle, request)));
      }
    }
    return lines;
  }

  /** A file that includes the CRS with the settings of its tests. */
  static Path crs(Path folder) throws IOException {
    Path main = folder.resolve("main.conf");
    StringBuilder includes = new StringBuilder();
    for (String name : CrsConformanceTest.ruleFiles(TestFiles.suite("crs"))) {
      includes.append("Include ").append(name).append('\n');
    }
    Files.writeString(main, includes);
    return main;
  }
}

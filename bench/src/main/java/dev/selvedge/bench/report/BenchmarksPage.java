package dev.selvedge.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Replaces one generated section of {@code docs/benchmarks.md} and leaves every other byte alone.
 * Immutable.
 */
public record BenchmarksPage(Path file) {

  /** Writes the section of that benchmark between its markers, or at the end if it has none yet. */
  public void write(String bench, String section) {
    try {
      String old = Files.exists(file) ? Files.readString(file) : "";
      Files.writeString(file, replace(old, bench, section));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String replace(String page, String bench, String section) {
    String begin = "<!-- begin: ./selvedge bench " + bench + " --write -->\n";
    String end = "<!-- end: " + bench + " -->\n";
    String generated = begin + section + end;
    int from = page.indexOf(begin);
    int to = from < 0 ? -1 : page.indexOf(end, from);
    if (from < 0) {
      return page + (page.isEmpty() || page.endsWith("\n") ? "" : "\n") + generated;
    }
    if (to < 0) {
      throw new IllegalStateException("the end marker of section " + bench + " is missing");
    }
    return page.substring(0, from) + generated + page.substring(to + end.length());
  }
}

package dev.selvedge.edge.config.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds files as a shell would: {@code *} and {@code ?} stand for characters of one name, do not
 * match a leading dot, and results are in the order of their names. Without either the file itself
 * is the result, be it there or not. Nothing found is an empty list, a missing folder an error.
 */
final class FilePattern {

  private FilePattern() {}

  static List<Path> find(Path from, String pattern) throws IOException {
    List<Path> found = List.of(pattern.startsWith("/") ? Path.of("/") : from);
    for (String name : pattern.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        if (name.indexOf('*') >= 0 || name.indexOf('?') >= 0) {
          next.addAll(matching(folder, name));
        } else {
          next.add(folder.resolve(name));
        }
      }
      found = next;
    }
    return found;
  }

  private static List<Path> matching(Path folder, String name) throws IOException {
    String literal = name.replaceAll("[\\\\\\[\\]{}]", "\\\\$0");
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + literal);
    List<Path> found = new ArrayList<>();
    Path listed = folder.toString().isEmpty() ? Path.of(".") : folder;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(listed)) {
      for (Path entry : entries) {
        Path file = entry.getFileName();
        boolean hidden = file.toString().startsWith(".") && !name.startsWith(".");
        if (!hidden && matcher.matches(file)) {
          found.add(folder.resolve(file));
        }
      }
    }
    found.sort(null);
    return found;
  }
}

package dev.selvedge.edge.agents.denylist;

import dev.selvedge.edge.config.Problem;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Spot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * A list that stands in a file: one entry a line; empty lines and lines that begin with {@code #}
 * say nothing. Immutable.
 *
 * @param name as the operator wrote it
 * @param place where
 */
record ListFile(DenyLists.Kind kind, String name, Path path, Place place) {

  private static final int BYTES_MAX = 8 << 20;
  private static final int PROBLEMS_MAX = 10;

  /** Something that changes when the file does. */
  String state() {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException gone) {
      return "gone";
    }
  }

  /**
   * Adds its entries to the lists.
   *
   * @return what is wrong with it, one line each, the first few
   */
  List<String> read(DenyLists lists) {
    String text;
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        return List.of("the file " + name + " is over 8 MiB, the most read");
      }
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      return List.of("the file " + name + " is not UTF-8");
    } catch (IOException unreadable) {
      return List.of("cannot read " + name + ": " + why(unreadable));
    }
    Report report = new Report(any -> null);
    Source source = new Source(name, path);
    int number = 0;
    for (String line : text.split("\r\n|\n|\r", -1)) {
      number++;
      String entry = line.strip();
      if (!entry.isEmpty() && !entry.startsWith("#")) {
        int column = line.indexOf(entry) + 1;
        lists.add(kind, entry, new Spot(kind.key(), new Place(source, number, column), report));
      }
    }
    return report.sorted().stream().limit(PROBLEMS_MAX).map(Problem::toString).toList();
  }

  private static String why(IOException failure) {
    return failure instanceof NoSuchFileException
        ? "there is no such file"
        : String.valueOf(failure.getMessage());
  }
}

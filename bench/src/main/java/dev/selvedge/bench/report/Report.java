package dev.selvedge.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rows of one run, in the shape of DESIGN 9. Immutable.
 *
 * @param bench the benchmark's name on the command line
 * @param machine where it ran, and the peers' versions
 */
public record Report(String bench, String machine, List<Row> rows) {

  /** Checks nothing, copies the rows. */
  public Report {
    rows = List.copyOf(rows);
  }

  /** {@code {"bench":…,"machine":…,"rows":[…]}}. */
  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", bench);
    json.put("machine", machine);
    json.put("rows", rows.stream().map(Row::toJson).toList());
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(json)
        + "\n";
  }

  /** Writes the JSON to a file, making its folder if need be. */
  public void writeTo(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, toJson());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows as a Markdown table, which is also what stdout shows. */
  public String toMarkdown() {
    String head =
        """
        | case | metric | peer | ours | theirs | ratio | valid |
        |---|---|---|---:|---:|---:|---|
        """;
    return rows.stream().map(Row::toMarkdown).collect(Collectors.joining("\n", head, "\n"));
  }
}

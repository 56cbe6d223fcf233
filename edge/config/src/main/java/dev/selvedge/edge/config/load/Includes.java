package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.kdl.KdlDocument;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlParser;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file and puts the nodes of the files that it includes in their place. Bounded in files,
 * depth and bytes of each file; cycles are found. One use; not thread-safe.
 */
final class Includes {

  static final int DEPTH_MAX = 16;
  static final int FILES_MAX = 256;

  private final Environment environment;
  private final Report report;
  private final Set<Path> files = new LinkedHashSet<>();
  private final Deque<Path> open = new ArrayDeque<>();

  Includes(Function<String, @Nullable String> env, Report report) {
    this.environment = new Environment(env, report);
    this.report = report;
  }

  /** All files that were read, absolute. */
  Set<Path> files() {
    return Set.copyOf(files);
  }

  List<KdlNode> root(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Source source = source(file, absolute);
    report.file(source.name());
    return file(absolute, source, new Place(source, 1, 1));
  }

  List<KdlNode> root(String text, Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Source source = source(file, absolute);
    report.file(source.name());
    files.add(absolute);
    open.push(absolute);
    return nodes(KdlParser.parse(source, text), file);
  }

  private static Source source(Path shown, Path absolute) {
    Path folder = absolute.getParent();
    return new Source(shown.toString(), folder == null ? absolute : folder);
  }

  /** The nodes of a file; problems of reading it are reported where it was asked for. */
  private List<KdlNode> file(Path absolute, Source source, Place asked) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(absolute)) {
      bytes = in.readNBytes(KdlParser.SIZE_MAX + 1);
    } catch (IOException e) {
      return unreadable(asked, "cannot read " + source.name() + ": " + why(e));
    }
    files.add(absolute);
    if (bytes.length > KdlParser.SIZE_MAX) {
      return unreadable(new Place(source, 1, 1), "the file is over 4 MiB, the most read");
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (result.isError()) {
      return unreadable(end(source, text.toString()), "the file is not UTF-8 from here on");
    }
    open.push(absolute);
    List<KdlNode> nodes = nodes(KdlParser.parse(source, text.toString()), Path.of(source.name()));
    open.pop();
    return nodes;
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException none -> "there is no such file";
      case AccessDeniedException denied -> "permission denied";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static Place end(Source source, String text) {
    List<String> lines = List.of(text.split("\r\n|\n|\r", -1));
    String last = lines.getLast();
    return new Place(source, lines.size(), last.codePointCount(0, last.length()) + 1);
  }

  private List<KdlNode> unreadable(Place place, String message) {
    report.problem(place, message);
    report.incomplete();
    return List.of();
  }

  private List<KdlNode> nodes(KdlDocument document, Path shown) {
    document.errors().forEach(error -> report.problem(error.place(), error.message()));
    if (!document.errors().isEmpty()) {
      report.incomplete();
    }
    List<KdlNode> nodes = new ArrayList<>();
    for (KdlNode written : document.nodes()) {
      KdlNode node = environment.fill(written);
      if (!node.name().equals(Keys.INCLUDE.name())) {
        nodes.add(node);
        continue;
      }
      Section section = Section.of(Keys.ROOT, node.place(), List.of(node), report);
      for (Ref pattern : section.all(Keys.INCLUDE).stream().flatMap(List::stream).toList()) {
        nodes.addAll(included(pattern, shown));
      }
    }
    return nodes;
  }

  private List<KdlNode> included(Ref pattern, Path includer) {
    List<KdlNode> nodes = new ArrayList<>();
    try {
      Path from = includer.getParent() == null ? Path.of("") : includer.getParent();
      for (Path found : FilePattern.find(from, pattern.name())) {
        nodes.addAll(included(found.normalize(), pattern.place()));
      }
    } catch (InvalidPathException e) {
      return unreadable(pattern.place(), "this is not a path: " + e.getReason());
    } catch (IOException e) {
      return unreadable(pattern.place(), "cannot read " + e.getMessage() + ": " + why(e));
    }
    return nodes;
  }

  private List<KdlNode> included(Path shown, Place asked) {
    Path absolute = shown.toAbsolutePath().normalize();
    if (open.contains(absolute)) {
      return unreadable(asked, shown + " includes itself, at last by this line");
    }
    if (files.contains(absolute)) {
      return unreadable(asked, shown + " is included a second time");
    }
    if (open.size() >= DEPTH_MAX) {
      return unreadable(asked, "files include each other deeper than " + DEPTH_MAX + " levels");
    }
    if (files.size() >= FILES_MAX) {
      return unreadable(asked, "more than " + FILES_MAX + " files are included");
    }
    Source source = source(shown, absolute);
    report.file(source.name());
    return file(absolute, source, asked);
  }
}

package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.waf.operator.FileSource;
import dev.selvedge.edge.waf.own.OwnRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one rule set as one loading sees them: those that are named, those that they
 * include, and the data that they read. Remembers in what state each was just before it was read,
 * so that a change during the loading is seen after it. Not thread-safe.
 *
 * <p>Relative names start beside the file that holds them, then in the configuration's folder. A
 * file has at most 16 MiB, all of them 64 MiB.
 */
final class RuleFiles implements FileSource {

  private static final String SHIPPED = "own:";
  private static final int FILE_BYTES_MAX = 16 << 20;
  private static final long ALL_BYTES_MAX = 64L << 20;

  private final Path folder;
  private final Map<String, String> generated;
  private final Map<Path, String> states = new TreeMap<>();
  private final Map<Path, List<String>> listings = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param folder where relative names start
   * @param generated texts that stand in no file, by name
   */
  RuleFiles(Path folder, Map<String, String> generated) {
    this.folder = folder;
    this.generated = Map.copyOf(generated);
  }

  /** The names of the shipped files, as {@link #read} knows them. */
  static List<String> shipped() {
    return OwnRules.FILES.stream().map(name -> SHIPPED + name).toList();
  }

  @Override
  public byte @Nullable [] read(String name, String includer) {
    String text = generated.get(name);
    if (text != null) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    if (name.startsWith(SHIPPED)) {
      return OwnRules.file(name.substring(SHIPPED.length()));
    }
    if (includer.startsWith(SHIPPED)) {
      return OwnRules.file(name);
    }
    for (Path path : candidates(name, includer)) {
      byte[] content = read(path);
      if (content != null) {
        return content;
      }
    }
    return null;
  }

  private byte @Nullable [] read(Path path) {
    states.put(path, state(path));
    if (!Files.isRegularFile(path)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(FILE_BYTES_MAX + 1);
      bytes += content.length;
      if (content.length > FILE_BYTES_MAX) {
        throw new IllegalArgumentException(shown(path.toString()) + " is over 16 MiB");
      }
      if (bytes > ALL_BYTES_MAX) {
        throw new IllegalArgumentException("the files of the rules are over 64 MiB in all");
      }
      return content;
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "cannot read " + shown(path.toString()) + ": " + unreadable.getMessage(), unreadable);
    }
  }

  private List<Path> candidates(String name, String includer) {
    List<Path> candidates = new ArrayList<>();
    try {
      Path parent = includer.isEmpty() ? null : Path.of(includer).getParent();
      if (parent != null) {
        candidates.add(parent.resolve(name).normalize());
      }
      candidates.add(folder.resolve(name).normalize());
    } catch (InvalidPathException notOne) {
      return List.of();
    }
    return candidates;
  }

  @Override
  public List<String> expand(String pattern, String includer) {
    for (Path path : candidates(pattern, includer)) {
      if (!pattern.contains("*") && !pattern.contains("?")) {
        if (Files.isRegularFile(path)) {
          return List.of(path.toString());
        }
        states.put(path, state(path));
      } else {
        List<String> found = listing(path);
        listings.put(path, found);
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return List.of();
  }

  /** The files that a path with wildcards in its last part means, sorted. */
  private static List<String> listing(Path pattern) {
    List<String> found = new ArrayList<>();
    Path parent = pattern.getParent();
    Path last = pattern.getFileName();
    if (parent == null || last == null) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parent, last.toString())) {
      files.forEach(file -> found.add(file.toString()));
    } catch (IOException none) {
      return List.of();
    }
    found.sort(null);
    return found;
  }

  /** A file's name as operators know it: below the configuration's folder without that. */
  String shown(String name) {
    if (name.startsWith(folder + "/")) {
      return name.substring(folder.toString().length() + 1);
    }
    return name;
  }

  /** Whether it depends on files at all. */
  boolean none() {
    return states.isEmpty() && listings.isEmpty();
  }

  /** In what state everything was when it was read. */
  String asRead() {
    return states + " " + listings;
  }

  /** In what state everything is now; equals {@link #asRead} where nothing has changed. */
  String now() {
    Map<Path, String> states = new TreeMap<>();
    this.states.keySet().forEach(path -> states.put(path, state(path)));
    Map<Path, List<String>> listings = new LinkedHashMap<>();
    this.listings.keySet().forEach(path -> listings.put(path, listing(path)));
    return states + " " + listings;
  }

  private static String state(Path path) {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException gone) {
      return "gone";
    }
  }
}

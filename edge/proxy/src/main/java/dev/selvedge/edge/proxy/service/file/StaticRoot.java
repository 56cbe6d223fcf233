package dev.selvedge.edge.proxy.service.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder that files are served from: nothing outside of it is ever opened, not even while
 * somebody exchanges its folders for links.
 *
 * <p>A name is walked folder by folder, each opened relative to the one before and without
 * following links. Where the walk meets a link, the whole name is resolved once; if it still lies
 * below the root, the resolved name is walked the same way. So a link that stays inside works, and
 * a check can go stale without harm: whatever changes between check and open, the open itself
 * refuses links.
 *
 * <p>The root's own path is resolved when the configuration is loaded. What lies there are files of
 * the operator: somebody who may write below the root decides what is served, and one who exchanges
 * a file for a pipe between look-up and open can block a virtual thread.
 *
 * <p>Immutable; its methods block.
 */
final class StaticRoot {

  private static final int TRIES = 3;

  private final Path root;
  private final List<String> index;
  private final @Nullable List<String> fallback;

  private StaticRoot(Path root, List<String> index, @Nullable List<String> fallback) {
    this.root = root;
    this.index = index;
    this.fallback = fallback;
  }

  /**
   * Resolves the root.
   *
   * @param index the file of a folder
   * @param fallback the file that answers for pages that are not found; null for none
   */
  static StaticRoot open(Path root, String index, @Nullable String fallback) throws IOException {
    Path real = root.toRealPath();
    Folder.open(real).close();
    return new StaticRoot(real, names(index), fallback == null ? null : names(fallback));
  }

  private static List<String> names(String relative) {
    List<String> names = List.of(relative.split("/", -1));
    for (String name : names) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("not a file below the root: " + relative);
      }
    }
    return names;
  }

  /** Looks for what a request names, decides, and opens the file where bytes are to be sent. */
  Opened answer(StaticName name, StaticRequest request) throws IOException {
    List<String> names = name.folder() ? inFolder(name.names()) : name.names();
    Opened opened = open(names, request);
    if (opened != null) {
      return opened;
    }
    if (!name.folder() && isFolder(names) && isFile(inFolder(names))) {
      return Opened.nothing(StaticDecision.decide(request, new Found.Folder()));
    }
    List<String> page = fallback;
    if (page != null && name.looksLikePage()) {
      opened = open(page, request);
    }
    return opened == null
        ? Opened.nothing(StaticDecision.decide(request, new Found.Nothing()))
        : opened;
  }

  private List<String> inFolder(List<String> folder) {
    List<String> names = new ArrayList<>(folder);
    names.addAll(index);
    return names;
  }

  /** Null where no regular file has that name. */
  private @Nullable Opened open(List<String> names, StaticRequest request) throws IOException {
    for (int tries = 0; tries < TRIES; tries++) {
      try (Place place = walk(names, true)) {
        if (place == null || !place.attributes().isRegularFile()) {
          return null;
        }
        Opened opened = place.open(request);
        if (opened != null) {
          return opened;
        }
      }
    }
    throw new IOException("the file kept changing while it was opened");
  }

  private boolean isFolder(List<String> names) throws IOException {
    try (Place place = walk(names, true)) {
      return place != null && place.attributes().isDirectory();
    }
  }

  private boolean isFile(List<String> names) throws IOException {
    try (Place place = walk(names, true)) {
      return place != null && place.attributes().isRegularFile();
    }
  }

  /** Where the last name lies, in its open folder; null where nothing lies there. */
  private @Nullable Place walk(List<String> names, boolean followOnce) throws IOException {
    Folder at = Folder.open(root);
    try {
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        BasicFileAttributes found = at.lookUp(name);
        if (found == null || (found.isSymbolicLink() && !followOnce)) {
          return null;
        }
        if (found.isSymbolicLink()) {
          return follow(names);
        }
        if (i == names.size() - 1) {
          Place place = new Place(at, name, found);
          at = null;
          return place;
        }
        if (!found.isDirectory()) {
          return null;
        }
        Folder next = at.enter(name);
        at.close();
        at = next;
      }
      return null;
    } catch (NoSuchFileException | NotDirectoryException changedMeanwhile) {
      return null;
    } finally {
      if (at != null) {
        at.close();
      }
    }
  }

  private @Nullable Place follow(List<String> names) throws IOException {
    Path real;
    try {
      real = root.resolve(String.join("/", names)).toRealPath();
    } catch (AccessDeniedException unreadable) {
      throw unreadable;
    } catch (FileSystemException | InvalidPathException nothingOrLoop) {
      return null;
    }
    if (!real.startsWith(root) || real.equals(root)) {
      return null;
    }
    List<String> resolved = new ArrayList<>();
    root.relativize(real).forEach(name -> resolved.add(name.toString()));
    return walk(resolved, false);
  }
}

package dev.selvedge.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folders of the project that is being built, wherever Maven was started. Stateless. */
final class Project {

  /** The folder that holds {@code mvnw}. */
  static final Path ROOT = root();

  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Set<String> ASIDE = Set.of(".git", "target", "node_modules");

  private Project() {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("no folder above holds mvnw");
      }
      folder = parent;
    }
    return folder;
  }

  /** The modules of the build in its order, such as {@code edge/proxy}. */
  static List<String> modules() {
    List<String> modules = new ArrayList<>();
    Matcher module = MODULE.matcher(text(ROOT.resolve("pom.xml")));
    while (module.find()) {
      modules.add(module.group(1));
    }
    return modules;
  }

  /** Every file of the repository whose name ends so, in a stable order. */
  static List<Path> files(String ending) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              boolean aside = ASIDE.contains(String.valueOf(folder.getFileName()));
              return aside ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().endsWith(ending)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  /** How a file is called in messages and lists: relative to the root, with slashes. */
  static String name(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.operator.FileSource;
import dev.selvedge.edge.waf.operator.Inspector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files of folders, looked for beside the includer first, then in each folder. */
record TextFiles(List<Path> folders) implements FileSource {
  static TextFiles of(Path... folders) {
    return new TextFiles(List.of(folders));
  }

  @Override
  public byte @Nullable [] read(String name, String includer) {
    Path path = find(name, includer);
    try {
      return path == null ? null : Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable Inspector inspector(String name, String includer) {
    if (!Files.isExecutable(Path.of(name))) {
      return null;
    }
    return argument -> {
      String text = new String(argument, StandardCharsets.ISO_8859_1);
      try {
        Process process = new ProcessBuilder(name, text).start();
        process.getOutputStream().close();
        return process.getInputStream().readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private @Nullable Path find(String name, String includer) {
    List<Path> candidates = new ArrayList<>();
    Path parent = includer.isEmpty() ? null : Path.of(includer).getParent();
    if (parent != null) {
      candidates.add(parent.resolve(name));
    }
    for (Path folder : folders) {
      candidates.add(folder.resolve(name));
    }
    candidates.add(Path.of(name));
    return candidates.stream().filter(Files::isRegularFile).findFirst().orElse(null);
  }

  @Override
  public List<String> expand(String pattern, String includer) {
    if (pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0) {
      Path path = find(pattern, includer);
      return path == null ? List.of() : List.of(path.toString());
    }
    Path relative = Path.of(pattern);
    for (Path folder : folders) {
      Path parent = folder.resolve(relative).getParent();
      if (parent != null && Files.isDirectory(parent)) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> s =
            Files.newDirectoryStream(parent, relative.getFileName().toString())) {
          s.forEach(p -> found.add(p.toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
      }
    }
    return List.of();
  }
}

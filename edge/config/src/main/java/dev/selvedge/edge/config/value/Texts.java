package dev.selvedge.edge.config.value;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Shown;
import dev.selvedge.edge.config.schema.Spot;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads strings with a form of their own: patterns, files, redirects, secrets. */
public final class Texts {

  private static final int PATTERN_MAX = 1_024;
  private static final java.util.regex.Pattern PLACEHOLDER =
      java.util.regex.Pattern.compile("\\{([^{}]*)}?");
  private static final List<String> PLACEHOLDERS = List.of("path", "query");

  private Texts() {}

  public static @Nullable Pattern pattern(String text, Spot spot) {
    if (text.length() > PATTERN_MAX) {
      return spot.refuse("a pattern has at most " + Shown.number(PATTERN_MAX) + " characters");
    }
    if (PatternSize.of(text) > PatternSize.MAX) {
      return spot.refuse("the repetitions of this pattern multiply to more than can be compiled");
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      String part = e.getPattern();
      return spot.refuse(
          "RE2 does not accept this pattern: "
              + e.getDescription()
              + (part == null || part.isEmpty() ? "" : ": `" + part + "`"));
    }
  }

  /** A folder that is there, relative to the file that names it. */
  public static @Nullable Path folder(String text, Spot spot) {
    @Nullable Path folder = path(text, spot);
    return folder != null && !Files.isDirectory(folder)
        ? spot.refuse("there is no folder " + folder)
        : folder;
  }

  /** A file that is there, relative to the file that names it. */
  static @Nullable Path file(String text, Spot spot) {
    @Nullable Path file = path(text, spot);
    return file != null && !Files.isRegularFile(file)
        ? spot.refuse("there is no file " + file)
        : file;
  }

  /** Relative to the file that names it; whether anything is there does not matter. */
  public static @Nullable Path path(String text, Spot spot) {
    if (text.isEmpty()) {
      return spot.refuse("a path cannot be empty");
    }
    try {
      return spot.place().source().folder().resolve(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      return spot.refuse("this is not a path: " + e.getReason());
    }
  }

  /** A file's name alone. */
  public static @Nullable String fileName(String text, Spot spot) {
    return text.isEmpty() || text.indexOf('/') >= 0 || text.equals(".") || text.equals("..")
        ? spot.refuse("\"" + text + "\" is not the name of a file")
        : text;
  }

  /** A file below the root, as a relative path. */
  public static @Nullable String below(String text, Spot spot) {
    List<String> segments = List.of(text.split("/", -1));
    return segments.contains("") || segments.contains(".") || segments.contains("..")
        ? spot.refuse("\"" + text + "\" is not a file below root, such as \"app/index.html\"")
        : text;
  }

  public static @Nullable AccessLog accessLog(String text, Spot spot) {
    if (text.equals("off")) {
      return new AccessLog.Off();
    }
    if (text.equals("stdout")) {
      return new AccessLog.Stdout();
    }
    @Nullable String word =
        text.matches("[A-Za-z]+") ? Nearest.of(text, List.of("off", "stdout")) : null;
    if (word != null) {
      return spot.refuse("access-log takes \"off\", \"stdout\" or a file", word);
    }
    @Nullable Path file = path(text, spot);
    if (file == null) {
      return null;
    }
    @Nullable Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      return spot.refuse("access-log cannot be written: " + file + " is a folder");
    }
    return Files.isDirectory(folder)
        ? new AccessLog.ToFile(file)
        : spot.refuse("access-log cannot be written: there is no folder " + folder);
  }

  /** Visible ASCII without spaces: it is sent in a field. Never shown in a message. */
  public static @Nullable String token(String text, Spot spot) {
    return text.matches("[!-~]{1,512}")
        ? text
        : spot.refuse("a token has 1 to 512 visible ASCII characters and no spaces");
  }

  /** A path or an absolute URL, with known placeholders. */
  public static @Nullable String redirect(String text, Spot spot) {
    if (!text.matches("(/|https?://[^/?#])[!-~]*")) {
      return spot.refuse("a redirect goes to a path or to an http:// or https:// URL, in ASCII");
    }
    if (text.matches("(https?:)?//[{/?#].*")) {
      return spot.refuse("the host of a redirect is written out: a request may not choose it");
    }
    Matcher placeholder = PLACEHOLDER.matcher(text);
    while (placeholder.find()) {
      String name = placeholder.group(1);
      if (!PLACEHOLDERS.contains(name) || !placeholder.group().endsWith("}")) {
        @Nullable String near = Nearest.of(name, PLACEHOLDERS);
        return spot.refuse(
            "only {path} and {query} stand for parts of the request, not " + placeholder.group(),
            near == null ? null : "{" + near + "}");
      }
    }
    return text;
  }

  public static @Nullable String any(String text, Spot spot) {
    return text;
  }
}

package dev.selvedge.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Documents point to what exists: files, commands of the program, modes of the build. */
class DocumentsTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern COMMAND = Pattern.compile("\\./selvedge ([a-z]+)");
  private static final Pattern MODE = Pattern.compile("\\./build ([a-z][a-z-]*)");
  private static final Pattern OPTION = Pattern.compile("@Command\\(\\s*name = \"([a-z]+)\"");

  /** The launcher itself answers these. */
  private static final Set<String> OF_THE_LAUNCHER = Set.of("bench", "help");

  @Test
  void relativeLinksResolve() {
    Set<String> broken = new TreeSet<>();
    for (Path page : Project.files(".md")) {
      Matcher link = LINK.matcher(Project.text(page));
      while (link.find()) {
        String target = link.group(1).replaceFirst("#.*", "");
        boolean elsewhere = target.isEmpty() || target.contains("://");
        if (!elsewhere && !Files.exists(page.resolveSibling(target))) {
          broken.add(Project.name(page) + " -> " + target);
        }
      }
    }
    assertThat(Project.files(".md")).isNotEmpty();
    assertThat(broken).isEmpty();
  }

  @Test
  void commandsExist() {
    Set<String> known = new TreeSet<>(OF_THE_LAUNCHER);
    for (Path source : Project.files(".java")) {
      if (Project.name(source).startsWith("app/src/main/")) {
        Matcher command = OPTION.matcher(Project.text(source));
        while (command.find()) {
          known.add(command.group(1));
        }
      }
    }
    assertThat(known).contains("run", "check");
    assertThat(words(COMMAND)).isSubsetOf(known);
  }

  @Test
  void modesOfTheBuildExist() {
    Set<String> known =
        Project.text(Project.ROOT.resolve("build"))
            .lines()
            .filter(line -> line.matches("\\s*[a-z| -]+\\)\\s.*mode=\\$1.*"))
            .flatMap(line -> Pattern.compile("[^a-z-]+").splitAsStream(line.split("\\)", -1)[0]))
            .filter(word -> !word.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(known).contains("quick", "soak");
    assertThat(words(MODE)).isSubsetOf(known);
  }

  /** What the pattern finds as code, in all pages but the list of what changed. */
  private static Set<String> words(Pattern pattern) {
    Set<String> words = new TreeSet<>();
    for (Path page : Project.files(".md")) {
      Matcher word = pattern.matcher(Project.text(page));
      while (word.find()) {
        words.add(word.group(1));
      }
    }
    return words;
  }
}

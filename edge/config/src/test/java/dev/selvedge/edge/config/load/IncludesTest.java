package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludesTest {

  private static final String LISTENERS =
      "listeners { listener \"web\" { address \"127.0.0.1:8080\" } }\n";

  @TempDir Path folder;

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String route(String name) {
    return "routes { route \"" + name + "\" { matches { path \"/" + name + "\" }; echo } }\n";
  }

  private Loaded load() {
    return ConfigLoader.load(folder.resolve("main.kdl"), Map.of("DIR", "routes")::get);
  }

  /** Problems with file names as seen from the folder. */
  private List<String> problems() {
    return Configs.problems(load()).stream().map(it -> it.replace(folder + "/", "")).toList();
  }

  @Test
  void readsIncludedFilesInPlace() throws IOException {
    write("main.kdl", LISTENERS + route("first") + "include \"${DIR}/*.kdl\"\n" + route("last"));
    write("routes/b.kdl", route("b"));
    write("routes/a.kdl", "include \"more/c.kdl\"\n" + route("a"));
    write("routes/.hidden.kdl", "broken {");
    write("routes/notes.txt", "broken {");
    write("routes/more/c.kdl", route("c"));
    if (!(load() instanceof Loaded.Ok(Config config, var files))) {
      throw new AssertionError(problems().toString());
    }
    assertThat(config.routes())
        .extracting(RouteConfig::name)
        .containsExactly("first", "c", "a", "b", "last");
    assertThat(files)
        .containsExactlyInAnyOrder(
            folder.resolve("main.kdl"),
            folder.resolve("routes/a.kdl"),
            folder.resolve("routes/b.kdl"),
            folder.resolve("routes/more/c.kdl"));
  }

  @Test
  void pathsStartAtTheFileThatNamesThem() throws IOException {
    write("main.kdl", LISTENERS + "include \"sites/one.kdl\"");
    write("sites/one.kdl", "routes { route \"a\" { static { root \"public\" } } }");
    Files.createDirectories(folder.resolve("sites/public"));
    if (!(load() instanceof Loaded.Ok(Config config, var files))) {
      throw new AssertionError(problems().toString());
    }
    assertThat(((Service.StaticFiles) config.routes().getFirst().service()).root())
        .isEqualTo(folder.resolve("sites/public"));
  }

  @Test
  void problemsNameTheIncludedFileInTheOrderOfReading() throws IOException {
    write("main.kdl", LISTENERS + "include \"b.kdl\" \"a.kdl\"\nsystem { forwarded 1 }");
    write("a.kdl", "\n  routs {}");
    write("b.kdl", route("b").replace("echo", "ecko"));
    assertThat(problems())
        .containsExactly(
            "main.kdl:3:20: forwarded takes \"x-forwarded-for\" or \"forwarded\", not a number",
            "b.kdl:1:45: unknown key ecko in route (did you mean \"echo\"?)",
            "a.kdl:2:3: unknown key routs at the top level (did you mean \"routes\"?)");
  }

  @Test
  void emptyFolderIsNoProblem() throws IOException {
    write("main.kdl", LISTENERS + route("a") + "include \"routes/*.kdl\"");
    Files.createDirectories(folder.resolve("routes"));
    assertThat(load()).isInstanceOf(Loaded.Ok.class);
  }

  @Test
  void reportsMissingFilesAndFolders() throws IOException {
    write("main.kdl", LISTENERS + route("a") + "include \"b.kdl\"\ninclude \"routs/*.kdl\"");
    assertThat(problems())
        .containsExactly(
            "main.kdl:3:9: cannot read b.kdl: there is no such file",
            "main.kdl:4:9: cannot read routs: there is no such file");
    Files.delete(folder.resolve("main.kdl"));
    assertThat(problems())
        .containsExactly("main.kdl:1:1: cannot read main.kdl: there is no such file");
  }

  @Test
  void reportsCyclesAndRepetition() throws IOException {
    write("main.kdl", LISTENERS + route("a") + "include \"b.kdl\"\ninclude \"c.kdl\"");
    write("b.kdl", "include \"c.kdl\"\n");
    write("c.kdl", "include \"main.kdl\"\n");
    assertThat(problems())
        .containsExactly(
            "main.kdl:4:9: c.kdl is included a second time",
            "c.kdl:1:9: main.kdl includes itself, at last by this line");
  }

  @Test
  void boundsDepth() throws IOException {
    write("main.kdl", LISTENERS + route("a") + "include \"1.kdl\"");
    for (int i = 1; i <= Includes.DEPTH_MAX; i++) {
      write(i + ".kdl", "include \"" + (i + 1) + ".kdl\"");
    }
    assertThat(problems())
        .containsExactly("15.kdl:1:9: files include each other deeper than 16 levels");
  }

  @Test
  void boundsFiles() throws IOException {
    write("main.kdl", LISTENERS + route("a") + "include \"many/*.kdl\"");
    for (int i = 0; i < Includes.FILES_MAX; i++) {
      write("many/" + i + ".kdl", "");
    }
    assertThat(problems()).containsExactly("main.kdl:3:9: more than 256 files are included");
  }

  @Test
  void refusesTextThatIsNotUtf8WithItsPlace() throws IOException {
    Path file = folder.resolve("main.kdl");
    Files.write(file, "// ä\r\n// é€".getBytes(StandardCharsets.UTF_8));
    Files.write(file, new byte[] {(byte) 0xFF}, java.nio.file.StandardOpenOption.APPEND);
    assertThat(problems()).containsExactly("main.kdl:2:6: the file is not UTF-8 from here on");
  }

  @Test
  void includeStandsAtTheTopLevelOnly() {
    assertThat(Configs.problemsBeside("system { include \"a.kdl\" }"))
        .containsExactly("3:10: unknown key include in system; it belongs at the top level");
  }
}

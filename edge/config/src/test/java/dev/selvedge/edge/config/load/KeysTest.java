package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.config.kdl.KdlDocument;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlParser;
import dev.selvedge.edge.config.kdl.KdlPrinter;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.key.Keys;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is described, what is accepted and what has an effect are the same keys. */
class KeysTest {

  @TempDir Path folder;

  @BeforeEach
  void makeFolders() throws IOException {
    Files.createDirectories(folder.resolve("site"));
    Files.createDirectories(folder.resolve("logs"));
    for (String name : List.of("ca.pem", "proxy.pem", "proxy.key")) {
      Files.createFile(folder.resolve(name));
    }
  }

  @Test
  void descriptorsAreWellFormed() {
    Set<String> paths = new HashSet<>();
    for (Block block : Keys.blocks()) {
      assertThat(block.names()).doesNotHaveDuplicates();
      assertThat(block.later()).noneMatch(block.names()::contains);
      for (Key<?> key : block.keys()) {
        assertThat(paths.add(key.path())).as(key.path()).isTrue();
        String prefix = block.path().isEmpty() ? "" : block.path() + ".";
        assertThat(key.path()).isEqualTo(prefix + key.name()).matches("[a-z.-]+");
        assertThat(key.meaning()).as(key.path()).matches("[A-Z].+\\.");
        assertThat(key.proof()).as(key.path()).matches("[A-Z]\\w+Test#[a-z]\\w+");
        assertThat(key.type().text()).as(key.path()).isNotBlank();
      }
    }
  }

  /** Proofs in this module exist; those of the dataplane are checked where its tests are. */
  @Test
  void proofsOfThisModuleExist() throws ReflectiveOperationException {
    for (Key<?> key : Keys.all()) {
      String[] proof = key.proof().split("#", -1);
      if (Set.of("ConfigLoaderTest", "IncludesTest").contains(proof[0])) {
        Class<?> test = Class.forName(KeysTest.class.getPackageName() + "." + proof[0]);
        assertThat(test.getDeclaredMethod(proof[1]).isAnnotationPresent(Test.class)).isTrue();
      }
    }
  }

  /** Every word of any block, tried in every block: the list of the block decides. */
  @TestFactory
  Stream<DynamicTest> blockAcceptsItsListAndNothingElse() {
    Set<String> words = new TreeSet<>(Set.of("x", "Path", "address ", "max-body-ms", "ident-s"));
    for (Key<?> key : Keys.all()) {
      for (String suffix : List.of("", "s", "-ms", "-secs", "-seconds", "-bytes", "-mins")) {
        words.add(key.name() + suffix);
      }
    }
    return Keys.blocks().stream()
        .map(block ->
            DynamicTest.dynamicTest(
                "block " + block.path(), () -> acceptsItsListAndNothingElse(block, words)));
  }

  private void acceptsItsListAndNothingElse(Block block, Set<String> words) {
    Set<String> described = new TreeSet<>();
    for (Key<?> key : block.keys()) {
      described.add(key.name());
      key.type().suffixes().forEach(suffix -> described.add(key.name() + suffix));
    }
    Set<String> accepted = new TreeSet<>();
    for (String word : words) {
      Place place = new Place(new Source("t", folder), 1, 1);
      KdlNode node = new KdlNode(place, null, word, List.of(), List.of(), List.of());
      Report report = new Report(any -> null);
      report.incomplete();
      Section.of(block, place, List.of(node), report);
      if (report.count() == 0) {
        accepted.add(word);
      }
    }
    assertThat(accepted).isEqualTo(described);
  }

  /** Taking any key out of a file that names all changes the configuration, or is refused. */
  @TestFactory
  Stream<DynamicTest> everyKeyHasAnEffect() throws IOException {
    List<KdlNode> nodes = everyKey();
    Config whole = load(nodes);
    return Keys.all().stream()
        .filter(key -> !key.equals(Keys.INCLUDE) && !key.path().endsWith(".protocol"))
        .map(key ->
            DynamicTest.dynamicTest(
                key.path(),
                () -> {
                  List<KdlNode> without = without(nodes, "", key.path());
                  assertThat(without).isNotEqualTo(nodes);
                  assertThat(loadOrNull(without)).isNotEqualTo(whole);
                }));
  }

  private static List<KdlNode> without(List<KdlNode> nodes, String at, String path) {
    List<KdlNode> kept = new ArrayList<>();
    for (KdlNode node : nodes) {
      String here = at + node.name();
      if (!here.equals(path)) {
        kept.add(
            new KdlNode(
                node.place(),
                node.type(),
                node.name(),
                node.arguments(),
                node.properties(),
                without(node.children(), here + ".", path)));
      }
    }
    return kept;
  }

  private Config load(List<KdlNode> nodes) {
    return Objects.requireNonNull(loadOrNull(nodes));
  }

  private @org.jspecify.annotations.Nullable Config loadOrNull(List<KdlNode> nodes) {
    Loaded loaded =
        ConfigLoader.parse(
            KdlPrinter.print(nodes),
            folder.resolve("all.kdl").toString(),
            Map.of("ADMIN_TOKEN", "s3cr3t")::get,
            List.of("waf"));
    return loaded instanceof Loaded.Ok(Config config, var files) ? config : null;
  }

  private List<KdlNode> everyKey() throws IOException {
    try (var in = KeysTest.class.getResourceAsStream("every-key.kdl")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      KdlDocument document = KdlParser.parse(new Source("every-key.kdl", folder), text);
      assertThat(document.errors()).isEmpty();
      return document.nodes();
    }
  }
}

package dev.selvedge.edge.proxy.service.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.service.FakeClient;
import dev.selvedge.edge.proxy.service.ServiceRig;
import dev.selvedge.edge.proxy.service.Services;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A canary lies beside the root; no path and no link may ever make it sing. */
class TraversalTest {

  private static final String CANARY = "CANARY-7d41";
  private static final String SHOWN = "shown";

  @TempDir private static Path outside;
  private static Path root;
  private static ServiceRig rig;

  @BeforeAll
  static void place() throws IOException {
    root = Files.createDirectory(outside.resolve("root"));
    Files.writeString(outside.resolve("canary.txt"), CANARY);
    Files.createDirectory(outside.resolve("secret"));
    Files.writeString(outside.resolve("secret/index.html"), CANARY);
    Files.createDirectory(outside.resolve("root-beside"));
    Files.writeString(outside.resolve("root-beside/canary.txt"), CANARY);
    Files.writeString(root.resolve("index.html"), SHOWN);
    Files.createDirectories(root.resolve("folder/inner"));
    Files.writeString(root.resolve("folder/file.txt"), SHOWN);
    Files.writeString(root.resolve("folder/index.html"), SHOWN);
    Files.writeString(root.resolve(".env"), CANARY);
    Files.createDirectories(root.resolve(".git"));
    Files.writeString(root.resolve(".git/config"), CANARY);
    Files.createDirectories(root.resolve(".well-known"));
    Files.writeString(root.resolve(".well-known/security.txt"), SHOWN);
    Files.writeString(root.resolve(".well-known/.hidden"), CANARY);
    Files.createDirectories(root.resolve("folder/.well-known"));
    Files.writeString(root.resolve("folder/.well-known/x"), CANARY);
    link("out-file", outside.resolve("canary.txt"));
    link("out-folder", outside.resolve("secret"));
    link("out-relative", Path.of("../canary.txt"));
    link("out-sibling", Path.of("../root-beside"));
    link("out-parent", Path.of(".."));
    link("out-root", Path.of("/"));
    link("out-proc", Path.of("/proc/self"));
    link("out-by-link", Path.of("out-folder/index.html"));
    link("folder/out", Path.of("../../secret"));
    link("loop-a", Path.of("loop-b"));
    link("loop-b", Path.of("loop-a"));
    link("dangling", Path.of("nowhere"));
    link("in-file", Path.of("folder/file.txt"));
    link("in-folder", Path.of("folder"));
    link("in-absolute", root.resolve("folder/file.txt"));
    link("in-there-and-back", Path.of("../root/folder/file.txt"));
    rig =
        new ServiceRig(
            StaticFilesService.open(
                new RouteConfig.Service.StaticFiles(root, "index.html", null, null),
                Services.virtualThreads()));
  }

  private static void link(String name, Path to) throws IOException {
    Files.createSymbolicLink(root.resolve(name), to);
  }

  /** The links go first, so that whoever clears the folder is not led astray by them. */
  @AfterAll
  static void close() throws IOException {
    rig.close();
    try (var entries = Files.walk(root)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (Files.isSymbolicLink(entry)) {
          Files.delete(entry);
        }
      }
    }
  }

  /** Paths as sent, that no file below the root may answer. */
  static List<String> hostile() {
    List<String> paths = new ArrayList<>();
    String[] ups = {
      "..",
      "%2e%2e",
      "%2E%2E",
      ".%2e",
      "%2e.",
      "..%2f",
      "..%5c",
      "..\\",
      "%2e%2e%2f",
      "%2e%2e%5c",
      "%252e%252e",
      "..%252f",
      "%25%32%65%25%32%65",
      "..%c0%af",
      "..%c1%9c",
      "..%e0%80%af",
      "..%f0%80%80%af",
      "..%fc%80%80%80%80%af",
      "%c0%ae%c0%ae",
      "%e0%80%ae%e0%80%ae",
      "%u002e%u002e",
      "..;",
      "..;x=y",
      "..%00",
      "..%0d%0a",
      "..%20",
      "..%09",
      "....",
      "...",
      "..%ef%bc%8f",
      "%ef%bc%8e%ef%bc%8e",
      "..%e2%88%95",
      "..%e2%81%84",
    };
    for (String up : ups) {
      paths.add("/" + up + "/canary.txt");
      paths.add("/folder/" + up + "/" + up + "/canary.txt");
      paths.add("/" + up + "canary.txt");
    }
    paths.addAll(
        List.of(
            "/../../../../../../../../etc/passwd",
            "/folder/inner/../../../canary.txt",
            "/./../canary.txt",
            "/%2e/%2e%2e/canary.txt",
            "//canary.txt",
            "///etc/passwd",
            "//etc/passwd",
            "/%2fetc%2fpasswd",
            "/%2F%2Fetc/passwd",
            "/folder//file.txt",
            "/folder/file.txt/",
            "/folder/file.txt/..%2ffile.txt",
            "/folder%2ffile.txt",
            "/folder%5cfile.txt",
            "/folder\\file.txt",
            "/folder/file.txt%00",
            "/folder/file.txt%00.html",
            "/folder/file.txt%0a",
            "/folder/file.txt%7f",
            "/folder/file.txt%c2%80",
            "/folder/file.txt%20",
            "/folder/file.txt.",
            "/folder/file.txt::$DATA",
            "/folder/file%2etxt%20",
            "/FOLDER/file.txt",
            "/folder/FILE.TXT",
            "/folder/f%C3%AFle.txt",
            "/folder/%ff",
            "/folder/%80file.txt",
            "/folder/%ed%a0%80",
            "/folder/%f4%90%80%80",
            "/.env",
            "/%2eenv",
            "/.git/config",
            "/%2egit/config",
            "/folder/.well-known/x",
            "/.well-known/.hidden",
            "/.well-known%2f.hidden",
            "/.WELL-KNOWN/security.txt",
            "/out-file",
            "/out-file/",
            "/out-folder",
            "/out-folder/",
            "/out-folder/index.html",
            "/out-relative",
            "/out-sibling/canary.txt",
            "/out-parent/canary.txt",
            "/out-parent/root/../canary.txt",
            "/out-root/etc/passwd",
            "/out-proc/environ",
            "/out-proc/root/etc/passwd",
            "/out-by-link",
            "/folder/out/index.html",
            "/folder/out/",
            "/in-folder/out/index.html",
            "/loop-a",
            "/loop-a/x",
            "/dangling",
            "/dangling/x",
            "/" + "a".repeat(255),
            "/" + "a".repeat(256),
            "/" + "a".repeat(4000),
            "/" + "a/".repeat(64) + "x",
            "/" + "a/".repeat(2000),
            "/" + "%2e%2e/".repeat(100) + "canary.txt",
            "/folder/inner/",
            "/folder/inner",
            "/C:/canary.txt",
            "/C:%5Ccanary.txt",
            "/file:///etc/passwd",
            "/~root/.profile",
            "/$HOME",
            "/`id`",
            "/{..}/canary.txt",
            "/con",
            "/aux.txt",
            "/nul"));
    return paths;
  }

  @Test
  void theListIsLongEnoughToMeanSomething() {
    assertThat(hostile()).hasSizeGreaterThan(150).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void neverLeavesTheRoot(String path) throws Exception {
    FakeClient answer = rig.ask("GET", path);
    assertThat(answer.text()).doesNotContain(CANARY).doesNotContain("root:");
    // "/../canary.txt" is "/canary.txt" once normalised: as absent as the others.
    assertThat(answer.status).isIn(400, 404);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void namesAreRefusedOrStayNames(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    StaticName name = StaticName.parse(bytes, 0, bytes.length);
    if (name != null) {
      assertThat(name.names())
          .allSatisfy(each ->
              assertThat(each)
                  .isNotEmpty()
                  .isNotEqualTo(".")
                  .isNotEqualTo("..")
                  .doesNotContain("/", "\\", "\0"));
    }
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "/",
        "/folder/",
        "/folder/file.txt",
        "/folder/f%69le%2Etxt",
        "/folder/inner/../file.txt",
        "/folder/./file.txt",
        "/../folder/file.txt",
        "/.well-known/security.txt",
        "/in-file",
        "/in-absolute",
        "/in-there-and-back",
        "/in-folder/file.txt",
        "/in-folder/"
      })
  void whatIsInsideIsServed(String path) throws Exception {
    FakeClient answer = rig.ask("GET", path);
    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.text()).isEqualTo(SHOWN);
  }

  @Test
  void anyBytesNeverLeaveTheRoot() throws Exception {
    long seed = 20261123;
    SplittableRandom random = new SplittableRandom(seed);
    String[] pieces = {
      "/",
      "/",
      "..",
      ".",
      "%2e",
      "%2f",
      "%5c",
      "\\",
      "folder",
      "out-folder",
      "canary.txt",
      "%00",
      "index.html",
      "%c0%ae",
      "secret",
      "out-parent",
      "root",
      ";",
      "%25",
      "//",
      "in-folder"
    };
    for (int i = 0; i < 3000; i++) {
      StringBuilder path = new StringBuilder("/");
      for (int length = random.nextInt(1, 9); length > 0; length--) {
        path.append(pieces[random.nextInt(pieces.length)]);
      }
      FakeClient answer = rig.ask("GET", path.toString());
      assertThat(answer.text()).as("seed %d, %s", seed, path).doesNotContain(CANARY);
      assertThat(answer.status).as("seed %d, %s", seed, path).isIn(200, 308, 400, 404);
    }
  }

  /** While a folder of the root is exchanged for a link to the outside, over and over. */
  @Test
  void exchangingAFolderForALinkNeverLetsAnybodyOut() throws Exception {
    Path place = Files.createDirectory(root.resolve("swapped"));
    Files.writeString(place.resolve("index.html"), SHOWN);
    Path aside = root.resolve("aside");
    Path bait = root.resolve("bait");
    AtomicBoolean stop = new AtomicBoolean();
    Thread exchanger =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!stop.get()) {
                  Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
                  Files.createSymbolicLink(bait, outside.resolve("secret"));
                  Files.move(bait, place, StandardCopyOption.ATOMIC_MOVE);
                  Files.delete(place);
                  Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
                }
              } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
              }
            });
    int served = 0;
    try {
      for (int i = 0; i < 5000; i++) {
        FakeClient answer = rig.ask("GET", "/swapped/index.html");
        assertThat(answer.text()).doesNotContain(CANARY);
        served += answer.status == 200 ? 1 : 0;
      }
    } finally {
      stop.set(true);
      exchanger.join();
    }
    assertThat(served).isPositive();
    assertThat(rig.ask("GET", "/swapped/").text()).isEqualTo(SHOWN);
  }
}

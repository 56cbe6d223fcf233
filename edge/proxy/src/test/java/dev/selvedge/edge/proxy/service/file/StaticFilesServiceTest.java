package dev.selvedge.edge.proxy.service.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.service.FakeClient;
import dev.selvedge.edge.proxy.service.ServiceRig;
import dev.selvedge.edge.proxy.service.Services;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real files behind a real exchange; the client and, where order matters, the threads are fakes.
 */
class StaticFilesServiceTest {

  private static final int WINDOW = StaticStream.WINDOW;

  @TempDir Path root;

  @BeforeEach
  void site() throws IOException {
    Files.writeString(root.resolve("index.html"), "<!doctype html>home");
    Files.writeString(root.resolve("app.js"), "plain script");
    Files.createDirectories(root.resolve("docs/deep"));
    Files.writeString(root.resolve("docs/index.html"), "docs");
    Files.writeString(root.resolve("two words.txt"), "two");
    Files.createFile(root.resolve("empty.txt"));
  }

  private ServiceRig rig() throws IOException {
    return rig(null, null, Services.virtualThreads());
  }

  private ServiceRig rig(@Nullable String fallback, @Nullable String control, Executor blocking)
      throws IOException {
    return new ServiceRig(
        StaticFilesService.open(
            new RouteConfig.Service.StaticFiles(root, "index.html", fallback, control), blocking));
  }

  private byte[] large(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    new SplittableRandom(7).nextBytes(bytes);
    Files.write(root.resolve(name), bytes);
    return bytes;
  }

  @Test
  void servesAFileWithAllItsFields() throws Exception {
    Files.setLastModifiedTime(
        root.resolve("app.js"), FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));
    try (ServiceRig rig = rig(null, "max-age=60", Services.virtualThreads())) {
      FakeClient answer = rig.ask("GET", "/app.js?v=1");
      assertThat(answer.status).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("plain script");
      assertThat(answer.length).isEqualTo(12);
      assertThat(answer.field("content-type")).isEqualTo("text/javascript; charset=utf-8");
      assertThat(answer.field("last-modified")).isEqualTo("Fri, 02 Jan 2026 03:04:05 GMT");
      assertThat(answer.field("etag")).isEqualTo("\"c-695735a5.28697580\"");
      assertThat(answer.field("vary")).isEqualTo("accept-encoding");
      assertThat(answer.field("accept-ranges")).isEqualTo("bytes");
      assertThat(answer.field("cache-control")).isEqualTo("max-age=60");
      assertThat(answer.field("x-content-type-options")).isEqualTo("nosniff");
      assertThat(answer.field("content-encoding")).isNull();
    }
  }

  @Test
  void servesIndexOfRootAndFolder() throws Exception {
    try (ServiceRig rig = rig()) {
      assertThat(rig.ask("GET", "/").text()).endsWith("home");
      assertThat(rig.ask("GET", "/docs/").text()).isEqualTo("docs");
      assertThat(rig.ask("GET", "/docs/deep/").status).isEqualTo(404);
      assertThat(rig.ask("GET", "/app.js/").status).isEqualTo(404);
      assertThat(rig.ask("GET", "/two%20words.txt").text()).isEqualTo("two");
      assertThat(rig.ask("GET", "/empty.txt").length).isZero();
    }
  }

  @Test
  void sendsAFolderWithoutSlashToItsSlash() throws Exception {
    Files.createDirectories(root.resolve("two words"));
    Files.writeString(root.resolve("two words/index.html"), "x");
    try (ServiceRig rig = rig()) {
      FakeClient answer = rig.ask("GET", "/docs?a=%0d%0ab&c");
      assertThat(answer.status).isEqualTo(308);
      assertThat(answer.field("location")).isEqualTo("/docs/?a=%0d%0ab&c");
      assertThat(rig.ask("GET", "/two%20words").field("location")).isEqualTo("/two%20words/");
      assertThat(rig.ask("GET", "/docs/deep").status).isEqualTo(404);
      assertThat(rig.ask("GET", "//docs").status).isEqualTo(404);
    }
  }

  @Test
  void refusesOtherMethods() throws Exception {
    try (ServiceRig rig = rig()) {
      FakeClient answer = rig.ask("POST", "/");
      assertThat(answer.status).isEqualTo(405);
      assertThat(answer.field("allow")).isEqualTo("GET, HEAD");
      assertThat(answer.text()).contains("\"code\":\"method_not_allowed\"");
      assertThat(rig.ask("OPTIONS", "*").status).isEqualTo(405);
    }
  }

  @Test
  void headHasTheFieldsOfGetAndNoBody() throws Exception {
    large("large.bin", 1 << 20);
    try (ServiceRig rig = rig()) {
      FakeClient get = rig.ask("GET", "/large.bin");
      FakeClient head = rig.ask("HEAD", "/large.bin");
      assertThat(head.status).isEqualTo(200);
      assertThat(head.length).isEqualTo(1 << 20);
      assertThat(head.bodyFollows).isFalse();
      for (String name : new String[] {"etag", "content-type", "last-modified"}) {
        assertThat(head.field(name)).isEqualTo(get.field(name));
      }
      assertThat(rig.ask("HEAD", "/none").bodyFollows).isFalse();
    }
  }

  @Test
  void answersPagesOfAnApplicationWithItsFallback() throws Exception {
    try (ServiceRig rig = rig("index.html", null, Services.virtualThreads())) {
      FakeClient page = rig.ask("GET", "/users/7");
      assertThat(page.status).isEqualTo(200);
      assertThat(page.text()).endsWith("home");
      assertThat(page.field("content-type")).isEqualTo("text/html; charset=utf-8");
      assertThat(rig.ask("GET", "/users/").status).isEqualTo(200);
      assertThat(rig.ask("GET", "/missing.js").status).isEqualTo(404);
      assertThat(rig.ask("GET", "/a%2Fb").status).isEqualTo(404);
    }
  }

  @Test
  void revalidatesWithTagAndDate() throws Exception {
    try (ServiceRig rig = rig()) {
      FakeClient first = rig.ask("GET", "/app.js");
      FakeClient same = rig.ask("GET", "/app.js", "if-none-match", first.value("etag"));
      assertThat(same.status).isEqualTo(304);
      assertThat(same.bodyFollows).isFalse();
      assertThat(same.field("etag")).isEqualTo(first.field("etag"));
      assertThat(same.field("content-type")).isNull();
      String date = first.value("last-modified");
      assertThat(rig.ask("GET", "/app.js", "if-modified-since", date).status).isEqualTo(304);
      FakeClient failed = rig.ask("GET", "/app.js", "if-match", "\"other\"");
      assertThat(failed.status).isEqualTo(412);
      assertThat(failed.text()).contains("precondition_failed");
    }
  }

  @Test
  void servesRangesOfSmallAndLargeFiles() throws Exception {
    byte[] bytes = large("large.bin", 300_000);
    try (ServiceRig rig = rig()) {
      FakeClient part = rig.ask("GET", "/large.bin", "range", "bytes=100-250099");
      assertThat(part.status).isEqualTo(206);
      assertThat(part.field("content-range")).isEqualTo("bytes 100-250099/300000");
      assertThat(part.length).isEqualTo(250_000);
      assertThat(part.body.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, 100, 250_100));
      FakeClient end = rig.ask("GET", "/large.bin", "range", "bytes=-3");
      assertThat(end.body.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, 299_997, 300_000));
      FakeClient none = rig.ask("GET", "/large.bin", "range", "bytes=300000-");
      assertThat(none.status).isEqualTo(416);
      assertThat(none.field("content-range")).isEqualTo("bytes */300000");
      assertThat(none.text()).contains("range_unsatisfiable");
      assertThat(rig.ask("GET", "/large.bin", "range", "bytes=0-1,5-6").status).isEqualTo(200);
      assertThat(rig.ask("HEAD", "/large.bin", "range", "bytes=0-1").status).isEqualTo(200);
    }
  }

  @Test
  void choosesCodedCopiesThatAreFresh() throws Exception {
    Files.writeString(root.resolve("app.js.gz"), "zipped");
    Files.writeString(root.resolve("app.js.br"), "brotli");
    Path stale = Files.writeString(root.resolve("app.js.zst"), "stale");
    Files.setLastModifiedTime(stale, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    try (ServiceRig rig = rig()) {
      FakeClient brotli = rig.ask("GET", "/app.js", "accept-encoding", "gzip, zstd, br");
      assertThat(brotli.text()).isEqualTo("brotli");
      assertThat(brotli.field("content-encoding")).isEqualTo("br");
      assertThat(brotli.field("content-type")).isEqualTo("text/javascript; charset=utf-8");
      FakeClient gzip = rig.ask("GET", "/app.js", "accept-encoding", "gzip, br;q=0.5");
      assertThat(gzip.field("content-encoding")).isEqualTo("gzip");
      assertThat(gzip.field("etag")).isNotEqualTo(brotli.field("etag"));
      FakeClient plain = rig.ask("GET", "/app.js", "accept-encoding", "zstd");
      assertThat(plain.text()).isEqualTo("plain script");
      assertThat(plain.field("vary")).isEqualTo("accept-encoding");
      assertThat(rig.ask("GET", "/app.js.gz").field("content-encoding")).isNull();
    }
  }

  @Test
  void tenMebibytesLeaveAgainstCreditOnly() throws Exception {
    byte[] bytes = large("ten.bin", 10 << 20);
    try (ServiceRig rig = rig()) {
      FakeClient answer = rig.ask("GET", "/ten.bin");
      assertThat(Arrays.equals(answer.body.toByteArray(), bytes)).isTrue();
      assertThat(answer.mostOutstanding).isLessThanOrEqualTo(WINDOW);
      assertThat(answer.largestChunk).isLessThanOrEqualTo(WINDOW);
    }
  }

  @Test
  void slowClientGetsNoMoreThanItsCredit() throws Exception {
    byte[] bytes = large("slow.bin", 3 * WINDOW + 5);
    var threads = new SteppedThreads();
    try (ServiceRig rig = rig(null, null, threads)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/slow.bin");
      threads.step(rig);
      assertThat(asked.client.body.size()).isEqualTo(WINDOW);
      asked.credit(16 * 1024 - 1);
      assertThat(threads.idle()).as("a read too small to be worth it").isTrue();
      asked.credit(1);
      threads.step(rig);
      assertThat(asked.client.body.size()).isEqualTo(WINDOW + 16 * 1024);
      asked.credit(WINDOW);
      asked.credit(WINDOW);
      assertThat(threads.waiting()).as("one read at a time").isEqualTo(1);
      while (!asked.client.ended) {
        threads.step(rig);
        asked.credit((int) asked.client.outstanding);
      }
      threads.step(rig);
      assertThat(asked.answer().body.toByteArray()).isEqualTo(bytes);
      assertThat(threads.idle()).isTrue();
    }
  }

  @Test
  void clientThatLeavesDuringAReadLeavesNothingBehind() throws Exception {
    large("left.bin", 5 * WINDOW);
    var threads = new SteppedThreads();
    try (ServiceRig rig = rig(null, null, threads)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/left.bin");
      threads.step(rig);
      asked.credit(WINDOW);
      assertThat(threads.waiting()).isEqualTo(1);
      asked.fail(FailureCode.CLIENT_GONE);
      assertThat(asked.client.reset).isNotNull();
      threads.step(rig);
      assertThat(threads.waiting()).as("the close").isEqualTo(1);
      threads.step(rig);
      assertThat(threads.idle()).isTrue();
      assertThat(asked.client.body.size()).isEqualTo(WINDOW);
      assertThat(openFilesBelow(root)).isZero();
    }
  }

  @Test
  void clientThatLeavesDuringTheOpenLeavesNothingBehind() throws Exception {
    large("left.bin", 5 * WINDOW);
    var threads = new SteppedThreads();
    try (ServiceRig rig = rig(null, null, threads)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/left.bin");
      asked.fail(FailureCode.CLIENT_GONE);
      threads.step(rig);
      threads.step(rig);
      assertThat(threads.idle()).isTrue();
      assertThat(asked.client.status).isZero();
      assertThat(openFilesBelow(root)).isZero();
    }
  }

  @Test
  void fileThatShrinksBreaksTheAnswerOff() throws Exception {
    byte[] bytes = large("shrinks.bin", 3 * WINDOW);
    var threads = new SteppedThreads();
    try (ServiceRig rig = rig(null, null, threads)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/shrinks.bin");
      threads.step(rig);
      Files.write(root.resolve("shrinks.bin"), Arrays.copyOf(bytes, WINDOW + 100));
      asked.credit(WINDOW);
      threads.step(rig);
      FakeClient answer = asked.answer();
      assertThat(answer.ended).isFalse();
      assertThat(answer.reset)
          .isNotNull()
          .extracting(Failure::code)
          .isEqualTo(FailureCode.STATIC_READ_FAILED);
      assertThat(answer.body.size()).isEqualTo(WINDOW);
      threads.step(rig);
      assertThat(openFilesBelow(root)).isZero();
    }
  }

  @Test
  void fileReplacedWhileItIsSentStaysTheOldOne() throws Exception {
    byte[] bytes = large("replaced.bin", 3 * WINDOW);
    var threads = new SteppedThreads();
    try (ServiceRig rig = rig(null, null, threads)) {
      ServiceRig.Asked asked = rig.askSlowly("GET", "/replaced.bin");
      threads.step(rig);
      Path other = Files.writeString(root.resolve("other"), "new");
      Files.move(
          other,
          root.resolve("replaced.bin"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      while (!asked.client.ended) {
        asked.credit((int) asked.client.outstanding);
        threads.step(rig);
      }
      assertThat(asked.answer().body.toByteArray()).isEqualTo(bytes);
      threads.step(rig);
    }
  }

  @Test
  void goneRootIsNotFoundAndRecovers() throws Exception {
    try (ServiceRig rig = rig()) {
      Path away = root.resolveSibling(root.getFileName() + "-away");
      Files.move(root, away);
      try {
        assertThat(rig.ask("GET", "/").status).isIn(404, 500);
      } finally {
        Files.move(away, root);
      }
      assertThat(rig.ask("GET", "/").status).isEqualTo(200);
    }
  }

  private static long openFilesBelow(Path folder) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    Path real = folder.toRealPath();
    long open = 0;
    try (var entries = Files.list(descriptors)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        try {
          open += Files.readSymbolicLink(entry).startsWith(real) ? 1 : 0;
        } catch (NoSuchFileException closedMeanwhile) {
          assertThat(Files.exists(entry)).isFalse();
        }
      }
    }
    return open;
  }

  /** Runs blocking work when the test says so, in the test's thread. */
  private static final class SteppedThreads implements Executor {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    /** Runs one task, if there is one within reach, and waits for the loop to take note. */
    void step(ServiceRig rig) throws Exception {
      Runnable task = tasks.poll(0, TimeUnit.SECONDS);
      if (task != null) {
        task.run();
      }
      rig.onLoop(() -> {});
    }

    int waiting() {
      return tasks.size();
    }

    boolean idle() {
      return tasks.isEmpty();
    }
  }
}

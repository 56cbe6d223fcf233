package dev.selvedge.edge.agents.denylist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.kernel.HttpHead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListFilesTest {

  private static final Place PLACE = new Place(new Source("test.kdl", Path.of("")), 1, 1);
  private static final HttpHead HEAD = new HttpHead();

  @TempDir private Path folder;

  private ListFile file(DenyLists.Kind kind, String name, String text) throws Exception {
    Path path = Files.writeString(folder.resolve(name), text);
    return new ListFile(kind, name, path, PLACE);
  }

  private static @Nullable String match(ListFiles.Reading reading, int lastByte, String path) {
    return reading.rules().match(new byte[] {10, 0, 0, (byte) lastByte}, path, HEAD);
  }

  @Test
  void readsEachKindOfFile() throws Exception {
    ListFiles files =
        new ListFiles(
            new DenyLists(),
            List.of(
                file(DenyLists.Kind.ADDRESS, "a", "10.0.0.1\r\n# no\r\n"),
                file(DenyLists.Kind.PATH, "p", "^/b\n"),
                file(DenyLists.Kind.USER_AGENT, "u", "^$")));
    ListFiles.Reading reading = files.read();
    assertThat(reading.sound()).isTrue();
    assertThat(match(reading, 1, "/")).isEqualTo("address 10.0.0.1/32");
    assertThat(match(reading, 2, "/b")).isEqualTo("path ^/b");
    assertThat(match(reading, 2, "/")).isEqualTo("user-agent ^$");
  }

  @Test
  void readsAFileAgainWhenItChanged() throws Exception {
    ListFile list = file(DenyLists.Kind.ADDRESS, "a", "10.0.0.1");
    ListFiles files = new ListFiles(new DenyLists(), List.of(list));
    files.read();
    assertThat(files.look()).isNull();
    Path next = Files.writeString(folder.resolve("next"), "10.0.0.2");
    Files.move(next, list.path(), StandardCopyOption.ATOMIC_MOVE);
    assertThat(files.look()).as("it may still be growing").isNull();
    ListFiles.Reading reading = Objects.requireNonNull(files.look());
    assertThat(match(reading, 1, "/")).isNull();
    assertThat(match(reading, 2, "/")).isEqualTo("address 10.0.0.2/32");
    assertThat(files.look()).isNull();
  }

  @Test
  void aFileThatGrowsIsReadOnceItStandsStill() throws Exception {
    ListFile list = file(DenyLists.Kind.ADDRESS, "a", "10.0.0.1");
    ListFiles files = new ListFiles(new DenyLists(), List.of(list));
    files.read();
    for (int i = 2; i < 5; i++) {
      Files.writeString(list.path(), Files.readString(list.path()) + "\n10.0.0." + i);
      assertThat(files.look()).isNull();
    }
    assertThat(match(Objects.requireNonNull(files.look()), 4, "/")).isNotNull();
  }

  @Test
  void saysWhatIsWrongWithEachFile() throws Exception {
    ListFile gone = file(DenyLists.Kind.ADDRESS, "a", "10.0.0.1");
    ListFile bad = file(DenyLists.Kind.ADDRESS, "b", "10.0.0.1/33");
    ListFiles files = new ListFiles(new DenyLists(), List.of(gone, bad));
    Files.delete(gone.path());
    ListFiles.Reading reading = files.read();
    assertThat(reading.sound()).isFalse();
    assertThat(reading.problems())
        .extracting(ListFiles.Wrong::message)
        .containsExactly(
            "cannot read a: there is no such file",
            "b:1:1: the prefix of \"10.0.0.1/33\" must be 0 to 32");
  }
}

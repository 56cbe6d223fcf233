package dev.selvedge.app.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {

  @TempDir private Path parent;

  @Test
  void nobodyElseMayEnter() throws Exception {
    Path socket;
    try (SocketFolder folder = SocketFolder.open(parent)) {
      socket = Files.createFile(folder.socket(3, 7));
      Path path = socket.getParent();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
    assertThat(socket.getParent()).doesNotExist();
  }

  @Test
  void pathsFitASocketHoweverLongTheFoldersAre() throws Exception {
    Path deep = Files.createDirectories(parent.resolve("d".repeat(60)).resolve("e".repeat(60)));
    try (SocketFolder folder = SocketFolder.open(deep)) {
      assertThat(folder.socket(9_999, 1_000_000_000).toString()).hasSizeLessThan(108);
    }
  }

  @Test
  void removesWhatADeadProcessLeft() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path left = Files.createDirectory(parent.resolve("selvedge-" + dead.pid() + "-123"));
    Files.createFile(left.resolve("1.1"));
    long own = ProcessHandle.current().pid();
    Path living = Files.createDirectory(parent.resolve("selvedge-" + own + "-124"));
    try (SocketFolder folder = SocketFolder.open(parent)) {
      assertThat(folder.socket(1, 1)).doesNotExist();
      assertThat(left).doesNotExist();
      assertThat(living).exists();
    }
  }
}

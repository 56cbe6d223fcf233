package dev.selvedge.edge.proxy.agent.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spill files cannot be reached by others and are gone with their process. */
class SpillFilesTest {

  @TempDir Path folder;

  @Test
  void makesTheFolderForItsOwnerOnlyAndFilesWithoutAName() throws IOException {
    SpillFiles files = new SpillFiles(Runnable::run, 1000);
    Path spill = folder.resolve("spill");
    SpillFiles.prepare(spill);
    files.folder(spill);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spill)))
        .isEqualTo("rwx------");
    try (FileChannel file = files.make()) {
      assertThat(spill).isEmptyDirectory();
      file.write(ByteBuffer.wrap(new byte[10]));
      assertThat(file.size()).isEqualTo(10);
    }
  }

  @Test
  void refusesAFolderThatOthersMayEnter() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> SpillFiles.prepare(open))
        .hasMessage("spill-directory " + open + ": it must be a folder of our own with mode 0700");
    Path nowhere = folder.resolve("none/spill");
    assertThatThrownBy(() -> SpillFiles.prepare(nowhere))
        .hasMessageEndingWith(": there is no folder " + nowhere.getParent() + " to make it in");
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
    SpillFiles.prepare(own);
    Path link = Files.createSymbolicLink(folder.resolve("link"), own);
    assertThatThrownBy(() -> SpillFiles.prepare(link)).hasMessageContaining("0700");
  }

  @Test
  void makesAFolderOfItsOwnWhereNoneIsConfigured() throws IOException {
    SpillFiles files = new SpillFiles(Runnable::run, 1000);
    files.make().close();
    files.close();
    files.close();
    files.make().close();
    files.close();
  }

  @Test
  void tellsTheFailuresOfAMinuteOnceWithTheFolder() throws IOException {
    SpillFiles files = new SpillFiles(Runnable::run, 1000);
    Path spill = folder.resolve("spill");
    SpillFiles.prepare(spill);
    files.folder(spill);
    List<String> told = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            told.add(entry.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger("selvedge.proxy");
    log.addHandler(handler);
    try {
      long now = System.nanoTime();
      long minute = TimeUnit.MINUTES.toNanos(1);
      files.failed(new IOException("No space left on device"), now);
      files.failed(new IOException("No space left on device"), now + minute - 1);
      files.failed(new AccessDeniedException("body-1"), now + minute);
      files.failed(
          new FileSystemException("body-2", null, "Read-only file system"), now + 2 * minute);
    } finally {
      log.removeHandler(handler);
    }
    String kept = "bodies held for agents cannot be kept in " + spill + ": ";
    assertThat(told)
        .containsExactly(
            kept + "No space left on device",
            kept + "permission denied",
            kept + "Read-only file system");
  }

  @Test
  void makesTheFolderAgainWhereSomebodyRemovedIt() throws IOException {
    SpillFiles files = new SpillFiles(Runnable::run, 1000);
    Path spill = folder.resolve("spill");
    SpillFiles.prepare(spill);
    files.folder(spill);
    Files.delete(spill);
    files.make().close();
    assertThat(spill).isEmptyDirectory();
  }
}

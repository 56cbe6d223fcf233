package dev.selvedge.app.child;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder of this process that nobody else may enter, for the sockets of its children; removed at
 * the end. One that a killed process left behind is removed by the next that starts. Thread-safe.
 */
public final class SocketFolder implements AutoCloseable {

  /** Of {@code sun_path}, with its final zero byte (unix(7)). */
  private static final int PATH_BYTES_MAX = 107;

  private static final int NAME_BYTES_MAX = 24;
  private static final Pattern NAME = Pattern.compile("selvedge-([0-9]{1,10})-[0-9]+");

  private final Path folder;

  private SocketFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes one in the system's folder for such things, or in /tmp if that one's path is long. */
  public static SocketFolder open() throws IOException {
    return open(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
  }

  static SocketFolder open(Path parent) throws IOException {
    sweep(parent);
    Path folder = make(parent);
    if (folder.toString().length() + 1 + NAME_BYTES_MAX > PATH_BYTES_MAX) {
      Files.delete(folder);
      folder = make(Path.of("/tmp"));
    }
    return new SocketFolder(folder);
  }

  private static Path make(Path parent) throws IOException {
    return Files.createTempDirectory(
        parent,
        "selvedge-" + ProcessHandle.current().pid() + "-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** The path of one child's socket. */
  public Path socket(int child, long start) {
    return folder.resolve(child + "." + start);
  }

  /** Removes what processes of ours left that are no more; what is not ours cannot be removed. */
  private static void sweep(Path parent) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, "selvedge-*")) {
      for (Path one : all) {
        Matcher name = NAME.matcher(String.valueOf(one.getFileName()));
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          remove(one);
        }
      }
    } catch (IOException unreadable) {
      // They stay where they are: no more than a few empty files.
    }
  }

  private static void remove(Path folder) {
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder)) {
      for (Path socket : sockets) {
        Files.deleteIfExists(socket);
      }
      Files.deleteIfExists(folder);
    } catch (IOException notOurs) {
      // It belongs to somebody else, or is gone.
    }
  }

  @Override
  public void close() {
    remove(folder);
  }
}

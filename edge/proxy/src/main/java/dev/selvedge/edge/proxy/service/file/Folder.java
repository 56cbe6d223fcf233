package dev.selvedge.edge.proxy.service.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open folder. Names are looked up in the folder that was opened, whatever happens to its path
 * meanwhile, and a symbolic link is never followed (openat and fstatat with O_NOFOLLOW).
 *
 * <p>Blocks. Not thread-safe.
 */
final class Folder implements Closeable {

  private static final Set<? extends OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final SecureDirectoryStream<Path> stream;

  private Folder(SecureDirectoryStream<Path> stream) {
    this.stream = stream;
  }

  /**
   * Opens a folder by its path.
   *
   * @throws IOException also where the file system has no lookup relative to an open folder
   */
  @SuppressWarnings("StreamResourceLeak") // the folder that is returned owns it
  static Folder open(Path path) throws IOException {
    DirectoryStream<Path> opened = Files.newDirectoryStream(path);
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return new Folder(secure);
    }
    opened.close();
    throw new IOException(path + " lies on a file system without openat");
  }

  /** What lies at that name, links themselves included; null where nothing does. */
  @Nullable BasicFileAttributes lookUp(String name) throws IOException {
    if (name.getBytes(StandardCharsets.UTF_8).length > StaticName.MAX_NAME) {
      return null;
    }
    try {
      return stream
          .getFileAttributeView(
              Path.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes();
    } catch (NoSuchFileException | NotDirectoryException | InvalidPathException nothing) {
      return null;
    }
  }

  /** Opens the folder of that name in this one. */
  Folder enter(String name) throws IOException {
    return new Folder(stream.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS));
  }

  /** Opens the file of that name in this folder for reading. */
  SeekableByteChannel read(String name) throws IOException {
    return stream.newByteChannel(Path.of(name), READ);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

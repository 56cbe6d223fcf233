package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.edge.proxy.loop.Bounds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where held bodies go that do not fit into memory: files that only this process can reach, no
 * bytes of which outlive it, and never more bytes or files than the bounds.
 *
 * <p>Each file is made with mode 0600 in a folder of mode 0700 and unlinked before its first byte
 * is written, so that a kill leaves nothing behind. The folder must be ours and closed to others;
 * one that is not is refused, because who may write to it could exchange a file between making and
 * unlinking. Where none is configured, one with an unguessable name is made in the system's
 * temporary folder, when the first file is needed.
 *
 * <p>Thread-safe. Making a file blocks.
 */
public final class SpillFiles {

  private static final System.Logger LOG = System.getLogger("selvedge.proxy");
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

  /** Files at once: more would take the descriptors that connections need. */
  public static final int FILES_MAX = 1_000;

  private final Executor blocking;
  private final Bounds count = new Bounds(FILES_MAX);
  private final Bounds bytes = new Bounds(0);
  private volatile @Nullable Path folder;
  private volatile @Nullable Path made;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /**
   * Makes nothing yet.
   *
   * @param blocking runs all work on files
   * @param bytesMax of all files together
   */
  public SpillFiles(Executor blocking, long bytesMax) {
    this.blocking = blocking;
    bytes.limit(bytesMax);
  }

  /** Files whose work is done on a virtual thread each time; the bound is set later. */
  public static SpillFiles onVirtualThreads() {
    Thread.Builder builder = Thread.ofVirtual().name("spill");
    return new SpillFiles(builder::start, 0);
  }

  /** Bytes in files; the limit may be changed. */
  public Bounds bytes() {
    return bytes;
  }

  /** Files there are or are about to be. */
  Bounds count() {
    return count;
  }

  Executor blocking() {
    return blocking;
  }

  /**
   * Sees that a folder can be used, and makes it if it is not there.
   *
   * @param configured null for one of our own
   * @throws IOException where it cannot be made, or is open to others than its owner, which must be
   *     who runs this program
   */
  public static void prepare(@Nullable Path configured) throws IOException {
    if (configured != null) {
      try {
        makeOrCheck(configured);
      } catch (IOException why) {
        throw new IOException("spill-directory " + configured + ": " + reason(why), why);
      }
    }
  }

  /** Uses this folder from now on; null for one of our own. */
  public void folder(@Nullable Path configured) {
    folder = configured;
  }

  /**
   * A file could not be used. Every refusal has its record and its line; the reason and the folder
   * are told in the log once a minute at most, so that a full disk does not fill it.
   */
  void failed(IOException why, long nowNanos) {
    long until = quietUntil.get();
    if (nowNanos - until >= 0 && quietUntil.compareAndSet(until, nowNanos + QUIET_NANOS)) {
      Path at = folder;
      String where = at == null ? "the folder for temporary files" : at.toString();
      LOG.log(
          System.Logger.Level.ERROR,
          "bodies held for agents cannot be kept in " + where + ": " + reason(why));
    }
  }

  /** Of these exceptions the message may be the file alone. */
  private static String reason(IOException why) {
    if (why instanceof AccessDeniedException) {
      return "permission denied";
    }
    String reason = why instanceof FileSystemException file ? file.getReason() : why.getMessage();
    return reason == null ? why.getClass().getSimpleName() : reason;
  }

  /** Makes a file that has no name any more. Blocks. */
  FileChannel make() throws IOException {
    Path at = folder;
    if (at == null) {
      at = own();
    }
    try {
      return makeIn(at);
    } catch (NoSuchFileException folderRemoved) {
      makeOrCheck(at);
      return makeIn(at);
    }
  }

  private static FileChannel makeIn(Path at) throws IOException {
    long random = ThreadLocalRandom.current().nextLong();
    Path file = at.resolve("body-" + HexFormat.of().toHexDigits(random));
    FileChannel channel =
        FileChannel.open(file, OPTIONS, PosixFilePermissions.asFileAttribute(FILE_MODE));
    try {
      Files.delete(file);
    } catch (IOException notOurs) {
      channel.close();
      throw notOurs;
    }
    return channel;
  }

  private synchronized Path own() throws IOException {
    Path at = made;
    if (at == null) {
      at = Files.createTempDirectory("selvedge-spill-");
      made = at;
    }
    return at;
  }

  private static void makeOrCheck(Path at) throws IOException {
    try {
      Files.createDirectory(at, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException there) {
      check(at);
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no folder " + at.getParent() + " to make it in", missing);
    }
  }

  private static void check(Path at) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(at, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path self = Path.of("/proc/self");
    boolean ours =
        !Files.exists(self)
            || found.owner().equals(Files.getOwner(self, LinkOption.NOFOLLOW_LINKS));
    if (!found.isDirectory() || !ours || !OWNER_ONLY.containsAll(found.permissions())) {
      throw new IOException("it must be a folder of our own with mode 0700");
    }
  }

  /** Removes the folder that was made without being asked for; files in use stay usable. */
  public synchronized void close() {
    Path at = made;
    if (at != null) {
      made = null;
      at.toFile().delete();
    }
  }
}

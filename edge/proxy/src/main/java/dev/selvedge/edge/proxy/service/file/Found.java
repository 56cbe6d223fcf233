package dev.selvedge.edge.proxy.service.file;

import java.time.Instant;
import java.util.Map;

/** What lies at a name. Immutable. */
sealed interface Found {

  /** Nothing that may be served. */
  record Nothing() implements Found {}

  /** A folder with an index, asked for without its slash. */
  record Folder() implements Found {}

  /**
   * A regular file.
   *
   * @param coded its coded copies that the client would take and that are no older than it
   */
  record File(String name, Facts plain, Map<Coding, Facts> coded) implements Found {}

  /** Size in bytes and time of the last change. */
  record Facts(long size, Instant modified) {}
}

package dev.selvedge.edge.config;

import dev.selvedge.kernel.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the whole process. Immutable.
 *
 * @param workerThreads event loops; 0 is one per core
 * @param gracefulShutdownTimeout how long a drain may take before connections are cut
 * @param drainDelay how long a drain still accepts after {@code /ready} says 503
 * @param reloadOnChange whether the configuration files are watched
 * @param trustedProxies peers whose PROXY headers and forwarding fields are believed
 * @param forwarded the one forwarding field that is read; the other is removed
 * @param identityFields lower-case names removed from requests of untrusted peers
 * @param strictTarget whether bytes outside RFC 3986 in a request target are refused
 * @param spillDirectory where bodies held for agents go that do not fit into memory; null for a
 *     folder of our own
 */
public record SystemConfig(
    int workerThreads,
    Transport transport,
    Duration gracefulShutdownTimeout,
    Duration drainDelay,
    boolean reloadOnChange,
    List<Cidr> trustedProxies,
    ForwardedField forwarded,
    List<String> identityFields,
    boolean strictTarget,
    AccessLog accessLog,
    @Nullable Path spillDirectory,
    LimitsConfig limits,
    TimeoutsConfig timeouts) {

  /** How event loops wait. */
  public enum Transport {
    EPOLL,
    IO_URING
  }

  /** Which field tells the client's address. */
  public enum ForwardedField {
    X_FORWARDED_FOR,
    FORWARDED
  }

  /** Where access lines go: nowhere, standard output, or a file. */
  public sealed interface AccessLog {
    /** No access lines; refusals are still logged. */
    record Off() implements AccessLog {}

    /** Standard output. */
    record Stdout() implements AccessLog {}

    /** Appended to this file; reopened on reload, so that it can be rotated. */
    record ToFile(Path file) implements AccessLog {}
  }

  /**
   * Bounds (EDGE 4).
   *
   * @param maxHead of a request or response head, all lines together
   * @param maxBody default of a request body; a route may set its own
   * @param maxBuffered over all connections; at the bound new requests get 503
   * @param maxBufferedPerDirection of one exchange; at the bound reading pauses
   * @param maxSpill of bodies held for agents, in files; at the bound 503
   */
  public record LimitsConfig(
      int maxConnections,
      int maxConnectionsPerAddress,
      int maxInFlight,
      ByteSize maxBuffered,
      ByteSize maxBufferedPerDirection,
      ByteSize maxSpill,
      ByteSize maxHead,
      int maxFields,
      ByteSize maxFieldName,
      ByteSize maxFieldValue,
      ByteSize maxTarget,
      ByteSize maxBody) {}

  /**
   * Timers of the client's side (EDGE 3).
   *
   * @param head from the first byte of a head (or the accept) to its end
   * @param keepAlive between two requests
   * @param requestBody between two reads of a request body
   * @param requestBodyMinRate bytes a second, averaged over 30 s; zero switches it off
   * @param clientWrite how long a client may take nothing of an answer
   * @param upgradedIdle without a byte in either direction of a tunnel
   */
  public record TimeoutsConfig(
      Duration head,
      Duration keepAlive,
      Duration requestBody,
      ByteSize requestBodyMinRate,
      Duration clientWrite,
      Duration upgradedIdle) {}

  /** The file of an access log that goes to a file, else null. */
  public @Nullable Path accessLogFile() {
    return accessLog instanceof AccessLog.ToFile to ? to.file() : null;
  }
}

package dev.selvedge.edge.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an agent listens that was started elsewhere. Immutable; resolving is the user's business.
 */
public sealed interface AgentAddress {

  /**
   * A gRPC stream over TCP.
   *
   * @param host without brackets
   * @param tls null speaks plain text
   */
  record Grpc(String host, int port, @Nullable Tls tls) implements AgentAddress {

    @Override
    public String toString() {
      return new Address(host, port).toString();
    }
  }

  /** Frames on a unix socket; the path is absolute. */
  record UnixSocket(Path path) implements AgentAddress {

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * Files in PEM form, absolute.
   *
   * @param ca whom the proxy trusts; null takes the system's list
   * @param certificate what the proxy shows to the agent, with {@code key}; null shows nothing
   */
  record Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {}
}

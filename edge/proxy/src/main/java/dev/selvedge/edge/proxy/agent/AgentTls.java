package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.AgentAddress.Tls;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The TLS settings of a connection to an agent, from files. */
final class AgentTls {

  private AgentTls() {}

  /** Reads the files; the agent's certificate is checked against its host name. */
  static SslContext client(Tls tls) throws IOException {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    @Nullable Path ca = tls.ca();
    @Nullable Path certificate = tls.certificate();
    @Nullable Path key = tls.key();
    try {
      if (ca != null) {
        builder = builder.trustManager(ca.toFile());
      }
      if (certificate != null && key != null) {
        builder = builder.keyManager(certificate.toFile(), key.toFile());
      }
      return builder.build();
    } catch (IllegalArgumentException | IOException unusable) {
      throw new IOException("TLS of an agent: " + unusable.getMessage(), unusable);
    }
  }
}

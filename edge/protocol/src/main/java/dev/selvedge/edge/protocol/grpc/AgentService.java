package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.Bounds;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The one method of agent.proto, with messages as the bytes that our own codec wrote. Immutable.
 */
final class AgentService {

  static final String NAME = "selvedge.agent.v1.AgentProtocol";

  /** A frame's bound and what protobuf adds to it. */
  static final int MESSAGE_BYTES_MAX = Bounds.FRAME_BYTES_MAX + Bounds.CHUNK_BYTES_MAX;

  static final MethodDescriptor<byte[], byte[]> CONNECT =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Connect"))
          .setRequestMarshaller(new BytesMarshaller())
          .setResponseMarshaller(new BytesMarshaller())
          .build();

  private AgentService() {}

  private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new Known(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Spares gRPC a copy to find out the length. */
  private static final class Known extends ByteArrayInputStream implements KnownLength {
    Known(byte[] bytes) {
      super(bytes);
    }
  }
}

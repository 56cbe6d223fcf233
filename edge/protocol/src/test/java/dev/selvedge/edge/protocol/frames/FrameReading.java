package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Described;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frames as tests see them. */
final class FrameReading extends FrameHandler {

  /** One frame; the message null where it is of an unknown type. */
  record Read(int type, int flags, int call, @Nullable Object message) {

    String described() {
      return "\"type\":"
          + type
          + ",\"flags\":"
          + flags
          + ",\"call\":"
          + call
          + ",\"message\":"
          + Described.of(message);
    }
  }

  final List<Read> frames = new ArrayList<>();
  @Nullable Throwable failure;

  static byte[] bytes(FrameOutput out) {
    ByteBuf buffer = Unpooled.buffer(out.length());
    out.drainTo(buffer);
    return buffer.array();
  }

  @Override
  void frame(int type, int flags, int call, ByteBuf buffer, int index, int length) {
    Object message =
        type >= 0x80
            ? ReplyReader.read(type, flags, buffer, index, length)
            : FrameAgentConnection.read(type, flags, buffer, index, length);
    frames.add(new Read(type, flags, call, message));
  }

  @Override
  boolean accepting() {
    return failure == null;
  }

  @Override
  void failed(Throwable cause) {
    failure = cause;
  }
}

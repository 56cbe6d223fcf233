package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is read into frames without copying, except for a frame that a read split in two.
 *
 * <p>Holds at most one frame in part ({@link Bounds#FRAME_BYTES_MAX}) and one read: a length is
 * checked as soon as its frame's header is there. Confined to its event loop.
 */
abstract class FrameHandler extends ChannelInboundHandlerAdapter {

  private static final int HELD_BYTES = 4096;

  private @Nullable ByteBuf held;

  /** One frame; its payload lies in the buffer, whose indices must not be moved. */
  abstract void frame(int type, int flags, int call, ByteBuf buffer, int index, int length);

  /** Whether frames are still wanted: false once the connection was given up. */
  abstract boolean accepting();

  /** The peer broke the protocol, or a frame's receiver has a bug. */
  abstract void failed(Throwable cause);

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      if (held == null) {
        frames(read);
        if (read.isReadable() && accepting()) {
          held = context.alloc().heapBuffer(HELD_BYTES).writeBytes(read);
        }
      } else {
        joined(held.writeBytes(read));
      }
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      read.release();
    }
  }

  private void joined(ByteBuf input) {
    frames(input);
    if (!input.isReadable() || !accepting()) {
      dropHeld();
    } else if (input.readerIndex() > 0) {
      input.discardReadBytes();
    }
  }

  private void frames(ByteBuf input) {
    while (input.readableBytes() >= FrameOutput.HEADER && accepting()) {
      int at = input.readerIndex();
      long length = input.getUnsignedInt(at);
      if (length > Bounds.FRAME_BYTES_MAX) {
        throw Violation.FRAME_TOO_LARGE.because(length + " bytes");
      }
      if (input.readableBytes() - FrameOutput.HEADER < length) {
        return;
      }
      int payload = at + FrameOutput.HEADER;
      input.readerIndex(payload + (int) length);
      int type = input.getByte(at + 4) & 0xFF;
      int flags = input.getByte(at + 5) & 0xFF;
      frame(type, flags, input.getInt(at + 6), input, payload, (int) length);
    }
  }

  private void dropHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    dropHeld();
  }
}

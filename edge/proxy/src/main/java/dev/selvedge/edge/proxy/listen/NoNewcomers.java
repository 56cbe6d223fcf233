package dev.selvedge.edge.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes a listening socket deaf to new connections while those under way are still made: whatever
 * is queued at the moment of its close is reset, and under load something always is.
 *
 * <p>A classic BPF program on the socket (SO_ATTACH_FILTER, socket(7)) drops segments that open a
 * connection. The system asks such a client to try again later, which then finds the socket closed
 * and is refused: an answer that it can act on, unlike a reset behind a request. Stateless.
 */
final class NoNewcomers {

  private static final System.Logger LOG = System.getLogger("selvedge.proxy");

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  /** {@code struct sock_fprog}: u16 count, padding, pointer. */
  private static final int PROGRAM_BYTES = 16;

  private static final RawUnixChannelOption ATTACH =
      new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM_BYTES);

  /** Code, jump if true, jump if false, operand; the packet begins with the TCP header. */
  private static final int[][] INSTRUCTIONS = {
    {0x30, 0, 0, 13}, // load the byte of flags
    {0x54, 0, 0, 0x12}, // keep SYN and ACK
    {0x15, 0, 1, 0x02}, // SYN alone?
    {0x06, 0, 0, 0}, // drop
    {0x06, 0, 0, -1}, // keep all of it
  };

  private static final MemorySegment FILTER = filter();

  private NoNewcomers() {}

  private static MemorySegment filter() {
    MemorySegment code = Arena.global().allocate(8L * INSTRUCTIONS.length, 8);
    for (int i = 0; i < INSTRUCTIONS.length; i++) {
      int[] one = INSTRUCTIONS[i];
      code.set(ValueLayout.JAVA_SHORT, 8L * i, (short) one[0]);
      code.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) one[1]);
      code.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) one[2]);
      code.set(ValueLayout.JAVA_INT, 8L * i + 4, one[3]);
    }
    return code;
  }

  /**
   * Applies to a listening socket on epoll; does nothing elsewhere, or where a sandbox forbids it.
   */
  static void apply(Channel accepting) {
    ByteBuffer program = ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder());
    program.putShort(0, (short) INSTRUCTIONS.length).putLong(8, FILTER.address());
    try {
      accepting.config().setOption(ATTACH, program);
    } catch (ChannelException forbidden) {
      LOG.log(System.Logger.Level.DEBUG, "connections may begin until the close", forbidden);
    }
  }
}

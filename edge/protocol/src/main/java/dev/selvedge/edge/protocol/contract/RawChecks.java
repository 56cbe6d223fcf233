package dev.selvedge.edge.protocol.contract;

import dev.selvedge.edge.protocol.contract.CheckedAgent.CheckFailed;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checks that need bytes no channel would send. Blocking; each on a connection of its own. */
final class RawChecks {

  private static final int HEALTH_REPORT = 0x83;
  private static final String HELLO =
      "00000020 01 00 00000000 534c5647 0001 0001 0000002f 00000000"
          + " 00040000 00400000 00000064 0002 6374";
  private static final String CONFIGURE = "00000008 02 00 00000000 00000001 0000 0000";
  private static final String HEALTH = "00000008 03 00 00000000 0000000000000007";

  private final String path;
  private final long patienceMillis;

  RawChecks(String address, long patienceMillis) {
    this.path = address.substring("unix:".length());
    this.patienceMillis = patienceMillis;
  }

  private static byte[] bytes(String... hex) {
    return HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
  }

  boolean readsByteByByte() throws Exception {
    return exchange(bytes(HELLO, CONFIGURE, HEALTH), true);
  }

  boolean skipsUnknown() throws Exception {
    String unknown = "00000003 7e 00 00000000 010203";
    String longer = "0000000a 03 c0 00000000 0000000000000007 abcd";
    return exchange(bytes(HELLO, CONFIGURE, unknown, longer), false);
  }

  boolean closesOnCritical() throws Exception {
    return closes(bytes(HELLO, CONFIGURE, "00000001 7e 01 00000000 01"));
  }

  boolean closesOnTooLarge() throws Exception {
    return closes(bytes(HELLO, CONFIGURE, "7fffffff 7e 00 00000000"));
  }

  boolean closesOnBadMagic() throws Exception {
    return closes(bytes("00000004 01 00 00000000 47455420"));
  }

  private boolean exchange(byte[] bytes, boolean single) throws Exception {
    try (SocketChannel socket = open()) {
      write(socket, bytes, single);
      within(() -> {
        DataInputStream in = new DataInputStream(Channels.newInputStream(socket));
        while (frameType(in) != HEALTH_REPORT) {}
        return true;
      });
      return true;
    }
  }

  private boolean closes(byte[] bytes) throws Exception {
    try (SocketChannel socket = open()) {
      write(socket, bytes, false);
      return within(() -> {
        DataInputStream in = new DataInputStream(Channels.newInputStream(socket));
        try {
          while (true) {
            frameType(in);
          }
        } catch (EOFException e) {
          return true;
        } catch (IOException e) {
          return true; // A reset is an end too.
        }
      });
    }
  }

  private SocketChannel open() throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    socket.connect(UnixDomainSocketAddress.of(path));
    return socket;
  }

  private static void write(SocketChannel socket, byte[] bytes, boolean single) throws IOException {
    int step = single ? 1 : bytes.length;
    for (int at = 0; at < bytes.length; at += step) {
      ByteBuffer part = ByteBuffer.wrap(bytes, at, step);
      while (part.hasRemaining()) {
        socket.write(part);
      }
    }
  }

  private static int frameType(DataInputStream in) throws IOException {
    int length = in.readInt();
    int type = in.readUnsignedByte();
    in.skipNBytes(5L + length);
    return type;
  }

  /** Something that reads until it knows. */
  private interface Reading {
    boolean end() throws Exception;
  }

  private boolean within(Reading reading) throws Exception {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            done.complete(reading.end());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new CheckFailed("nothing happened for " + patienceMillis + " ms");
    } catch (ExecutionException e) {
      throw new CheckFailed(String.valueOf(e.getCause()));
    }
  }
}

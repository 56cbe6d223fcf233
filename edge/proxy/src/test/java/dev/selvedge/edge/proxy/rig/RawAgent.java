package dev.selvedge.edge.proxy.rig;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An agent written byte by byte from docs/agent-protocol.md: behaves until it is asked about a
 * request, then sends what the test says.
 */
public final class RawAgent implements AutoCloseable {

  /** What it sends when it is asked. */
  public interface Script {
    void asked(int call, Wire wire) throws IOException;

    /**
     * Hears every frame, on its connection's only thread.
     *
     * @return whether that was the answer, so that the usual one is left out
     */
    default boolean heard(int type, int call, byte[] payload, Wire wire) throws IOException {
      return false;
    }

    /** What it announces. */
    default Offer offer() {
      return new Offer(1, 0, 262_144, 4_194_304, 1_000);
    }
  }

  /** What an agent wants and takes, as the frame WELCOME says it. */
  public record Offer(int events, int features, int callCredit, int credit, int calls) {}

  /** One connection, to be written to. */
  public record Wire(DataOutputStream out) {

    /** Sends one whole frame. */
    public void frame(int type, int flags, int call, byte... payload) throws IOException {
      out.writeInt(payload.length);
      out.writeByte(type);
      out.writeByte(flags);
      out.writeInt(call);
      out.write(payload);
      out.flush();
    }

    public void raw(byte... bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Sends an allow of the request's head. */
    public void allow(int call) throws IOException {
      frame(0x90, 0, call, new byte[] {0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }
  }

  private final ServerSocketChannel server;
  private final Script script;
  private final AtomicInteger open = new AtomicInteger();

  private RawAgent(ServerSocketChannel server, Script script) {
    this.server = server;
    this.script = script;
  }

  public static RawAgent start(Path socket, Script script) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    RawAgent agent = new RawAgent(server, script);
    Thread.ofVirtual().start(agent::accept);
    return agent;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel accepted = server.accept();
        Thread.ofVirtual().start(() -> serve(accepted));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(SocketChannel socket) {
    open.incrementAndGet();
    try (socket) {
      DataInputStream in = new DataInputStream(Channels.newInputStream(socket));
      Wire wire = new Wire(new DataOutputStream(Channels.newOutputStream(socket)));
      while (true) {
        int length = in.readInt();
        int type = in.readUnsignedByte();
        in.readUnsignedByte();
        int call = in.readInt();
        byte[] payload = in.readNBytes(length);
        answer(type, call, payload, wire);
      }
    } catch (IOException gone) {
      // The proxy closed the connection, which is what most scripts are for.
    } finally {
      open.decrementAndGet();
    }
  }

  private void answer(int type, int call, byte[] payload, Wire wire) throws IOException {
    if (script.heard(type, call, payload, wire)) {
      return;
    }
    switch (type) {
      case 0x01 -> wire.frame(0x81, 0, 0, welcome());
      case 0x02 -> wire.frame(0x82, 0, 0, concat(payload, 4, new byte[2]));
      case 0x03 -> wire.frame(0x83, 0, 0, concat(payload, 8, new byte[3]));
      case 0x05 -> wire.frame(0x85, 0, call, new byte[2]);
      case 0x10 -> script.asked(call, wire);
      default -> {}
    }
  }

  /** Connections of the proxy that are open. */
  public int open() {
    return open.get();
  }

  private byte[] welcome() throws IOException {
    Offer offer = script.offer();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(1);
    out.writeInt(offer.events());
    out.writeInt(offer.features());
    out.writeInt(offer.callCredit());
    out.writeInt(offer.credit());
    out.writeInt(offer.calls());
    byte[] name = "raw".getBytes(StandardCharsets.UTF_8);
    out.writeShort(name.length);
    out.write(name);
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, int count, byte[] second) {
    byte[] all = new byte[count + second.length];
    System.arraycopy(first, 0, all, 0, count);
    System.arraycopy(second, 0, all, count, second.length);
    return all;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

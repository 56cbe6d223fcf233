package dev.selvedge.edge.proxy.rig;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers {@code /SEED/LENGTH} with {@link Pattern} and the checksum of the request's
 * body, except where it fails: at random in one of many ways, or altogether when it is killed. It
 * comes back on its port. Thread-safe.
 */
public final class UnsteadyUpstream implements AutoCloseable {

  private enum Fault {
    NONE,
    RESET_AT_ONCE,
    CLOSE_AT_ONCE,
    SILENT,
    HALF_CLOSED_SILENT,
    SLOW,
    TOO_SHORT,
    TOO_LONG,
    RESET_IN_BODY,
    GARBAGE,
    CLOSE_AFTER,
    EARLY_ANSWER,
    CHUNKS_CUT
  }

  private static final Fault[] FAULTS = Fault.values();
  private static final int SILENCE_MILLIS = 1500;

  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final long seed;
  private final int port;
  private @Nullable ServerSocket server;
  private volatile boolean accepting = true;
  private volatile boolean steady;
  private int connections;

  private UnsteadyUpstream(long seed, ServerSocket server) {
    this.seed = seed;
    this.server = server;
    this.port = server.getLocalPort();
  }

  public static UnsteadyUpstream start(long seed) throws IOException {
    ServerSocket server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    UnsteadyUpstream upstream = new UnsteadyUpstream(seed, server);
    Thread.ofVirtual().start(() -> upstream.accept(server));
    return upstream;
  }

  public int port() {
    return port;
  }

  /** Stops to listen and cuts every connection. */
  public synchronized void kill() throws IOException {
    ServerSocket listening = server;
    server = null;
    if (listening != null) {
      listening.close();
    }
    for (Socket socket : open) {
      cut(socket);
    }
  }

  private static void cut(Socket socket) throws IOException {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException closed) {
      // Ended by itself meanwhile.
    }
    socket.close();
  }

  /** Listens again on the same port. */
  public synchronized void revive() throws InterruptedException {
    if (server == null) {
      Await.until("port " + port + " is free again", () -> server != null || bind());
    }
  }

  /** The kernel may need a moment, and a connection under way may have the port meanwhile. */
  private boolean bind() {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
      server = listening;
      Thread.ofVirtual().start(() -> accept(listening));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** Whether connections are taken off the queue; the kernel goes on making them. */
  public void accepting(boolean wanted) {
    accepting = wanted;
  }

  /** No more faults of its own from here on. */
  public void steady() {
    steady = true;
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        while (!accepting && !listening.isClosed()) {
          Thread.sleep(5);
        }
        Socket socket = listening.accept();
        open.add(socket);
        Random random = new Random(seed * 1_000_003 + connections++);
        Thread.ofVirtual().start(() -> serve(socket, random));
      } catch (IOException | InterruptedException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket, Random random) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 8192);
      while (serveOne(socket, in, out, random)) {
        out.flush();
      }
      out.flush();
    } catch (IOException | InterruptedException ended) {
      // Killed, or the proxy went away.
    } finally {
      open.remove(socket);
    }
  }

  /** Serves one request; false where the connection ends. */
  private boolean serveOne(Socket socket, InputStream in, OutputStream out, Random random)
      throws IOException, InterruptedException {
    String head = head(in);
    if (head.isEmpty()) {
      return false;
    }
    String[] path = head.split(" ", 3)[1].split("/", -1);
    long wanted = Long.parseLong(path[1]);
    int length = Integer.parseInt(path[2]);
    Fault fault =
        steady || random.nextInt(100) >= 15 ? Fault.NONE : FAULTS[random.nextInt(FAULTS.length)];
    byte[] body = Pattern.of(wanted, length);
    switch (fault) {
      case RESET_AT_ONCE -> {
        socket.setSoLinger(true, 0);
        return false;
      }
      case CLOSE_AT_ONCE -> {
        return false;
      }
      case SILENT -> Thread.sleep(SILENCE_MILLIS);
      case HALF_CLOSED_SILENT -> {
        socket.shutdownOutput();
        Thread.sleep(SILENCE_MILLIS / 10);
        return false;
      }
      case GARBAGE -> {
        out.write("HTTP/1.1 2x0 What\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return false;
      }
      case EARLY_ANSWER -> {
        // An answer to a body that was not read: its checksum is not stated.
        sized(out, body, body.length, "");
        out.flush();
        socket.shutdownOutput();
        in.skipNBytes(0);
        drain(in);
        return false;
      }
      case NONE, SLOW, TOO_SHORT, TOO_LONG, RESET_IN_BODY, CLOSE_AFTER, CHUNKS_CUT -> {}
    }
    String sum = "x-sum: " + checksum(in, head) + "\r\n";
    return answer(socket, out, random, fault, body, sum);
  }

  private static boolean answer(
      Socket socket, OutputStream out, Random random, Fault fault, byte[] body, String sum)
      throws IOException, InterruptedException {
    return switch (fault) {
      case TOO_SHORT -> {
        sized(out, body, body.length + 1 + random.nextInt(10_000), sum);
        yield false;
      }
      case TOO_LONG -> {
        sized(out, body, body.length, sum);
        out.write(Pattern.of(random.nextLong(), 1 + random.nextInt(2000)));
        yield true;
      }
      case RESET_IN_BODY -> {
        sized(out, body, body.length + 5000, sum);
        out.flush();
        Thread.sleep(random.nextInt(5));
        socket.setSoLinger(true, 0);
        yield false;
      }
      case SLOW -> {
        out.write(("HTTP/1.1 200 OK\r\n" + sum).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        Thread.sleep(random.nextInt(50));
        String rest = "Content-Length: " + body.length + "\r\n\r\n";
        out.write(rest.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body, 0, body.length / 2);
        out.flush();
        Thread.sleep(random.nextInt(50));
        out.write(body, body.length / 2, body.length - body.length / 2);
        yield true;
      }
      case CHUNKS_CUT -> {
        chunks(out, body, random, sum);
        yield false;
      }
      case CLOSE_AFTER -> {
        sized(out, body, body.length, sum);
        yield false;
      }
      case NONE,
          SILENT,
          RESET_AT_ONCE,
          CLOSE_AT_ONCE,
          HALF_CLOSED_SILENT,
          GARBAGE,
          EARLY_ANSWER -> {
        if (random.nextBoolean()) {
          sized(out, body, body.length, sum);
        } else {
          chunks(out, body, random, sum);
          out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        yield true;
      }
    };
  }

  private static void sized(OutputStream out, byte[] body, int stated, String sum)
      throws IOException {
    String head = "HTTP/1.1 200 OK\r\n" + sum + "Content-Length: " + stated + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
  }

  private static void chunks(OutputStream out, byte[] body, Random random, String sum)
      throws IOException {
    String head = "HTTP/1.1 200 OK\r\n" + sum + "Transfer-Encoding: chunked\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    int at = 0;
    while (at < body.length) {
      int size = Math.min(body.length - at, 1 + random.nextInt(30_000));
      out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(body, at, size);
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
      at += size;
    }
  }

  private static void drain(InputStream in) throws IOException {
    byte[] sink = new byte[8192];
    while (in.read(sink) >= 0) {
      // Nothing of it is wanted.
    }
  }

  private static long checksum(InputStream in, String head) throws IOException {
    CRC32 sum = new CRC32();
    if (head.contains("transfer-encoding: chunked")) {
      int size = size(in);
      while (size > 0) {
        sum.update(exactly(in, size));
        line(in);
        size = size(in);
      }
      line(in);
    } else {
      sum.update(exactly(in, ScriptedUpstream.length(head)));
    }
    return sum.getValue();
  }

  private static int size(InputStream in) throws IOException {
    String line = line(in);
    if (line.isEmpty()) {
      throw new EOFException();
    }
    return Integer.parseInt(line, 16);
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      head.append(line).append("\r\n");
    }
    return head.toString();
  }

  /** A line without its end; empty at the end of the connection. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}

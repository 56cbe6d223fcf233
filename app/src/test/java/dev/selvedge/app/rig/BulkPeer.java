package dev.selvedge.app.rig;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A server of bodies as large as asked for, and a reader of as large ones, both of a pattern that
 * every block is checked against, at full speed or at a rate.
 */
public final class BulkPeer implements AutoCloseable {

  /** Prime, so that no block of the proxy's own size hides a loss. */
  private static final int PERIOD = 65_521;

  private static final int BLOCK = PERIOD * 4;
  private static final byte[] PATTERN = pattern();

  private final ServerSocket server;
  private volatile long rate;

  private BulkPeer(ServerSocket server) {
    this.server = server;
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[BLOCK + PERIOD];
    for (int i = 0; i < bytes.length; i++) {
      int at = i % PERIOD;
      bytes[i] = (byte) (at * 31 + (at >> 7));
    }
    return bytes;
  }

  public static BulkPeer start() throws IOException {
    ServerSocket server = new ServerSocket();
    server.setReceiveBufferSize(64 * 1024);
    server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    BulkPeer peer = new BulkPeer(server);
    Thread.ofPlatform().daemon().start(peer::accept);
    return peer;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** From now on request bodies are read at so many bytes a second; 0 for full speed. */
  public void rate(long bytesPerSecond) {
    rate = bytesPerSecond;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        String[] path = head.split(" ", 3)[1].split("/", -1);
        if (head.startsWith("POST")) {
          long got = read(in, head, Long.MAX_VALUE, rate);
          String answer = "HTTP/1.1 200 OK\r\nX-Got: " + got + "\r\nContent-Length: 0\r\n\r\n";
          out.write(answer.getBytes(StandardCharsets.US_ASCII));
        } else {
          long bytes = Long.parseLong(path[2]);
          boolean chunked = path[1].equals("chunked");
          String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes;
          out.write(
              ("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
          write(out, bytes, chunked);
        }
      }
    } catch (IOException ended) {
      // The other side has enough, or the test is over.
    }
  }

  /** Writes so many bytes of the pattern. */
  public static void write(OutputStream out, long bytes, boolean chunked) throws IOException {
    long sent = 0;
    while (sent < bytes) {
      int size = (int) Math.min(bytes - sent, BLOCK);
      if (chunked) {
        out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      out.write(PATTERN, (int) (sent % PERIOD), size);
      if (chunked) {
        out.write(new byte[] {'\r', '\n'});
      }
      sent += size;
    }
    if (chunked) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Reads a body by its head's framing and checks every byte; gives its length. */
  public static long read(InputStream in, String head, long most, long rate) throws IOException {
    String lower = head.toLowerCase(java.util.Locale.ROOT);
    Reader reader = new Reader(in, rate);
    if (!lower.contains("transfer-encoding: chunked")) {
      int at = lower.indexOf("content-length: ") + 16;
      reader.take(Long.parseLong(lower.substring(at, lower.indexOf('\n', at)).strip()));
      return reader.got;
    }
    for (long size = reader.size(); size > 0; size = reader.size()) {
      reader.take(size);
      if (!reader.line().isEmpty() || reader.got > most) {
        throw new IOException("a chunk is longer than its size");
      }
    }
    reader.line();
    return reader.got;
  }

  /** A head without carriage returns; empty at the end. */
  public static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b != '\r') {
        head.append((char) b);
      }
      if (b == '\n' && head.length() > 1 && head.charAt(head.length() - 2) == '\n') {
        return head.toString();
      }
    }
    return "";
  }

  /** Reads data and compares it. Not thread-safe. */
  private static final class Reader {
    private final InputStream in;
    private final long rate;
    private final long started = System.nanoTime();
    private final byte[] block = new byte[256 * 1024];
    private int from;
    private int to;
    private long got;

    private Reader(InputStream in, long rate) {
      this.in = in;
      this.rate = rate;
    }

    private void take(long size) throws IOException {
      long left = size;
      while (left > 0) {
        fill();
        int part = (int) Math.min(left, to - from);
        int at = (int) (got % PERIOD);
        if (part > BLOCK || !Arrays.equals(block, from, from + part, PATTERN, at, at + part)) {
          throw new IOException("wrong bytes after " + got);
        }
        from += part;
        got += part;
        left -= part;
        pace();
      }
    }

    /** The rate of a slow reader, which is what is tested. */
    private void pace() {
      if (rate > 0) {
        long due = started + got * 1_000_000_000L / rate;
        while (System.nanoTime() < due) {
          java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
        }
      }
    }

    private void fill() throws IOException {
      if (from == to) {
        from = 0;
        to = Math.max(0, in.read(block, 0, rate > 0 ? 16 * 1024 : block.length));
        if (to == 0) {
          throw new EOFException("ended after " + got);
        }
      }
    }

    private long size() throws IOException {
      return Long.parseLong(line(), 16);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        fill();
        char c = (char) block[from++];
        if (c == '\n') {
          return line.toString();
        }
        if (c != '\r') {
          line.append(c);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

package dev.selvedge.edge.proxy.rig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real server that does exactly what a test tells it to, and remembers every byte that reached
 * it.
 */
public final class ScriptedUpstream implements AutoCloseable {

  /** What to do with one connection; the connection is closed when it returns. */
  @FunctionalInterface
  public interface Script {
    void serve(Connection connection) throws IOException;
  }

  /** One accepted connection. */
  public final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    /** Reads a request head with its empty line; empty text at the end of the connection. */
    public String head() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int matched = 0;
      while (matched < 4) {
        int b = read();
        if (b < 0) {
          return "";
        }
        head.write(b);
        matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      synchronized (heads) {
        heads.add(text);
      }
      return text;
    }

    /** Reads one byte, or −1. */
    public int read() throws IOException {
      int b = in.read();
      if (b >= 0) {
        synchronized (received) {
          received.write(b);
        }
      }
      return b;
    }

    public byte[] exactly(int count) throws IOException {
      byte[] bytes = new byte[count];
      int have = 0;
      for (int got = 0; have < count && got >= 0; ) {
        got = in.read(bytes, have, count - have);
        if (got > 0) {
          synchronized (received) {
            received.write(bytes, have, got);
          }
          have += got;
        }
      }
      return Arrays.copyOf(bytes, have);
    }

    public Connection send(String text) throws IOException {
      return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Connection send(byte[] bytes) throws IOException {
      out.write(bytes);
      return this;
    }

    public Socket socket() {
      return socket;
    }

    /** Closes with a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final List<String> heads = new ArrayList<>();

  private ScriptedUpstream(ServerSocket server) {
    this.server = server;
  }

  /** Serves every connection by the script, each on a thread of its own. */
  public static ScriptedUpstream start(Script script) throws IOException {
    ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    ScriptedUpstream upstream = new ScriptedUpstream(server);
    Thread.ofVirtual().start(() -> upstream.accept(script));
    return upstream;
  }

  /** Answers every request with 200 and the body; reads sized bodies, keeps connections. */
  public static ScriptedUpstream answering(String body) throws IOException {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    return start(connection -> {
      for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
        connection.exactly(length(head));
        connection.send(answer);
      }
    });
  }

  /** The Content-Length of a head, or 0. */
  public static int length(String head) {
    return head.lines()
        .filter(line -> line.startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        if (server.isClosed()) {
          socket.close(); // It came between the close and the wake-up of this thread.
          return;
        }
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(script, socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Script script, Socket socket) {
    try (socket) {
      script.serve(new Connection(socket));
    } catch (IOException ended) {
      // The proxy ended the connection, or the test did.
    } finally {
      open.remove(socket);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Connections open now. */
  public int open() {
    return open.size();
  }

  /** Every byte received on any connection, in order of arrival, as Latin-1. */
  public String received() {
    synchronized (received) {
      return received.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** The request heads read so far. */
  public List<String> heads() {
    synchronized (heads) {
      return List.copyOf(heads);
    }
  }

  /** A configuration of one upstream "up" with this server as its target. */
  public String kdl(String further) {
    return "upstreams { upstream \"up\" { target \"127.0.0.1:"
        + port()
        + "\"; "
        + further
        + " } }\n";
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}

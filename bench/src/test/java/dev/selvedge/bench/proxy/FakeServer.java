package dev.selvedge.bench.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** Gives every request the same answer, right or wrong, on a virtual thread per connection. */
final class FakeServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Answer answer;
  private final Object gate = new Object();
  private boolean stalled;

  private FakeServer(ServerSocket listener, Answer answer) {
    this.listener = listener;
    this.answer = answer;
  }

  /**
   * What is sent.
   *
   * @param declared the Content-Length
   * @param sent the bytes that really follow
   * @param stallMillis how long the first answer holds up all of them
   */
  record Answer(
      int status, long declared, long sent, boolean closes, boolean says, long stallMillis) {
    Answer thenClosing() {
      return new Answer(status, declared, sent, true, says, stallMillis);
    }

    Answer announcingItsEnd() {
      return new Answer(status, declared, sent, closes, true, stallMillis);
    }

    Answer stallingOnce(long millis) {
      return new Answer(status, declared, sent, closes, says, millis);
    }

    byte[] bytes() {
      String head =
          "HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n"
              .formatted(status, declared, says ? "Connection: close\r\n" : "");
      return (head + "x".repeat((int) sent)).getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  static Answer answer(int status, long declared, long sent) {
    return new Answer(status, declared, sent, false, false, 0);
  }

  static FakeServer start(Answer answer) throws IOException {
    FakeServer server =
        new FakeServer(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()), answer);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    byte[] bytes = answer.bytes();
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          stall();
          socket.getOutputStream().write(bytes);
          if (answer.closes()) {
            return;
          }
        }
      }
    } catch (IOException e) {
      // The client left.
    }
  }

  /** The first caller holds everybody up; a server that stalls is what the test is about. */
  private void stall() {
    synchronized (gate) {
      if (answer.stallMillis() > 0 && !stalled) {
        stalled = true;
        LockSupport.parkNanos(answer.stallMillis() * 1_000_000);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

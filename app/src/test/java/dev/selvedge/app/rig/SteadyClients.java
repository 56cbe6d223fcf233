package dev.selvedge.app.rig;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that ask without a break and connect again when told to close, until a connect is
 * refused. A request fails where a byte of it was sent while no FIN of the server was there, and no
 * complete answer came (EDGE 7).
 */
public final class SteadyClients {

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int BODY = 2000;

  private final int port;
  private final AtomicLong answers = new AtomicLong();
  private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  private SteadyClients(int port) {
    this.port = port;
  }

  /** Starts; a third of the clients think between requests, a third use each connection once. */
  public static SteadyClients start(int port, int count) {
    SteadyClients clients = new SteadyClients(port);
    for (int i = 0; i < count; i++) {
      int kind = i % 3;
      Random random = new Random(i);
      clients.threads.add(Thread.ofVirtual().start(() -> clients.run(kind, random)));
    }
    return clients;
  }

  private void run(int kind, Random random) {
    while (!stopped) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        while (!stopped && one(socket, in, kind, random)) {
          if (kind == 1) {
            // A client's own pause, so that connections are idle when the end comes.
            Thread.sleep(random.nextInt(30));
          }
        }
      } catch (IOException refused) {
        return;
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  /** One request; false where the connection is over. */
  private boolean one(Socket socket, InputStream in, int kind, Random random) {
    boolean own = random.nextBoolean();
    String close = kind == 2 ? "Connection: close\r\n" : "";
    String request = "GET " + (own ? "/own" : "/sized/" + BODY) + " HTTP/1.1\r\nHost: a\r\n";
    try {
      if (finished(socket, in)) {
        return false;
      }
      socket
          .getOutputStream()
          .write((request + close + "\r\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // The write met a reset: the FIN was there before it.
      return false;
    }
    String head = "";
    try {
      head = BulkPeer.head(in);
      if (!head.startsWith("HTTP/1.1 200")) {
        failed.add("answered: " + head);
        return false;
      }
      int size = own ? 3 : BODY;
      if (in.readNBytes(size).length < size) {
        failed.add("cut after " + head);
        return false;
      }
    } catch (IOException cut) {
      failed.add(cut + " after: " + head);
      return false;
    }
    answers.incrementAndGet();
    return !head.toLowerCase(java.util.Locale.ROOT).contains("connection: close");
  }

  /** Whether the server's FIN is there already: looked for right before each request. */
  private static boolean finished(Socket socket, InputStream in) throws IOException {
    socket.setSoTimeout(1);
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
  }

  /** Waits until so many requests were answered. */
  public void awaitAnswers(long count) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    long goal = answers.get() + count;
    while (answers.get() < goal) {
      if (System.nanoTime() > end) {
        throw new AssertionError("only " + answers + " answers; failed: " + failed);
      }
      Thread.sleep(2);
    }
  }

  public void end() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join(TIMEOUT_MILLIS);
      if (thread.isAlive()) {
        throw new AssertionError("a client hangs");
      }
    }
  }

  /** Every failed request. */
  public List<String> failed() {
    return List.copyOf(failed);
  }
}

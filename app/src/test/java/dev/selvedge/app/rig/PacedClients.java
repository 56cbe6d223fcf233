package dev.selvedge.app.rig;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that ask for one path at a fixed rate over kept connections, whatever the answers do:
 * latency counts from the moment a request was due. Thread-safe.
 */
public final class PacedClients implements AutoCloseable {

  /**
   * One request.
   *
   * @param at when it was due, by {@link System#nanoTime}
   * @param status 0 where no complete answer came
   * @param code of a refusal, else empty
   * @param id what the answer says in x-request-id
   */
  public record Sample(long at, long nanos, int status, String code, String id) {}

  private static final int CONNECTIONS_MIN = 10;
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
  private static final Pattern ID = Pattern.compile("(?i)x-request-id: (\\S+)");
  private static final Pattern CODE = Pattern.compile("\"code\":\"([^\"]*)\"");
  private static final Pattern STATUS = Pattern.compile("HTTP/1.1 (\\d+)");

  private final int port;
  private final String path;
  private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  private PacedClients(int port, String path) {
    this.port = port;
    this.path = path;
  }

  /**
   * Starts, with so many connections that none is late while an agent's deadline of 100 ms passes.
   */
  public static PacedClients start(int port, String path, int perSecond) {
    int connections = Math.max(CONNECTIONS_MIN, perSecond / 5);
    PacedClients clients = new PacedClients(port, path);
    long interval = 1_000_000_000L / perSecond;
    long first = System.nanoTime() + 100_000_000L;
    for (int i = 0; i < connections; i++) {
      long due = first + i * interval;
      clients.threads.add(
          Thread.ofPlatform().daemon().start(() -> clients.run(due, interval * connections)));
    }
    return clients;
  }

  private void run(long firstDue, long interval) {
    long due = firstDue;
    while (!stopped) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        boolean open = true;
        while (!stopped && open) {
          for (long wait; (wait = due - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(wait);
          }
          open = ask(socket, in, due);
          due += interval;
        }
      } catch (IOException refused) {
        samples.add(new Sample(due, System.nanoTime() - due, 0, "connect", ""));
        due += interval;
      }
    }
  }

  /** One request; false where the connection is over. */
  private boolean ask(Socket socket, InputStream in, long due) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    try {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String head = BulkPeer.head(in);
      byte[] body = in.readNBytes(Integer.parseInt(find(LENGTH, head)));
      long took = System.nanoTime() - due;
      int status = Integer.parseInt(find(STATUS, head));
      String text = new String(body, StandardCharsets.UTF_8);
      String code = status < 400 ? "" : find(CODE, text);
      samples.add(new Sample(due, took, status, code, find(ID, head)));
      return !head.toLowerCase(java.util.Locale.ROOT).contains("connection: close");
    } catch (IOException | NumberFormatException cut) {
      if (!stopped) {
        samples.add(new Sample(due, System.nanoTime() - due, 0, String.valueOf(cut), ""));
      }
      return false;
    }
  }

  private static String find(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group(1) : "";
  }

  /** Requests that were due in that time. */
  public List<Sample> between(long from, long to) {
    return samples.stream().filter(s -> s.at() >= from && s.at() < to).toList();
  }

  /** The 99th percentile of their latencies. */
  public static long p99(List<Sample> samples) {
    long[] sorted = samples.stream().mapToLong(Sample::nanos).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)];
  }

  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join(TIMEOUT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package dev.selvedge.app.admin;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The admin listener: plain HTTP for operators and scrapers, on virtual threads, apart from the
 * event loops, so that it answers when they do not.
 *
 * <p>Bounds: {@value #REQUESTS} requests at a time (one more is closed), {@value #CONNECTIONS}
 * connections, {@value #REQUEST_SECONDS} s for a request to arrive, {@value #RESPONSE_SECONDS} s
 * for an answer to leave, 16 KiB and 50 fields of a head, 64 KiB of a body. The JDK's server reads
 * them from system properties when its first instance is made; nothing else in the program uses it.
 * Thread-safe.
 */
public final class AdminServer implements AutoCloseable {

  static final int REQUESTS = 64;
  static final int CONNECTIONS = 128;
  static final int REQUEST_SECONDS = 10;
  static final int RESPONSE_SECONDS = 30;

  private static final int BACKLOG = 64;
  private static final Logger JDK_SERVER = Logger.getLogger("com.sun.net.httpserver");

  static {
    bound("jdk.httpserver.maxConnections", CONNECTIONS);
    bound("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    bound("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
    bound("sun.net.httpserver.idleInterval", 30);
    bound("sun.net.httpserver.maxIdleConnections", 32);
    bound("sun.net.httpserver.maxReqHeaders", 50);
    bound("sun.net.httpserver.maxReqHeaderSize", 16 * 1024);
    // Bodies are read to their end by the handler; what is longer is cut off, not waited for.
    bound("sun.net.httpserver.drainAmount", 0);
    // What peers send is answered, counted by nobody, and must not reach the log.
    JDK_SERVER.setLevel(Level.OFF);
  }

  private final HttpServer server;

  private AdminServer(HttpServer server) {
    this.server = server;
  }

  private static void bound(String property, int value) {
    System.setProperty(property, Integer.toString(value));
  }

  /**
   * Binds and serves.
   *
   * @throws IOException if the address cannot be bound
   */
  public static AdminServer start(InetSocketAddress address, AdminSources sources)
      throws IOException {
    HttpServer server = HttpServer.create(address, BACKLOG);
    boolean loopback = server.getAddress().getAddress().isLoopbackAddress();
    server.createContext("/", new AdminHandler(sources, loopback));
    server.setExecutor(new Bounded());
    server.start();
    return new AdminServer(server);
  }

  /** Where it listens; tells the port that the system chose. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Stops at once. */
  @Override
  public void close() {
    server.stop(0);
  }

  /** A virtual thread for each request; over the bound the server closes the connection. */
  private static final class Bounded implements Executor {
    private final Semaphore permits = new Semaphore(REQUESTS);

    @Override
    public void execute(Runnable request) {
      if (!permits.tryAcquire()) {
        throw new RejectedExecutionException("too many admin requests");
      }
      Thread.ofVirtual()
          .name("admin")
          .start(() -> {
            try {
              request.run();
            } finally {
              permits.release();
            }
          });
    }
  }
}

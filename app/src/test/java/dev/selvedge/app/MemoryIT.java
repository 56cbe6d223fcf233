package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.app.rig.BulkPeer;
import dev.selvedge.app.rig.SelvedgeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies of any size pass through little memory: with 64 MiB of heap and 64 MiB of direct memory,
 * gigabytes at full speed in each direction and then slow readers on each side add less than 64 MiB
 * to the resident memory, and every byte arrives. The form with 2 GiB and 20 s needs {@code
 * -Dselvedge.soak=true}; the build takes an eighth of it.
 */
class MemoryIT {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final long BYTES = SOAK ? 2L << 30 : 256L << 20;
  private static final long SLOW_SECONDS = SOAK ? 20 : 3;
  private static final long SLOW_RATE = 1 << 20;
  private static final long GROWTH_MAX = 64L << 20;

  @TempDir Path folder;

  @Test
  void streamsGigabytesInLittleMemory() throws Exception {
    try (BulkPeer upstream = BulkPeer.start();
        SelvedgeProcess program = start(upstream)) {
      int port = program.port("web");
      for (int i = 0; i < 50; i++) {
        download(port, 100_000, i % 2 == 0, 0);
        upload(port, 100_000, i % 2 == 0);
      }
      long before = program.resident();
      for (boolean chunked : new boolean[] {false, true}) {
        report(
            program,
            before,
            "download, chunked " + chunked,
            () -> download(port, BYTES, chunked, 0));
        report(program, before, "upload, chunked " + chunked, () -> upload(port, BYTES, chunked));
      }
      long slow = SLOW_RATE * SLOW_SECONDS;
      report(program, before, "slow client", () -> download(port, slow, false, SLOW_RATE));
      upstream.rate(SLOW_RATE);
      report(program, before, "slow upstream", () -> upload(port, slow, true));
    }
  }

  private SelvedgeProcess start(BulkPeer upstream) throws Exception {
    String config =
        """
        system { worker-threads 1; access-log "off" }
        admin { address "off" }
        listeners { listener "web" { address "127.0.0.1:0" } }
        routes { route "all" { upstream "up"; policies { max-body "100GiB" } } }
        upstreams { upstream "up" { target "127.0.0.1:%d" } }
        """
            .formatted(upstream.port());
    Path file = Files.writeString(folder.resolve("memory.kdl"), config);
    return SelvedgeProcess.start(file, "-Xmx64m", "-XX:MaxDirectMemorySize=64m");
  }

  private interface Transfer {
    void run() throws Exception;
  }

  /** Runs a transfer, looks at the memory all the while, and fails where it grew too much. */
  private static void report(SelvedgeProcess program, long before, String what, Transfer transfer)
      throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long started = System.nanoTime();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            transfer.run();
            done.complete(null);
          } catch (Exception | AssertionError failed) {
            done.completeExceptionally(failed);
          }
        });
    long most = 0;
    while (!done.isDone()) {
      most = Math.max(most, program.resident());
      done.copy()
          .completeOnTimeout(null, 100, TimeUnit.MILLISECONDS)
          .exceptionally(e -> null)
          .join();
    }
    done.get();
    long millis = (System.nanoTime() - started) / 1_000_000;
    System.out.printf(
        "MemoryIT: %s: %d ms, resident %d KiB, %+d KiB%n",
        what, millis, most >> 10, (most - before) >> 10);
    assertThat(most - before).as(what).isLessThan(GROWTH_MAX);
  }

  private static Socket connect(int port, long rate) throws IOException {
    Socket socket = new Socket();
    if (rate > 0) {
      socket.setReceiveBufferSize(64 * 1024);
    }
    socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void download(int port, long bytes, boolean chunked, long rate)
      throws IOException {
    String kind = chunked ? "chunked" : "sized";
    try (Socket socket = connect(port, rate)) {
      String request = "GET /" + kind + "/" + bytes + " HTTP/1.1\r\nHost: memory.example\r\n";
      socket
          .getOutputStream()
          .write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String head = BulkPeer.head(in);
      assertThat(head).startsWith("HTTP/1.1 200");
      assertThat(BulkPeer.read(in, head, bytes, rate)).isEqualTo(bytes);
    }
  }

  private static void upload(int port, long bytes, boolean chunked) throws IOException {
    try (Socket socket = connect(port, 0)) {
      OutputStream out = socket.getOutputStream();
      String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes;
      String request = "POST /upload HTTP/1.1\r\nHost: memory.example\r\n" + framing;
      out.write((request + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      BulkPeer.write(out, bytes, chunked);
      InputStream in = socket.getInputStream();
      String head = BulkPeer.head(in);
      assertThat(head).startsWith("HTTP/1.1 200");
      assertThat(head.toLowerCase(java.util.Locale.ROOT)).contains("x-got: " + bytes + "\n");
    }
  }
}

package dev.selvedge.edge.proxy.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Ends TLS in front of a plain port, and asks clients for a certificate it trusts. */
public final class TlsTunnel implements AutoCloseable {

  private final SSLServerSocket server;
  private final int target;

  private TlsTunnel(SSLServerSocket server, int target) {
    this.server = server;
    this.target = target;
  }

  /**
   * Starts on a free port.
   *
   * @param identity what it shows, without a password but {@code changeit}
   * @param trusted whose clients it lets in
   */
  public static TlsTunnel start(KeyStore identity, KeyStore trusted, int target) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(identity, "changeit".toCharArray());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    parameters.setNeedClientAuth(true);
    server.setSSLParameters(parameters);
    TlsTunnel tunnel = new TlsTunnel(server, target);
    Thread.ofVirtual().start(tunnel::accept);
    return tunnel;
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket client = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(SSLSocket client) {
    try (client;
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), target)) {
      client.startHandshake();
      Thread back = Thread.ofVirtual().start(() -> copy(plain, client));
      copy(client, plain);
      back.join();
    } catch (IOException | InterruptedException refused) {
      // Whoever has no certificate is refused in the handshake.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8_192];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        out.write(bytes, 0, count);
        out.flush();
      }
      to.close();
    } catch (IOException gone) {
      // The other direction sees it too.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

package dev.selvedge.edge.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.proxy.rig.Await;
import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedAgent;
import dev.selvedge.edge.proxy.rig.TlsTunnel;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gRPC over TLS: the agent must be whom the proxy trusts, and may ask the same of the proxy. */
class AgentTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  /** A self-signed pair by the JDK's own tool, with certificate and key as PEM files beside it. */
  private KeyStore pair(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(
        store,
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-ext",
        "bc=ca:true");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    pem(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    pem(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    return keys;
  }

  private void keytool(Path store, String... words) throws Exception {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    all.addAll(List.of(words));
    all.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    all.addAll(List.of("-storepass", PASSWORD));
    Process keytool = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    assertThat(keytool.waitFor()).as(said).isZero();
  }

  /** The key of a pair under a certificate that an authority signed, valid for ten days. */
  private KeyStore signed(KeyStore pair, String name, String host, String start) throws Exception {
    Path request = folder.resolve(name + ".csr");
    Path answer = folder.resolve(name + ".signed");
    keytool(folder.resolve(name + ".p12"), "-certreq", "-alias", name, "-file", request.toString());
    keytool(
        folder.resolve("authority.p12"),
        "-gencert",
        "-alias",
        "authority",
        "-infile",
        request.toString(),
        "-outfile",
        answer.toString(),
        "-ext",
        "san=dns:" + host,
        "-startdate",
        start,
        "-validity",
        "10");
    Certificate leaf;
    try (InputStream in = Files.newInputStream(answer)) {
      leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    char[] password = PASSWORD.toCharArray();
    keys.setKeyEntry(name, pair.getKey(name, password), password, new Certificate[] {leaf});
    return keys;
  }

  private void pem(String file, String kind, byte[] bytes) throws Exception {
    String text = Base64.getMimeEncoder().encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  /** What lets in whoever shows that certificate. */
  private static KeyStore trusting(KeyStore pair, String name) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(name, pair.getCertificate(name));
    return trusted;
  }

  private String text(int port, String files) {
    return """
    routes { route "all" { echo; agents "a" } }
    agent "a" { grpc address="https://localhost:%d" %s; failure-mode "closed"; timeout "5s" }
    """
        .formatted(port, files);
  }

  private String file(String key, String name) {
    return key + "=\"" + folder.resolve(name) + "\" ";
  }

  @Test
  void bothSidesShowWhoTheyAre() throws Exception {
    KeyStore agentPair = pair("agent");
    KeyStore proxyPair = pair("proxy");
    AgentInfo info = AgentInfo.of("scripted", EventType.REQUEST_HEADERS);
    try (ScriptedAgent agent =
            ScriptedAgent.start("127.0.0.1:0", ScriptedAgent.always(Decision.ALLOW), info);
        TlsTunnel tunnel = TlsTunnel.start(agentPair, trusting(proxyPair, "proxy"), port(agent))) {
      String own = file("cert-file", "proxy.pem") + file("key-file", "proxy.key");
      String trusted = file("ca-file", "agent.pem");
      try (RunningProxy proxy =
              RunningProxy.startWithAgents(1, "", text(tunnel.port(), trusted + own));
          RawClient client = proxy.client().get("/")) {
        assertThat(client.answer().status()).isEqualTo(200);
      }
      isRefused(text(tunnel.port(), trusted));
      isRefused(text(tunnel.port(), file("ca-file", "proxy.pem") + own));
      assertThat(agent.asked()).isEqualTo(1);
    }
  }

  /** That the authority is trusted is not enough. */
  @Test
  void anAgentOfAnotherNameOrOutOfDateIsNotAsked() throws Exception {
    KeyStore proxyPair = pair("proxy");
    KeyStore _ = pair("authority");
    KeyStore pair = pair("agent");
    AgentInfo info = AgentInfo.of("scripted", EventType.REQUEST_HEADERS);
    String files =
        file("ca-file", "authority.pem")
            + file("cert-file", "proxy.pem")
            + file("key-file", "proxy.key");
    try (ScriptedAgent agent =
        ScriptedAgent.start("127.0.0.1:0", ScriptedAgent.always(Decision.ALLOW), info)) {
      KeyStore trusted = trusting(proxyPair, "proxy");
      for (String[] wrong :
          new String[][] {
            {"elsewhere.example", "-1d"}, {"localhost", "-20d"}, {"localhost", "+2d"}
          }) {
        KeyStore shown = signed(pair, "agent", wrong[0], wrong[1]);
        try (TlsTunnel tunnel = TlsTunnel.start(shown, trusted, port(agent))) {
          isRefused(text(tunnel.port(), files));
        }
      }
      assertThat(agent.asked()).isZero();
      KeyStore right = signed(pair, "agent", "localhost", "-1d");
      try (TlsTunnel tunnel = TlsTunnel.start(right, trusted, port(agent));
          RunningProxy proxy = RunningProxy.startWithAgents(1, "", text(tunnel.port(), files));
          RawClient client = proxy.client().get("/")) {
        assertThat(client.answer().status()).isEqualTo(200);
      }
    }
  }

  private static int port(ScriptedAgent agent) {
    return Integer.parseInt(agent.address().substring(agent.address().lastIndexOf(':') + 1));
  }

  private static void isRefused(String text) throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, "", text)) {
      Await.until(
          "the first try has failed",
          () ->
              !String.valueOf(proxy.proxy().agents().getFirst().problem())
                  .equals("not connected yet"));
      try (RawClient client = proxy.client().get("/")) {
        assertThat(client.answer().code()).isEqualTo("agent_unavailable");
      }
    }
  }
}

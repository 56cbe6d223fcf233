package dev.selvedge.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.rig.RawClient;
import dev.selvedge.edge.proxy.rig.RunningProxy;
import dev.selvedge.edge.proxy.rig.ScriptedUpstream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose request it is, settled before anything is decided on it (EDGE 1, client address). */
@SuppressWarnings("StringConcatToTextBlock")
class ClientAddressTest {

  private static final String ECHO = "routes { route \"echo\" { echo } }\n";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";
  private static final String TRUSTING =
      "trusted-proxies \"127.0.0.1\" \"10.0.0.0/8\" \"2001:db8:1::/48\"";
  private static final byte[] V2 = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  /** The address that the record of a request with these lines shows. */
  private static String client(RunningProxy proxy, String from, String lines) throws Exception {
    try (RawClient client = RawClient.connect(proxy.port(), 0, from)) {
      return recorded(proxy, client.send(GET + lines + "\r\n"));
    }
  }

  private static String recorded(RunningProxy proxy, RawClient client) throws Exception {
    String id = client.answer().field("x-request-id");
    assertThat(id).isNotNull();
    var record = proxy.record(String.valueOf(id));
    assertThat(record).isNotNull();
    return String.valueOf(record == null ? null : record.client());
  }

  @Test
  void believesOnlyTrustedProxies() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, TRUSTING, ECHO)) {
      String chain = "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.1.2.3\r\n";
      assertThat(client(proxy, "127.0.0.1", chain)).isEqualTo("2.2.2.2");
      assertThat(client(proxy, "127.0.0.2", chain)).isEqualTo("127.0.0.2");
      assertThat(client(proxy, "127.0.0.1", "")).isEqualTo("127.0.0.1");
    }
    try (RunningProxy proxy = RunningProxy.start(1, "", ECHO)) {
      assertThat(client(proxy, "127.0.0.1", "X-Forwarded-For: 1.1.1.1\r\n")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void readsForwardedForFromRightToLeft() throws Exception {
    String[][] cases = {
      {"1.1.1.1", "1.1.1.1"},
      {"1.1.1.1,10.0.0.1 ,\t10.9.9.9", "1.1.1.1"},
      {"10.0.0.3, 10.0.0.2", "10.0.0.3"},
      {"6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"},
      {"1.1.1.1, unknown, 10.0.0.2", "10.0.0.2"},
      {"1.1.1.1, evil", "127.0.0.1"},
      {"", "127.0.0.1"},
      {"1.1.1.1:8080", "1.1.1.1"},
      {"[2001:db8::1]:80, 10.0.0.2", "2001:db8::1"},
      {"2001:db8::1, 2001:db8:1::9", "2001:db8::1"},
      {"::ffff:1.2.3.4", "1.2.3.4"},
      {"1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\nX-Forwarded-For: 10.0.0.1", "2.2.2.2"},
      {"256.1.1.1", "127.0.0.1"},
      {"1.1.1", "127.0.0.1"},
    };
    try (RunningProxy proxy = RunningProxy.start(1, TRUSTING, ECHO)) {
      for (String[] one : cases) {
        assertThat(client(proxy, "127.0.0.1", "X-Forwarded-For: " + one[0] + "\r\n"))
            .as(one[0])
            .isEqualTo(one[1]);
      }
      String endless = "10.0.0.1, ".repeat(400) + "10.0.0.1";
      assertThat(client(proxy, "127.0.0.1", "X-Forwarded-For: 1.1.1.1, " + endless + "\r\n"))
          .isEqualTo("10.0.0.1");
    }
  }

  @Test
  void readsOnlyTheConfiguredForwardingField() throws Exception {
    String both = "X-Forwarded-For: 1.1.1.1\r\nForwarded: for=2.2.2.2\r\n";
    for (String field : List.of("x-forwarded-for", "forwarded")) {
      boolean standard = field.equals("forwarded");
      String system = TRUSTING + "; forwarded \"" + field + "\"";
      String routes = "routes { route \"all\" { upstream \"up\" } }\n";
      try (ScriptedUpstream upstream = ScriptedUpstream.answering("ok");
          RunningProxy proxy = RunningProxy.start(1, system, routes + upstream.kdl(""))) {
        assertThat(client(proxy, "127.0.0.1", both)).isEqualTo(standard ? "2.2.2.2" : "1.1.1.1");
        String head = upstream.heads().getFirst();
        if (standard) {
          assertThat(head)
              .contains("\r\nforwarded: for=2.2.2.2, for=127.0.0.1;proto=http\r\n")
              .doesNotContain("x-forwarded-for");
        } else {
          assertThat(head)
              .contains("\r\nx-forwarded-for: 1.1.1.1, 127.0.0.1\r\n")
              .doesNotContain("\r\nforwarded:");
        }
      }
    }
  }

  @Test
  void readsForwardedFromRightToLeft() throws Exception {
    String[][] cases = {
      {"for=1.1.1.1", "1.1.1.1"},
      {"For=\"1.1.1.1:80\";proto=https, by=x; FOR=10.0.0.2", "1.1.1.1"},
      {"for=\"[2001:db8::1]:80\"", "2001:db8::1"},
      {"for=1.1.1.1;host=\"a,b\", for=10.0.0.2", "1.1.1.1"},
      {"for=1.1.1.1, for=_hidden, for=10.0.0.2", "10.0.0.2"},
      {"for=1.1.1.1, proto=http", "127.0.0.1"},
      {"for=unknown", "127.0.0.1"},
      {"for=1.1.1.1\r\nForwarded: for=2.2.2.2", "2.2.2.2"},
    };
    try (RunningProxy proxy = RunningProxy.start(1, TRUSTING + "; forwarded \"forwarded\"", ECHO)) {
      for (String[] one : cases) {
        assertThat(client(proxy, "127.0.0.1", "Forwarded: " + one[0] + "\r\n"))
            .as(one[0])
            .isEqualTo(one[1]);
      }
    }
  }

  private static RunningProxy requiring(String trusted) {
    String text =
        RunningProxy.text(1, trusted, ECHO)
            .replace("\"127.0.0.1:0\"", "\"127.0.0.1:0\"; proxy-protocol #true");
    try {
      return RunningProxy.start(text);
    } catch (java.io.IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }

  /** A version 2 header. */
  private static byte[] v2(int command, int family, byte[] rest) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(V2);
    header.write(0x20 | command);
    header.write(family);
    header.write(rest.length >> 8);
    header.write(rest.length);
    header.writeBytes(rest);
    return header.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Source 3.4.5.6 port 1, destination 7.8.9.10 port 2. */
  private static final byte[] IPV4 = {3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 0, 2};

  @Test
  void requiresTheProxyHeaderWhereTheListenerSaysSo() throws Exception {
    try (RunningProxy proxy = requiring(TRUSTING)) {
      byte[] ipv6 = new byte[36];
      ipv6[0] = 0x20;
      ipv6[1] = 0x01;
      ipv6[15] = 1;
      byte[] mapped = new byte[36];
      mapped[10] = -1;
      mapped[11] = -1;
      mapped[12] = 9;
      byte[] typed = java.util.Arrays.copyOf(IPV4, 12 + 7);
      typed[12] = 4;
      typed[14] = 4;
      Object[][] headers = {
        {bytes("PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n"), "1.2.3.4"},
        {bytes("PROXY TCP6 2001:db8::7 ::1 1000 80\r\n"), "2001:db8::7"},
        {bytes("PROXY UNKNOWN\r\n"), "127.0.0.1"},
        {bytes("PROXY UNKNOWN ffff:f...f:ffff ff 1 2\r\n"), "127.0.0.1"},
        {v2(1, 0x11, IPV4), "3.4.5.6"},
        {v2(1, 0x11, typed), "3.4.5.6"},
        {v2(1, 0x21, ipv6), "2001::1"},
        {v2(1, 0x21, mapped), "9.0.0.0"},
        {v2(0, 0x00, new byte[0]), "127.0.0.1"},
        {v2(0, 0x11, IPV4), "127.0.0.1"},
      };
      for (Object[] one : headers) {
        byte[] header = (byte[]) one[0];
        try (RawClient client = proxy.client()) {
          ByteArrayOutputStream together = new ByteArrayOutputStream();
          together.writeBytes(header);
          together.writeBytes(bytes(GET + "\r\n"));
          assertThat(recorded(proxy, client.send(together.toByteArray())))
              .as("in one packet: " + new String(header, StandardCharsets.ISO_8859_1))
              .isEqualTo(one[1]);
          assertThat(client.send(GET + "\r\n").answer().status()).isEqualTo(200);
        }
        try (RawClient client = proxy.client()) {
          for (byte b : header) {
            client.send(new byte[] {b});
          }
          assertThat(recorded(proxy, client.send(GET + "\r\n"))).isEqualTo(one[1]);
        }
      }
      proxy.awaitRest();
      assertThat(refused(proxy)).isZero();
    }
  }

  private static long refused(RunningProxy proxy) {
    return proxy.metric("selvedge_connections_refused", "proxy_header_refused");
  }

  @Test
  void refusesMalformedPROXYHeaders() throws Exception {
    byte[] wrongVersion = v2(1, 0x11, IPV4);
    wrongVersion[12] = 0x11;
    List<byte[]> broken =
        List.of(
            bytes(GET + "\r\n"),
            bytes("proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n"),
            bytes("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 1.2.3.4:5 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 ::1 ::2 1 2\r\n"),
            bytes("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP6 1.2.3.4:80 5.6.7.8:80 1 2\r\n"),
            bytes("PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n"),
            bytes("PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n"),
            bytes("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n"),
            bytes("PROXY TCP4 " + "1".repeat(120)),
            bytes("\r\n\r\n\r\n\r\n\r\n\r\n\r\n"),
            wrongVersion,
            v2(2, 0x11, IPV4),
            v2(1, 0x12, IPV4),
            v2(1, 0x31, new byte[216]),
            v2(1, 0x11, new byte[11]),
            v2(1, 0x21, IPV4),
            v2(1, 0x11, new byte[5000]));
    try (RunningProxy proxy = requiring(TRUSTING)) {
      for (byte[] header : broken) {
        try (RawClient client = proxy.client()) {
          client.send(header);
          assertThat(client.closed()).as(new String(header, StandardCharsets.ISO_8859_1)).isTrue();
        }
      }
      assertThat(refused(proxy)).isEqualTo(broken.size());
      proxy.awaitRest();
    }
  }

  @Test
  void refusesPROXYHeadersOfUntrustedPeers() throws Exception {
    try (RunningProxy proxy = requiring("trusted-proxies \"10.0.0.0/8\"");
        RawClient client = proxy.client()) {
      try {
        client.send("PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n" + GET + "\r\n");
      } catch (java.io.IOException alreadyClosed) {
        // Refused before it was sent.
      }
      assertThat(client.closed()).isTrue();
      assertThat(refused(proxy)).isEqualTo(1);
      proxy.awaitRest();
    }
  }

  @Test
  void takesThePROXYHeaderForTextWhereItIsNotAskedFor() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(1, TRUSTING, ECHO);
        RawClient client = proxy.client()) {
      client.send("PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n" + GET + "\r\n");
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void trustsTheAddressThatThePROXYHeaderSettled() throws Exception {
    try (RunningProxy proxy = requiring(TRUSTING)) {
      String forwarded = GET + "X-Forwarded-For: 8.8.8.8\r\n\r\n";
      try (RawClient client = proxy.client()) {
        client.send("PROXY TCP4 1.2.3.4 5.6.7.8 1000 80\r\n" + forwarded);
        assertThat(recorded(proxy, client)).isEqualTo("1.2.3.4");
      }
      try (RawClient client = proxy.client()) {
        client.send("PROXY TCP4 10.2.3.4 5.6.7.8 1000 80\r\n" + forwarded);
        assertThat(recorded(proxy, client)).isEqualTo("8.8.8.8");
      }
    }
  }
}

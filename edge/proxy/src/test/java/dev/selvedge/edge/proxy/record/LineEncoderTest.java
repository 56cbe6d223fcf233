package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.kernel.FailureCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineEncoderTest {

  private final Names names = new Names();
  private final LineEncoder encoder = new LineEncoder(0xCAFE0001, names);

  private String access(DecisionRecord record) {
    return new String(encoder.line(), 0, encoder.access(record), StandardCharsets.US_ASCII);
  }

  private String notable(DecisionRecord record, long suppressed) {
    int length = encoder.notable(record, suppressed);
    return new String(encoder.line(), 0, length, StandardCharsets.US_ASCII);
  }

  @Test
  void writesOneAccessLine() {
    DecisionRecord record = Samples.plain(0x12, names.number("api"));
    record.upstream(names.number("users"));
    assertThat(access(record))
        .isEqualTo(
            "{\"time\":\"2026-09-21T14:13:20.000Z\",\"level\":\"info\",\"msg\":\"request\","
                + "\"id\":\"cafe0001000000000012\",\"client\":\"203.0.113.7\",\"method\":\"GET\","
                + "\"host\":\"example.org\",\"path\":\"/api/users\",\"route\":\"api\","
                + "\"upstream\":\"users\",\"status\":200,\"code\":null,\"duration_us\":60,"
                + "\"bytes_in\":0,\"bytes_out\":1024}\n");
  }

  @Test
  void writesOneRefusalLine() {
    DecisionRecord record = Samples.refused(1, names.number("admin"), Samples.NOON + 7);
    Samples.foreignId(record, "abc-1");
    Samples.path(record, "/" + "x".repeat(299));
    record.gap();
    assertThat(notable(record, 41))
        .startsWith("{\"time\":\"2026-09-21T14:13:20.007Z\",\"level\":\"warn\",\"msg\":\"refused\"")
        .contains(",\"id\":\"abc-1\",", "xxx\",\"path_cut_from_bytes\":300,")
        .contains("\"route\":\"admin\",\"upstream\":null,\"status\":403,\"code\":\"route_refused\"")
        .endsWith("\"bytes_out\":1024,\"gap\":true,\"suppressed\":41}\n");
  }

  @Test
  void saysWhoseFailureItWas() {
    DecisionRecord record = Samples.plain(1, 0);
    record.fail(FailureCode.UPSTREAM_RESET);
    assertThat(notable(record, 0)).contains("\"level\":\"error\",\"msg\":\"failed\"");
    DecisionRecord gap = Samples.plain(1, 0);
    gap.gap();
    assertThat(notable(gap, 0)).contains("\"level\":\"warn\",\"msg\":\"gap\"");
  }

  @Test
  void namesTheAgentThatRefusedOrFailed() {
    int open = names.number("open");
    int closed = names.number("closed");
    int timeout = FailureCode.AGENT_TIMEOUT.ordinal();
    DecisionRecord record = Samples.plain(1, 0);
    record.step(Step.AGENT_FAILED, closed, 2_000);
    record.step(Step.AGENT_FAILED, open, 3_000);
    record.step(Step.GAP, timeout, 3_000);
    record.gap();
    record.fail(FailureCode.AGENT_TIMEOUT);
    assertThat(notable(record, 0)).endsWith(",\"agent\":\"closed\",\"gap\":true}\n");

    DecisionRecord gap = Samples.plain(1, 0);
    gap.step(Step.AGENT_FAILED, open, 2_000);
    gap.step(Step.GAP, timeout, 2_000);
    gap.gap();
    assertThat(notable(gap, 0)).endsWith(",\"agent\":\"open\",\"gap\":true}\n");

    DecisionRecord blocked = Samples.plain(1, 0);
    blocked.step(Step.AGENT_BLOCKED, closed, 2_000);
    blocked.step(Step.AGENT_FAILED, open, 3_000);
    blocked.fail(FailureCode.AGENT_BLOCKED);
    assertThat(notable(blocked, 0)).endsWith(",\"agent\":\"closed\"}\n");

    DecisionRecord later = Samples.plain(1, 0);
    later.step(Step.AGENT_ALLOWED, closed, 2_000);
    later.fail(FailureCode.CONNECT_FAILED);
    assertThat(notable(later, 0)).doesNotContain("\"agent\"");
  }

  @Test
  void letsNoByteOfTheWireThroughUnescaped() {
    for (int b = 0; b < 256; b++) {
      DecisionRecord record = Samples.plain(1, names.number("r\u2028\n\"" + (char) b));
      String text = "/a" + (char) b + "z";
      Samples.path(record, text);
      Samples.host(record, text);
      Samples.method(record, text);
      Samples.foreignId(record, text);
      for (String line : new String[] {access(record), notable(record, 1)}) {
        assertThat(line.indexOf('\n')).as("byte %d", b).isEqualTo(line.length() - 1);
        assertThat(line.chars().limit(line.length() - 1))
            .as("byte %d", b)
            .allMatch(c -> c >= ' ' && c < 0x7F);
        String unescaped = line.replaceAll("\\\\.", "");
        assertThat(unescaped.chars().filter(c -> c == '"').count() % 2).isZero();
        boolean plain = b >= ' ' && b < 0x7F && "\"\\<>&".indexOf(b) < 0;
        String shown =
            plain
                ? text
                : b == '"' || b == '\\' ? "/a\\" + (char) b + "z" : "/a\\u%04xz".formatted(b);
        for (String field : new String[] {"path", "host", "method", "id"}) {
          assertThat(line).contains("\"" + field + "\":\"" + shown + "\"");
        }
      }
    }
  }

  @Test
  void theLongestLineFits() {
    String name = "\u0001".repeat(500);
    DecisionRecord record = Samples.plain(Long.MAX_VALUE >> 24, names.number(name + "1"));
    record.upstream(names.number(name + "2"));
    record.client(new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    Samples.method(record, name);
    Samples.host(record, name);
    Samples.path(record, name);
    record.pathFullLength = Integer.MAX_VALUE;
    Samples.foreignId(record, "\u0001".repeat(DecisionRecord.MAX_FOREIGN_ID));
    record.durationNanos = Long.MAX_VALUE;
    record.requestBodyBytes = Long.MAX_VALUE;
    record.responseBodyBytes = Long.MAX_VALUE;
    record.fail(FailureCode.UPGRADED_IDLE);
    record.gap();
    assertThat(encoder.notable(record, Long.MAX_VALUE)).isLessThanOrEqualTo(LineEncoder.MAX_LINE);
    assertThat(new String(encoder.line(), StandardCharsets.US_ASCII))
        .contains("\"suppressed\":" + Long.MAX_VALUE + "}");
  }

  @Test
  void writesAddressesAsTheJdkReadsThem() throws UnknownHostException {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 10_000; i++) {
      byte[] address = new byte[random.nextBoolean() ? 4 : 16];
      for (int j = 0; j < address.length; j++) {
        address[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      String text = AddressText.of(address, address.length);
      assertThat(text.length()).isLessThanOrEqualTo(AddressText.MAX);
      byte[] read = InetAddress.getByName(text).getAddress();
      boolean mapped = read.length != address.length;
      assertThat(mapped ? java.util.Arrays.copyOfRange(address, 12, 16) : address)
          .as(text)
          .isEqualTo(read);
    }
    assertThat(address("20010db8000000000000000000000001")).isEqualTo("2001:db8::1");
    assertThat(address("20010db8000000010001000100010001")).isEqualTo("2001:db8:0:1:1:1:1:1");
    assertThat(address("20010000000000010000000000000001")).isEqualTo("2001:0:0:1::1");
    assertThat(address("00000000000000000000000000000000")).isEqualTo("::");
    assertThat(address("00010000000000000000000000000000")).isEqualTo("1::");
  }

  private static String address(String hex) {
    return AddressText.of(java.util.HexFormat.of().parseHex(hex), hex.length() / 2);
  }
}

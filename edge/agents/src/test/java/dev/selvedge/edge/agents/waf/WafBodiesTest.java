package dev.selvedge.edge.agents.waf;

import static dev.selvedge.edge.agents.waf.Requests.ask;
import static dev.selvedge.edge.agents.waf.Requests.bytes;
import static dev.selvedge.edge.agents.waf.Requests.request;
import static dev.selvedge.edge.agents.waf.Requests.rules;
import static dev.selvedge.edge.agents.waf.Requests.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WafBodiesTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String RULES =
      """
      SecRule ARGS "@contains evil" "id:11,phase:2,deny,status:406,log,t:none"
      SecRule REQUEST_HEADERS:Content-Length "@gt 100000" "id:12,phase:1,pass,log,t:none"
      """;

  @TempDir private Path folder;

  private InProcess waf(String more) throws Exception {
    Files.writeString(folder.resolve("r.conf"), RULES);
    return Requests.agent(folder, "rules \"r.conf\"\n" + more);
  }

  private static RequestHeaders post(String type, String... more) {
    String[] fields = Arrays.copyOf(more, more.length + 2);
    fields[more.length] = "content-type";
    fields[more.length + 1] = type;
    return request("POST", "/", null, fields);
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] plain, boolean bare) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(9, bare);
    try (OutputStream zip = new DeflaterOutputStream(out, deflater)) {
      zip.write(plain);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void readsEachKindOfBody() throws Exception {
    InProcess waf = waf("");
    assertThat(status(ask(waf, post(FORM), bytes("a=1&b=evil")))).isEqualTo(406);
    assertThat(status(ask(waf, post(FORM), bytes("a=1&b=good")))).isZero();
    assertThat(status(ask(waf, post("application/json"), bytes("{\"a\":[\"evil\"]}"))))
        .isEqualTo(406);
    assertThat(status(ask(waf, post("application/vnd.api+json"), bytes("{\"a\":\"evil\"}"))))
        .isEqualTo(406);
    String part = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nevil\r\n--x--\r\n";
    assertThat(status(ask(waf, post("multipart/form-data; boundary=x"), bytes(part))))
        .isEqualTo(406);
    byte[] large = bytes("a=" + "x".repeat(60_000) + "&b=" + "y".repeat(60_000) + "&c=evil");
    Decision decision = ask(waf, post(FORM), large);
    assertThat(status(decision)).isEqualTo(406);
    assertThat(rules(decision)).as("rules know the length").contains("12");
  }

  @Test
  void undoesGzipAndDeflate() throws Exception {
    InProcess waf = waf("");
    byte[] evil = bytes("a=1&b=evil");
    assertThat(status(ask(waf, post(FORM, "content-encoding", "gzip"), gzip(evil)))).isEqualTo(406);
    assertThat(status(ask(waf, post(FORM, "content-encoding", "X-GZIP"), gzip(evil))))
        .isEqualTo(406);
    RequestHeaders deflated = post(FORM, "content-encoding", "deflate");
    assertThat(status(ask(waf, deflated, deflate(evil, false)))).isEqualTo(406);
    assertThat(status(ask(waf, deflated, deflate(evil, true)))).isEqualTo(406);
    byte[] two = joined(gzip(bytes("a=1&b=e")), gzip(bytes("vil")));
    assertThat(status(ask(waf, post(FORM, "content-encoding", "gzip"), two))).isEqualTo(406);
    byte[] good = gzip(bytes("a=1"));
    assertThat(status(ask(waf, post(FORM, "content-encoding", "gzip"), good))).isZero();
  }

  @Test
  void aBodyThatIsNotWhatItSaysIsRefused() throws Exception {
    InProcess waf = waf("");
    assertThat(status(ask(waf, post("application/json"), bytes("a=1")))).isEqualTo(400);
    assertThat(status(ask(waf, post("application/json"), bytes("{\"a\":1} x")))).isEqualTo(400);
    assertThat(status(ask(waf, post("text/xml"), bytes("<a><b></a>")))).isEqualTo(400);
    assertThat(status(ask(waf, post("multipart/form-data"), bytes("--x\r\n\r\n")))).isEqualTo(400);
    RequestHeaders zipped = post(FORM, "content-encoding", "gzip");
    assertThat(status(ask(waf, zipped, bytes("a=1")))).isEqualTo(400);
    byte[] whole = gzip(bytes("a=1"));
    assertThat(status(ask(waf, zipped, Arrays.copyOf(whole, whole.length - 3)))).isEqualTo(400);
    assertThat(status(ask(waf, zipped, joined(whole, bytes("b=evil"))))).isEqualTo(400);
    byte[] damaged = whole.clone();
    damaged[damaged.length - 6] ^= 1;
    assertThat(status(ask(waf, zipped, damaged))).isEqualTo(400);
    Decision decision = ask(waf, zipped, damaged);
    assertThat(rules(decision)).containsExactly(Integer.toString(RuleText.BROKEN_BODY));
  }

  /** A backend that knows no content-encoding would read a form out of the header. */
  @Test
  void aGzipHeaderHidesNothing() throws Exception {
    InProcess waf = waf("");
    RequestHeaders zipped = post(FORM, "content-encoding", "gzip");
    assertThat(status(ask(waf, zipped, withName(gzip(bytes("a=1")), "notes-1.2 b.txt")))).isZero();
    assertThat(status(ask(waf, zipped, withName(gzip(bytes("a=evil")), "notes.txt"))))
        .isEqualTo(406);
    byte[] form = withName(gzip(bytes("a=1")), "x&b=evil&c=");
    assertThat(status(ask(waf, zipped, form))).isEqualTo(400);
    form[3] = 16; // the same as a comment
    assertThat(status(ask(waf, zipped, form))).isEqualTo(400);
    byte[] extra = gzip(bytes("a=1"));
    extra[3] = 4;
    byte[] field = joined(Arrays.copyOf(extra, 10), bytes("\10\0&b=evil&"));
    byte[] rest = Arrays.copyOfRange(extra, 10, extra.length);
    assertThat(status(ask(waf, zipped, joined(field, rest)))).isEqualTo(400);
  }

  private static byte[] withName(byte[] gzip, String name) {
    byte[] head = Arrays.copyOf(gzip, 10);
    head[3] = 8;
    byte[] rest = Arrays.copyOfRange(gzip, 10, gzip.length);
    return joined(joined(head, bytes(name + "\0")), rest);
  }

  /**
   * Go's decoder, PHP's input stream and Express with any type never ask what a body calls itself.
   */
  @Test
  void whatBeginsAsJsonIsReadAsJsonWhateverItCallsItself() throws Exception {
    InProcess waf = waf("");
    String hidden = "{\"a\": \"\\u0065\\u0076il\"}";
    for (String type : List.of(FORM, "text/plain", "image/png", "application/octet-stream")) {
      assertThat(status(ask(waf, post(type), bytes(hidden)))).as(type).isEqualTo(406);
      assertThat(status(ask(waf, post(type), bytes("\u00EF\u00BB\u00BF \n" + hidden))))
          .as(type)
          .isEqualTo(406);
      assertThat(status(ask(waf, post(type), bytes(hidden + " } and more"))))
          .as("%s: values before the end of what is JSON", type)
          .isEqualTo(406);
      assertThat(status(ask(waf, post(type), bytes("{ no JSON }")))).as(type).isZero();
      assertThat(status(ask(waf, post(type), bytes("a" + hidden)))).as(type).isZero();
    }
    String parts =
        hidden + "\r\n--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
    assertThat(status(ask(waf, post("multipart/form-data; boundary=x"), bytes(parts))))
        .as("before the first boundary")
        .isEqualTo(406);
    String form = "{\"a\": \"1&b=%65vil&c=\"}";
    assertThat(status(ask(waf, post(FORM), bytes(form)))).as("still a form").isEqualTo(406);
  }

  @Test
  void otherCodingsAreRefusedUnlessAllowed() throws Exception {
    RequestHeaders brotli = post(FORM, "content-encoding", "br");
    RequestHeaders twice = post(FORM, "content-encoding", "gzip, gzip");
    assertThat(status(ask(waf(""), brotli, bytes("?")))).isEqualTo(415);
    assertThat(status(ask(waf(""), twice, bytes("?")))).isEqualTo(415);
    Decision passed = ask(waf("allow-coding \"BR\""), brotli, bytes("?"));
    assertThat(status(passed)).isZero();
    assertThat(passed.audit().tags()).contains("waf:unread-coding");
  }

  @Test
  void bodyOverLimitBlocksOrPasses() throws Exception {
    byte[] body = bytes("a=evil&b=" + "x".repeat(3_000));
    byte[] late = bytes("b=" + "x".repeat(3_000) + "&a=evil");
    InProcess blocks = waf("inspect-limit \"2KiB\"");
    assertThat(status(ask(blocks, post(FORM), body))).isEqualTo(413);
    assertThat(status(ask(blocks, post(FORM, "content-encoding", "gzip"), gzip(late))))
        .isEqualTo(413);
    InProcess passes = waf("inspect-limit \"2KiB\"\nbody-over-limit \"pass\"");
    assertThat(status(ask(passes, post(FORM), body))).isEqualTo(406);
    Decision unseen = ask(passes, post(FORM), late);
    assertThat(status(unseen)).isZero();
    assertThat(unseen.audit().tags()).contains("waf:partial");
    Decision json = ask(passes, post("application/json"), bytes("[\"" + "x".repeat(3_000) + "\"]"));
    assertThat(status(json)).as("a part of a document is no broken document").isZero();
    InProcess whole = waf("inspect-limit \"4KiB\"");
    assertThat(status(ask(whole, post(FORM), late))).isEqualTo(406);
  }

  @Test
  void valueOverLimitBlocksOrPasses() throws Exception {
    byte[] body = bytes("b=" + "x".repeat(2_000) + "evil&c=1");
    assertThat(status(ask(waf("value-limit \"1KiB\""), post(FORM), body))).isEqualTo(413);
    Decision cut = ask(waf("value-limit \"1KiB\"\nbody-over-limit \"pass\""), post(FORM), body);
    assertThat(status(cut)).isZero();
    assertThat(cut.audit().tags()).contains("waf:partial");
    assertThat(status(ask(waf("value-limit \"4KiB\""), post(FORM), body))).isEqualTo(406);
  }

  @Test
  void anInflationBombEndsAtItsBounds() throws Exception {
    byte[] bomb = gzip(new byte[64 << 20]);
    assertThat(bomb.length).isLessThan(128 << 10);
    RequestHeaders zipped = post("text/plain", "content-encoding", "gzip");
    long start = System.nanoTime();
    assertThat(status(ask(waf(""), zipped, bomb))).isEqualTo(413);
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    byte[] steep = gzip(new byte[300_000]);
    assertThat(status(ask(waf("inflate-ratio 100"), zipped, steep))).isEqualTo(413);
    assertThat(status(ask(waf("inflate-ratio 1100"), zipped, steep))).isZero();
    Inflation.Result result = Inflation.gzip(bomb, 1 << 20, 1_100);
    assertThat(result.over()).isTrue();
    assertThat(result.bytes()).hasSize(1 << 20);
  }

  @Test
  void anInflatedBodyOfExactlyTheLimitIsWhole() {
    Inflation.Result result = Inflation.gzip(gzip(new byte[100_000]), 100_000, 1_100);
    assertThat(result.over()).isFalse();
    assertThat(result.error()).isNull();
    assertThat(result.bytes()).hasSize(100_000);
    assertThat(Inflation.gzip(gzip(new byte[100_001]), 100_000, 1_100).over()).isTrue();
  }

  @Test
  void givesUpOverItsMemory() throws Exception {
    InProcess waf = waf("max-buffered \"1MiB\"\ninspect-limit \"2MiB\"\nvalue-limit \"2MiB\"");
    byte[] body = new byte[1_500_000];
    Arrays.fill(body, (byte) 'a');
    InProcess.Reply reply = waf.ask(post("text/plain"), body, Requests.PATIENCE);
    assertThat(reply)
        .isInstanceOfSatisfying(
            InProcess.Reply.Failed.class,
            failed -> assertThat(failed.reason()).contains("max-buffered"));
    for (int i = 0; i < 20; i++) { // the memory comes back a moment after the answer
      assertThat(status(ask(waf, post(FORM), Arrays.copyOf(body, 20_000)))).isZero();
    }
  }

  /** No rule sees the files beyond the bound, so that a program could be the next. */
  @Test
  void filesBeyondTheBoundBreakTheBody() throws Exception {
    InProcess shipped = Requests.agent("");
    RequestHeaders form = post("multipart/form-data; boundary=x");
    assertThat(status(ask(shipped, form, bytes(files(100, "a.txt"))))).isZero();
    assertThat(status(ask(shipped, form, bytes(files(100, "a.php"))))).isEqualTo(403);
    assertThat(status(ask(shipped, form, bytes(files(101, "a.php"))))).isEqualTo(400);
  }

  /** So many files, the last of that name. */
  private static String files(int count, String last) {
    StringBuilder body = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      body.append("--x\r\nContent-Disposition: form-data; name=\"f").append(i);
      body.append("\"; filename=\"").append(i == count ? last : "a.txt").append("\"\r\n\r\nx\r\n");
    }
    return body.append("--x--\r\n").toString();
  }

  /** A few bytes that inflate to many are not a few bytes for the memory. */
  @Test
  void whatComesOutOfCompressedBodiesIsCounted() throws Exception {
    InProcess waf = waf("max-buffered \"1MiB\"\nvalue-limit \"2MiB\"\ninflate-ratio 1100");
    RequestHeaders zipped = post(FORM, "content-encoding", "gzip");
    assertThat(waf.ask(zipped, gzip(new byte[500_000]), Requests.PATIENCE))
        .isInstanceOfSatisfying(
            InProcess.Reply.Failed.class,
            failed -> assertThat(failed.reason()).contains("max-buffered"));
    for (int i = 0; i < 20; i++) { // the memory comes back a moment after the answer
      assertThat(status(ask(waf, zipped, gzip(new byte[20_000])))).isZero();
    }
  }

  @Test
  void hostileBodiesAreBoundedInTime() throws Exception {
    InProcess shipped = Agents.started(new WafAgent(), "", "paranoia 4");
    String deep = "[".repeat(500_000);
    within(
        20,
        () -> assertThat(status(ask(shipped, post("application/json"), bytes(deep)))).isPositive());
    String many = "a=1&".repeat(250_000);
    within(20, () -> assertThat(status(ask(shipped, post(FORM), bytes(many)))).isPositive());
    String nodes = "<a>".repeat(300_000);
    within(20, () -> assertThat(status(ask(shipped, post("text/xml"), bytes(nodes)))).isPositive());
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < 15_000; i++) {
      parts.append("--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n");
    }
    within(
        20,
        () ->
            assertThat(
                    status(
                        ask(
                            shipped,
                            post("multipart/form-data; boundary=x"),
                            bytes(parts.append("--x--\r\n").toString()))))
                .isPositive());
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void within(int seconds, Step step) throws Exception {
    long start = System.nanoTime();
    step.run();
    assertThat(System.nanoTime() - start).isLessThan(seconds * 1_000_000_000L);
  }
}

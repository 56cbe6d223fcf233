package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class WafCommandTest {

  private static final String FIELDS =
      "Host: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n";

  @TempDir private Path folder;

  /** What a command printed and how it ended. */
  private record Ended(int code, String output) {}

  private static Ended run(String input, String... words) {
    InputStream in = System.in;
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)));
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      int code = new CommandLine(new WafCommand()).execute(words);
      return new Ended(code, printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setIn(in);
      System.setOut(out);
    }
  }

  @Test
  void inspectSaysWhatTheRulesMakeOfARequest() {
    Ended plain = run("GET /shop?page=2 HTTP/1.1\r\n" + FIELDS, "inspect");
    assertThat(plain.code()).as(plain.output()).isZero();
    assertThat(plain.output()).contains("\"action\": \"allow\"", "\"score\": 0");
    String target = "/shop?id=1'%20union%20select%20password%20from%20users--%20";
    Ended attack = run("GET " + target + " HTTP/1.1\r\n" + FIELDS, "inspect");
    assertThat(attack.code()).as(attack.output()).isEqualTo(1);
    assertThat(attack.output())
        .contains("\"action\": \"block\"", "\"status\": 403", "\"id\": 5120020", "ARGS:id");
  }

  @Test
  void inspectReadsBodies() {
    String type = "Content-Type: application/x-www-form-urlencoded\r\n";
    String body = "q=%3Cscript%3Ealert(1)%3C/script%3E";
    String sized = type + "Content-Length: " + body.length() + "\r\n" + FIELDS + body;
    assertThat(run("POST / HTTP/1.1\r\n" + sized, "inspect").code()).isEqualTo(1);
    String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    String chunked = type + "Transfer-Encoding: chunked\r\n" + FIELDS + chunk;
    assertThat(run("POST / HTTP/1.1\r\n" + chunked, "inspect").output()).contains("ARGS:q");
    String clean = type + "Transfer-Encoding: chunked\r\n" + FIELDS + "3\r\nq=1\r\n0\r\n\r\n";
    Ended passed = run("POST / HTTP/1.1\r\n" + clean, "inspect");
    assertThat(passed.code()).as(passed.output()).isZero();
    String bare = type + FIELDS + body;
    assertThat(run("POST / HTTP/1.1\n" + bare.replace("\r", ""), "inspect").code()).isEqualTo(1);
  }

  @Test
  void inspectTakesOtherRules() throws Exception {
    Path rules = folder.resolve("r.conf");
    Files.writeString(rules, "SecRule ARGS \"@streq x\" \"id:7,phase:2,deny,status:406\"\n");
    String[] words = {"inspect", "--rules", rules.toString()};
    Ended ended = run("GET /?a=x HTTP/1.1\r\n" + FIELDS, words);
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output()).contains("\"status\": 406", "\"id\": 7");
    assertThat(run("GET /?a=y HTTP/1.1\r\n" + FIELDS, words).code()).isZero();
  }

  @Test
  void relativePathsStartAtTheWorkingFolder() throws Exception {
    Path here = Files.createTempDirectory(Path.of("target"), "rules");
    Files.writeString(here.resolve("r.conf"), "SecAction \"id:7,phase:2,deny,status:406\"\n");
    String rules = here + "/*.conf";
    assertThat(run("", "rules", "--rules", rules).output()).startsWith("7 ");
    assertThat(run("GET / HTTP/1.1\r\n" + FIELDS, "inspect", "--rules", rules).code()).isEqualTo(1);
  }

  @Test
  void badInputEndsWithTwo() {
    assertThat(run("nonsense", "inspect").code()).isEqualTo(2);
    assertThat(run("GET /\r\n\r\n", "inspect").code()).isEqualTo(2);
    assertThat(run("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", "inspect").code())
        .isEqualTo(2);
    assertThat(run("", "inspect", "--rules", folder.resolve("gone.conf").toString()).code())
        .isEqualTo(2);
    assertThat(run("", "rules", "1").code()).isEqualTo(2);
    byte[] headless = "GET / HTTP/1.1\r\n: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> RawRequest.parse(headless)).isInstanceOf(RawRequest.Malformed.class);
  }

  @Test
  void rulesListsOneALineIdFirst() {
    Ended all = run("", "rules");
    assertThat(all.code()).isZero();
    assertThat(all.output().lines().toList())
        .hasSizeGreaterThan(285)
        .allMatch(line -> line.matches("\\d{7} .*"));
    assertThat(run("", "rules", "--filter", "family/ssrf").output().lines().toList())
        .isNotEmpty()
        .allMatch(line -> line.contains("family/ssrf"));
    assertThat(run("", "rules", "5120020").output())
        .contains("severity", "critical", "looks at", "sql.conf");
  }
}

package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.transform.Transformations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every transformation gives what libmodsecurity 3.0.9 gives on 2,000 generated inputs.
 *
 * <p>The library's answers are recorded as the starts of digests ({@link OracleAnswers}); where it
 * is installed, all are asked for again.
 */
class TransformationOracleTest {
  private static final long SEED = 20_260_101;
  private static final int INPUTS = 2000;
  private static final int DIGITS = 6;
  private static final String FILE = "transformations";

  private static final String[] PIECES = {
    "%",
    "%u",
    "%41",
    "%u0041",
    "%uff21",
    "%zz",
    "\\",
    "\\x41",
    "\\u0041",
    "\\uff21",
    "\\101",
    "\\8",
    "\\n",
    "\\q",
    "&",
    "&#",
    "&#x41;",
    "&#65",
    "&#x",
    "&lt;",
    "&lt",
    "&nbsp;",
    "&foo;",
    "&amp",
    "/*",
    "*/",
    "<!--",
    "-->",
    "--",
    "#",
    "/",
    "//",
    "/./",
    "/../",
    "..",
    ".",
    "\0",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u000b",
    "\u00a0",
    "\u0085",
    "0x",
    "0x41",
    "41",
    "a",
    "B",
    "Z",
    "=",
    "==",
    "+",
    "\u00c3\u00a9",
    "\u00e2\u0082\u00ac",
    "\u00f0\u009f\u0098\u0080",
    "\u00c0\u00af",
    "\u00ed\u00a0\u0080",
    "\u00ff",
    "\u0080",
    "QUJD",
    "QUI=",
    "QQ==",
    "\"",
    "'",
    "^",
    ",",
    ";",
    "(",
    "\\ff21 ",
    "\\41 x",
    "\\000041",
    "\\\n",
    "000",
    "ff",
    "|",
    "?",
    "*"
  };

  @TempDir Path folder;

  @Test
  void transformationsGiveWhatLibmodsecurityGives() throws IOException {
    List<String> lines = OracleAnswers.read(FILE);
    assertThat(lines).hasSize(all().size());
    List<byte[]> inputs = inputs();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < all().size(); i++) {
      NamedTransformation t = all().get(i);
      String[] answers = lines.get(i).split(" ", -1);
      assertThat(answers[0]).isEqualTo(t.name());
      assertThat(answers).hasSize(INPUTS + 1);
      for (int k = 0; k < INPUTS; k++) {
        byte[] copy = inputs.get(k).clone();
        byte[] ours = t.apply(copy);
        assertThat(copy).as("%s changes its argument", t.name()).isEqualTo(inputs.get(k));
        if (!answer(inputs.get(k), sha1(ours)).equals(answers[k + 1])) {
          differences.add("%s of [%s] is [%s] here".formatted(t.name(), show(copy), show(ours)));
        }
      }
    }
    assertThat(differences).as("seed %d: %s", SEED, String.join("\n", differences)).isEmpty();
  }

  @Test
  void recordedAnswersAreTheLibrarys() throws IOException {
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    List<StringBuilder> lines = new ArrayList<>();
    all().forEach(t -> lines.add(new StringBuilder(t.name())));
    StringBuilder rules = new StringBuilder("SecRuleEngine On\nSecRequestBodyAccess Off\n");
    for (int i = 0; i < all().size(); i++) {
      rules.append(
          "SecRule REQUEST_HEADERS:X \"@unconditionalMatch\" \"id:%d,phase:1,pass,log,"
              .formatted(i + 1));
      rules.append("t:none,t:%s,t:sha1,t:hexEncode,".formatted(all().get(i).name()));
      rules.append("logdata:'%{MATCHED_VAR}'\"\n");
    }
    Path file = folder.resolve("rules.conf");
    Files.writeString(file, rules);
    try (Oracle oracle = Oracle.start(folder, file)) {
      for (byte[] input : inputs()) {
        for (Oracle.Message m : oracle.header("X", input)) {
          String answer = answer(input, m.data());
          lines.get(Integer.parseInt(m.id()) - 1).append(' ').append(answer);
        }
      }
    }
    List<String> texts = lines.stream().map(StringBuilder::toString).toList();
    if (OracleAnswers.recording()) {
      OracleAnswers.write(FILE, texts);
    }
    assertThat(texts).isEqualTo(OracleAnswers.read(FILE));
  }

  /** The start of the digest of what comes out; nothing where that is what went in. */
  private static String answer(byte[] input, String digest) {
    return digest.equals(sha1(input)) ? "" : digest.substring(0, DIGITS);
  }

  private static String sha1(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<NamedTransformation> all() {
    List<NamedTransformation> all = new ArrayList<>();
    Transformations.all().forEach(all::add);
    return all;
  }

  private static String show(byte[] bytes) {
    StringBuilder s = new StringBuilder();
    for (byte b : bytes) {
      s.append(b >= 32 && b < 127 ? String.valueOf((char) b) : "<%02x>".formatted(b));
    }
    return s.toString();
  }

  private static List<byte[]> inputs() {
    Random random = new Random(SEED);
    return Stream.generate(() -> input(random)).limit(INPUTS).toList();
  }

  private static byte[] input(Random random) {
    StringBuilder s = new StringBuilder();
    int pieces = random.nextInt(9);
    for (int i = 0; i < pieces; i++) {
      if (random.nextInt(5) == 0) {
        s.append((char) random.nextInt(256));
      } else {
        String piece = PIECES[random.nextInt(PIECES.length)];
        s.append(
            random.nextInt(6) == 0
                ? piece.substring(0, random.nextInt(piece.length() + 1))
                : piece);
      }
    }
    return s.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}

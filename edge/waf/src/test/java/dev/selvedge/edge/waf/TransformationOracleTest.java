package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.transform.Transformations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every transformation gives what libmodsecurity gives, on generated inputs. */
class TransformationOracleTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20260101);
  private static final int INPUTS = Integer.getInteger("selvedge.inputs", 2000);
  private static final int DIFFERENCES_SHOWN = Integer.getInteger("selvedge.shown", 5);
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
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    List<NamedTransformation> all = new ArrayList<>();
    StringBuilder rules = new StringBuilder("SecRuleEngine On\nSecRequestBodyAccess Off\n");
    for (NamedTransformation t : Transformations.all()) {
      all.add(t);
      rules.append(
          "SecRule REQUEST_HEADERS:X \"@unconditionalMatch\" \"id:%d,phase:1,pass,log,"
              .formatted(all.size()));
      rules.append("t:none,t:%s,t:hexEncode,logdata:'%%{MATCHED_VAR}'\"\n".formatted(t.name()));
    }
    Path file = folder.resolve("rules.conf");
    Files.writeString(file, rules);
    Map<String, List<String>> differences = new TreeMap<>();
    Random random = new Random(SEED);
    try (Oracle oracle = Oracle.start(folder, file)) {
      for (int i = 0; i < INPUTS; i++) {
        byte[] input = input(random);
        for (Oracle.Message m : oracle.header("X", input)) {
          NamedTransformation t = all.get(Integer.parseInt(m.id()) - 1);
          byte[] copy = input.clone();
          String ours = HexFormat.of().formatHex(t.apply(copy));
          assertThat(copy).as("%s changes its argument", t.name()).isEqualTo(input);
          if (!ours.equals(m.data())
              && !(m.data().length() >= 200 && ours.startsWith(m.data().substring(0, 190)))) {
            differences
                .computeIfAbsent(t.name(), _ -> new ArrayList<>())
                .add(show(Oracle.hex(input)) + " theirs " + show(m.data()) + " ours " + show(ours));
          }
        }
      }
    }
    StringBuilder report = new StringBuilder("seed " + SEED + "\n");
    differences.forEach((name, list) -> {
      list.sort(java.util.Comparator.comparingInt(String::length));
      report.append(name).append(": ").append(list.size()).append('\n');
      list.stream()
          .limit(DIFFERENCES_SHOWN)
          .forEach(d -> report.append("  ").append(d).append('\n'));
    });
    assertThat(differences).as(report.toString()).isEmpty();
  }

  private static String show(String hex) {
    try {
      byte[] b = HexFormat.of().parseHex(hex.equals("-") ? "" : hex);
      StringBuilder s = new StringBuilder("[");
      for (byte c : b) {
        s.append(c >= 32 && c < 127 ? String.valueOf((char) c) : "<%02x>".formatted(c));
      }
      return s.append(']').toString();
    } catch (IllegalArgumentException e) {
      return hex;
    }
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

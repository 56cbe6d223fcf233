package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.operator.Operators;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operator decides and captures as libmodsecurity 3.0.9 does on 2,000 generated inputs, but
 * for what is counted and explained.
 *
 * <p>The library's answers are recorded ({@link OracleAnswers}); where it is installed, all are
 * asked for again.
 */
class OperatorOracleTest {
  private static final long SEED = 20_260_102;
  private static final int INPUTS = 2000;
  private static final String FILE = "operators";

  private static final String[] OPERATORS = {
    "@beginsWith ab",
    "@contains ab",
    "@containsWord ab",
    "@endsWith ab",
    "@streq ab",
    "@strmatch ab",
    "@within ab abc 12 -5",
    "@eq 12",
    "@ge 12",
    "@gt 12",
    "@le 12",
    "@lt 12",
    "!@eq 0",
    "@eq -5",
    "@rx ^a+b$",
    "@rx a.b",
    "!@rx [0-9]",
    "@rx (?i)AB|12$",
    "@rxGlobal (a)(b)?",
    "@pm ab 12 xyz",
    "@ipMatch 10.0.0.0/8,192.168.1.1,::1,fe80::/10",
    "@validateByteRange 32-126",
    "@validateByteRange 9,10,13,32-126,128-255",
    "@validateUrlEncoding",
    "@validateUtf8Encoding",
    "@verifyCC \\d{13,16}",
    "@verifySSN \\d{3}-?\\d{2}-?\\d{4}",
    "@verifyCPF [0-9]{3}\\.?[0-9]{3}\\.?[0-9]{3}-?[0-9]{2}",
    "@verifySVNR [0-9]{4}[ -]?[0-9]{6}",
    "@detectSQLi",
    "@detectXSS",
    "@unconditionalMatch",
    "@noMatch",
    "@contains %{tx.word}",
    "@beginsWith %{tx.word}",
    "@streq %{tx.word}",
    "@eq %{tx.n}",
    "@within %{tx.word}%{tx.n}",
    "@rx ^%{tx.word}",
    "@rx (\\w)(\\W)?",
    "@rxGlobal (\\d)",
    "@pm .env secrets.yml",
    "@pm a aab abc",
    "@pmFromFile @FOLDER/words.data",
    "@pmf @FOLDER/words.data",
    "@ipMatchFromFile @FOLDER/addresses.data",
    "@ipMatchF @FOLDER/addresses.data"
  };

  /** How many answers differ, by operator; docs/operations/waf-oracle.md says why. */
  private static final Map<String, Integer> EXPLAINED = Map.of();

  private static final String[] PIECES = {
    "ab",
    "a",
    "b",
    "A",
    "aab",
    "12",
    " 12",
    "-5",
    "+12",
    "012",
    "12abc",
    "0",
    "99999999999",
    "_",
    " ",
    "\n",
    "\0",
    "%",
    "%41",
    "%4",
    "%zz",
    "\u00c3\u00a9",
    "\u00ff",
    "\u00c0\u00af",
    "\u00ed\u00a0\u0080",
    "\u00f0\u009f\u0098\u0080",
    "10.1.2.3",
    "192.168.1.1",
    "192.168.1.2",
    "::1",
    "fe80::1",
    "10.1.2",
    "4111111111111111",
    "5484605089158216",
    "4111111111111112",
    "010.817.514-60",
    "01081751460",
    "11111111111",
    "224-88-2046",
    "123456789",
    "666-12-1234",
    "078051120",
    "1237 010180",
    "1237010180",
    "' or 1=1--",
    "1 union select 2",
    "<script>",
    "onload=x",
    "abc",
    "xyz",
    "\t",
    "-",
    ".",
    "secrets",
    ".env",
    ".yml"
  };

  @TempDir Path folder;

  @Test
  void everyOperatorIsAsked() {
    Set<String> asked = new TreeSet<>();
    for (String operator : OPERATORS) {
      String name = operator.substring(operator.indexOf('@') + 1).split(" ", 2)[0];
      asked.add(name.toLowerCase(Locale.ROOT));
    }
    // these see a document or a program: the cases of ModSecurityConformanceTest are their
    // authority
    asked.addAll(List.of("inspectfile", "validatedtd", "validateschema"));
    assertThat(asked).isEqualTo(Operators.names());
  }

  @Test
  void operatorsDecideAndCaptureAsLibmodsecurity() throws IOException {
    LoadOutcome outcome =
        RuleSet.load(List.of(rules().toString()), TextFiles.of(), EngineOptions.DEFAULT);
    RuleSet rules = ((LoadOutcome.Loaded) outcome).rules();
    List<String> lines = OracleAnswers.read(FILE);
    assertThat(lines).hasSize(OPERATORS.length);
    List<byte[]> inputs = inputs();
    List<String[]> theirs = lines.stream().map(line -> line.split(" ", -1)).toList();
    Map<String, Integer> differences = new TreeMap<>();
    StringBuilder report = new StringBuilder();
    for (int k = 0; k < INPUTS; k++) {
      String[] ours = ours(rules, inputs.get(k));
      for (int i = 0; i < OPERATORS.length; i++) {
        if (!ours[i].equals(theirs.get(i)[k])) {
          differences.merge(OPERATORS[i], 1, Integer::sum);
          report.append(
              "%s on [%s]: ours %s theirs %s%n"
                  .formatted(OPERATORS[i], show(inputs.get(k)), ours[i], theirs.get(i)[k]));
        }
      }
    }
    assertThat(differences).as("seed %d%n%s", SEED, report).isEqualTo(EXPLAINED);
  }

  @Test
  void recordedAnswersAreTheLibrarys() throws IOException {
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    List<List<String>> lines = new ArrayList<>();
    for (int i = 0; i < OPERATORS.length; i++) {
      lines.add(new ArrayList<>());
    }
    try (Oracle oracle = Oracle.start(folder, rules())) {
      for (byte[] input : inputs()) {
        lines.forEach(line -> line.add(""));
        for (Oracle.Message m : oracle.header("X", input)) {
          List<String> line = lines.get(Integer.parseInt(m.id()) - 1);
          line.set(line.size() - 1, answer(m.line()));
        }
      }
    }
    List<String> texts = lines.stream().map(line -> String.join(" ", line)).toList();
    if (OracleAnswers.recording()) {
      OracleAnswers.write(FILE, texts);
    }
    assertThat(texts).isEqualTo(OracleAnswers.read(FILE));
  }

  private Path rules() throws IOException {
    Files.writeString(folder.resolve("words.data"), "# comment\nab\n12\n\nxyz\n");
    Files.writeString(folder.resolve("addresses.data"), "10.0.0.0/8\n192.168.1.1\n::1\n");
    StringBuilder rules = new StringBuilder("SecRuleEngine On\nSecRequestBodyAccess Off\n");
    rules.append("SecAction \"id:9000,phase:1,nolog,pass,setvar:tx.word=ab,setvar:tx.n=12\"\n");
    for (int i = 0; i < OPERATORS.length; i++) {
      rules.append("SecAction \"id:").append(9001 + i);
      rules.append(",phase:1,nolog,pass,setvar:!tx.0,setvar:!tx.1,setvar:!tx.2\"\n");
      rules.append("SecRule REQUEST_HEADERS:X \"");
      rules.append(OPERATORS[i].replace("@FOLDER", folder.toString())).append("\" \"id:");
      rules.append(i + 1).append(",phase:1,pass,log,t:none,capture,");
      rules.append("logdata:'%{TX.0}|%{TX.1}|%{TX.2}'\"\n");
    }
    Path file = folder.resolve("rules.conf");
    Files.writeString(file, rules);
    return file;
  }

  /** For each operator what it captured, as a short digest; nothing where it did not match. */
  private static String[] ours(RuleSet rules, byte[] input) {
    Fields headers = new Fields();
    headers.add(bytes("X"), input);
    Transaction t = rules.newTransaction();
    t.requestHead(bytes("GET"), bytes("/"), bytes("HTTP/1.1"), headers);
    String[] answers = new String[OPERATORS.length];
    Arrays.fill(answers, "");
    for (RuleMatch match : t.matches()) {
      answers[(int) match.id() - 1] = answer(match.text());
    }
    return answers;
  }

  private static String answer(String line) {
    int from = line.indexOf("[data \"");
    String data = line.substring(from, line.indexOf("\"] [severity", from));
    return Integer.toString(data.hashCode() >>> 8, 36);
  }

  private static String show(byte[] input) {
    StringBuilder s = new StringBuilder();
    for (byte b : input) {
      s.append(b >= 32 && b < 127 ? String.valueOf((char) b) : "<%02x>".formatted(b));
    }
    return s.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<byte[]> inputs() {
    Random random = new Random(SEED);
    return Stream.generate(() -> input(random)).limit(INPUTS).toList();
  }

  private static byte[] input(Random random) {
    StringBuilder s = new StringBuilder();
    int pieces = random.nextInt(5);
    for (int i = 0; i < pieces; i++) {
      boolean piece = random.nextInt(8) > 0;
      s.append(
          piece
              ? PIECES[random.nextInt(PIECES.length)]
              : String.valueOf((char) random.nextInt(256)));
    }
    return bytes(s.toString());
  }
}

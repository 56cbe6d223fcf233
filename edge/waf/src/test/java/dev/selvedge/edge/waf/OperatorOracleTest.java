package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operator decides as libmodsecurity decides, on generated inputs. */
class OperatorOracleTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20260102);
  private static final int INPUTS = Integer.getInteger("selvedge.inputs", 2000);

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
    "@contains %{tx.word}"
  };

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
    "."
  };

  @TempDir Path folder;

  @Test
  void operatorsDecideAsLibmodsecurity() throws IOException {
    Assumptions.assumeTrue(Oracle.available(), "libmodsecurity's header or cc is missing");
    StringBuilder rules = new StringBuilder("SecRuleEngine On\nSecRequestBodyAccess Off\n");
    rules.append("SecAction \"id:9000,phase:1,nolog,pass,setvar:tx.word=ab\"\n");
    for (int i = 0; i < OPERATORS.length; i++) {
      rules.append("SecRule REQUEST_HEADERS:X \"").append(OPERATORS[i]).append("\" \"id:");
      rules.append(i + 1).append(",phase:1,pass,log,t:none\"\n");
    }
    Path file = folder.resolve("rules.conf");
    Files.writeString(file, rules);
    LoadOutcome outcome =
        RuleSet.load(List.of(file.toString()), TextFiles.of(), EngineOptions.DEFAULT);
    assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
    RuleSet ours = ((LoadOutcome.Loaded) outcome).rules();
    Map<String, List<String>> differences = new TreeMap<>();
    Random random = new Random(SEED);
    try (Oracle oracle = Oracle.start(folder, file)) {
      for (int i = 0; i < INPUTS; i++) {
        compare(ours, oracle, input(random), differences);
      }
    }
    StringBuilder report = new StringBuilder("seed " + SEED + "\n");
    differences.forEach((operator, list) -> {
      list.sort(java.util.Comparator.comparingInt(String::length));
      report.append(operator).append(": ").append(list.size()).append(' ');
      report.append(list.subList(0, Math.min(5, list.size()))).append('\n');
    });
    assertThat(differences).as(report.toString()).isEmpty();
  }

  private static void compare(
      RuleSet rules, Oracle oracle, byte[] input, Map<String, List<String>> differences) {
    Fields headers = new Fields();
    headers.add(bytes("X"), input);
    Transaction t = rules.newTransaction();
    t.requestHead(bytes("GET"), bytes("/"), bytes("HTTP/1.1"), headers);
    TreeSet<Integer> ours = new TreeSet<>();
    for (RuleMatch match : t.matches()) {
      ours.add((int) match.id());
    }
    TreeSet<Integer> theirs = new TreeSet<>();
    for (Oracle.Message m : oracle.header("X", input)) {
      theirs.add(Integer.parseInt(m.id()));
    }
    for (int id = 1; id <= OPERATORS.length; id++) {
      if (ours.contains(id) != theirs.contains(id)) {
        String side = ours.contains(id) ? " ours" : " theirs";
        differences
            .computeIfAbsent(OPERATORS[id - 1], _ -> new ArrayList<>())
            .add("[" + show(input) + "]" + side);
      }
    }
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

  private static byte[] input(Random random) {
    StringBuilder s = new StringBuilder();
    int pieces = random.nextInt(5);
    for (int i = 0; i < pieces; i++) {
      s.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return bytes(s.toString());
  }
}

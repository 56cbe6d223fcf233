package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a table of cases: {@code ID attack|pass PLACE VALUE}. The value goes to the end of
 * the line, {@code \xHH} stands for a byte, everything else for itself. Immutable.
 */
record RuleCase(String table, long rule, boolean attack, String place, String value) {
  private static final int WORDS = 4;

  /** The cases of a rule file, from the table beside it. */
  static List<RuleCase> of(String ruleFile) {
    String table = ruleFile.replace(".conf", ".cases");
    try (InputStream in = RuleCase.class.getResourceAsStream("cases/" + table)) {
      if (in == null) {
        throw new AssertionError("no table " + table);
      }
      List<RuleCase> cases = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(l -> !l.isBlank() && !l.startsWith("#"))
          .forEach(l -> cases.add(line(table, l)));
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of all rule files. */
  static List<RuleCase> all() {
    return OwnRules.FILES.stream().flatMap(f -> of(f).stream()).toList();
  }

  private static RuleCase line(String table, String line) {
    String[] words = line.split(" +", WORDS);
    if (words.length < WORDS - 1 || !(words[1].equals("attack") || words[1].equals("pass"))) {
      throw new AssertionError(table + ": not a case: " + line);
    }
    String value = words.length < WORDS ? "" : words[WORDS - 1];
    return new RuleCase(
        table, Long.parseLong(words[0]), words[1].equals("attack"), words[2], value);
  }

  /** The value's bytes. */
  byte[] bytes() {
    byte[] in = value.getBytes(StandardCharsets.UTF_8);
    ByteOutput out = new ByteOutput(in.length);
    for (int i = 0; i < in.length; i++) {
      boolean escape = in[i] == '\\' && i + 3 < in.length && in[i + 1] == 'x';
      if (escape && Bytes.isHex(in[i + 2]) && Bytes.isHex(in[i + 3])) {
        out.add(Bytes.hexPair(in, i + 2));
        i += 3;
      } else {
        out.add(in[i]);
      }
    }
    return out.toBytes();
  }
}

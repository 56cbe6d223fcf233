package dev.selvedge.edge.waf.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.variable.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NumberChecksTest {
  private record NoFiles() implements FileSource {
    @Override
    public byte @Nullable [] read(String name, String includer) {
      return null;
    }

    @Override
    public List<String> expand(String pattern, String includer) {
      return List.of();
    }
  }

  private static LoadOutcome load(String rule) {
    return RuleSet.loadText("t", Bytes.of(rule), new NoFiles(), EngineOptions.DEFAULT);
  }

  private static String captured(String value) {
    LoadOutcome outcome =
        load(
            "SecRuleEngine On\nSecRule REQUEST_HEADERS:X \"@verifySSN \\d{3}-?\\d{2}-?\\d{4}\""
                + " \"id:1,phase:1,pass,log,capture,logdata:'%{TX.0}'\"\n");
    Fields headers = new Fields();
    headers.add(Bytes.of("X"), Bytes.of(value));
    Transaction t = ((LoadOutcome.Loaded) outcome).rules().newTransaction();
    t.requestHead(Bytes.of("GET"), Bytes.of("/"), Bytes.of("HTTP/1.1"), headers);
    return t.matches().isEmpty() ? "" : t.matches().getFirst().data();
  }

  @Test
  void theLastOfSeveralNumbersIsKept() {
    assertThat(captured("123456789 224-88-2046")).isEqualTo("224-88-2046");
    assertThat(captured("224-88-2046 078051120")).isEqualTo("078051120");
    assertThat(captured("666-12-1234")).isEmpty();
  }

  @Test
  void digitsWithoutANumberAmongThemTakeLinearTime() {
    String digits = "0".repeat(200_000);
    Instant start = Instant.now();
    assertThat(captured(digits)).isEmpty();
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void programsAreNotRunWhereTheHostRunsNone() {
    assertThat(load("SecRule ARGS \"@inspectFile /bin/echo\" \"id:1,phase:2,pass\"\n").toString())
        .contains("programs are not run here: /bin/echo");
  }
}

package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A charset passes only where ASCII is written as ASCII: else rules would read other text. */
class CharsetsTest {
  private static final long RULE = 5_010_200;

  /** All printable characters but the two for which Japanese charsets have signs of their own. */
  private static final String ASCII = ascii();

  private static String ascii() {
    StringBuilder all = new StringBuilder();
    for (char c = ' '; c < 127; c++) {
      all.append(c == '\\' || c == '~' ? "" : c);
    }
    return all.toString();
  }

  private static Set<String> names(Charset charset) {
    Set<String> names = new TreeSet<>(charset.aliases());
    names.add(charset.name());
    return names;
  }

  @Test
  void everyCharsetThatPassesWritesAsciiAsAscii() {
    var rules = Shipped.rules(Policy.DEFAULT);
    byte[] bytes = ASCII.getBytes(StandardCharsets.US_ASCII);
    List<String> hiding = new ArrayList<>();
    int passed = 0;
    for (Charset charset : Charset.availableCharsets().values()) {
      boolean plain = ASCII.equals(new String(bytes, charset));
      for (String name : names(charset)) {
        byte[] body = ("text/plain; charset=" + name + "|a").getBytes(StandardCharsets.UTF_8);
        boolean passes =
            CaseRequest.of("body", body).run(rules.newTransaction()).matches().stream()
                .noneMatch(match -> match.id() == RULE);
        passed += passes ? 1 : 0;
        if (passes && !plain) {
          hiding.add(name);
        }
      }
    }
    assertThat(hiding).isEmpty();
    assertThat(passed).as("names that pass").isGreaterThan(50);
  }
}

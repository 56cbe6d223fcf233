package dev.selvedge.edge.waf.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonBodyTest {

  private static List<String> values(String json) {
    List<String> values = new ArrayList<>();
    byte[] in = json.getBytes(StandardCharsets.UTF_8);
    String error =
        JsonBody.parse(in, 10, (_, value) -> values.add(new String(value, StandardCharsets.UTF_8)));
    assertThat(error).isNull();
    return values;
  }

  /** libmodsecurity takes any two escapes for a pair, and so hides the second from its rules. */
  @Test
  void halfOfAPairHidesNothingBehindIt() {
    assertThat(values("[\"\\ud83d\\ude00\"]")).containsExactly("\uD83D\uDE00");
    assertThat(values("[\"1\\ud83d\\u0027 or\"]")).containsExactly("1?' or");
    assertThat(values("[\"\\ud83d\\ud83d\\ude00\"]")).containsExactly("?\uD83D\uDE00");
    assertThat(values("[\"\\ud83d\\n\"]")).containsExactly("?\n");
    assertThat(values("[\"\\ud83d\"]")).containsExactly("?");
  }
}

package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.BuiltIns;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "run", "check", "explain", "agent", "waf", "waf inspect", "waf rules"})
  void everyCommandExplainsItself(String command) {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int code;
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      String[] words = (command + " --help").strip().split(" ", -1);
      code = Main.run(new AgentTypes(BuiltIns.ALL, Main.class.getName()), words);
    } finally {
      System.setOut(out);
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    assertThat(text).startsWith(("Usage: selvedge " + command).strip());
  }
}

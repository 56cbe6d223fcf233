package dev.selvedge.edge.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.protocol.agent.Lifecycle;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuiltInsTest {

  private static BuiltIn builtIn(String type) {
    return BuiltIns.ALL.stream().filter(it -> it.type().equals(type)).findFirst().orElseThrow();
  }

  @Test
  void typesAreUniqueAndNameTheirAgentsAndKeys() {
    assertThat(BuiltIns.ALL).extracting(BuiltIn::type).doesNotHaveDuplicates();
    for (BuiltIn builtIn : BuiltIns.ALL) {
      Lifecycle agent = builtIn.made().get();
      assertThat(agent.info().name()).isEqualTo(builtIn.type());
      assertThat(builtIn.config().keys())
          .extracting(Key::path)
          .allMatch(path -> path.startsWith(builtIn.type() + "."));
    }
  }

  @Test
  void everyMistakeOfABlockIsReportedWithItsPlace() {
    String block =
        """
        request-feild "x-a" "1"
        request-field "x-a"
          response-field "content-length" "1" colour="red"
        """;
    assertThat(Agents.problems(builtIn("echo"), "", block))
        .containsExactly(
            "1:1: unknown key request-feild in echo (did you mean \"request-field\"?)",
            "2:1: request-field needs a field name and a value",
            "3:18: content-length frames the message or belongs to one connection; it is not yours",
            "3:46: response-field takes no property, here colour=");
  }

  @Test
  void aSoundBlockHasNoProblem() {
    List<String> problems = Agents.problems(builtIn("denylist"), "", "address \"10.0.0.0/8\"");
    assertThat(problems).isEmpty();
  }
}

package dev.selvedge.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the check of open files counts. */
class DescriptorsTest {

  private static final String PLAIN =
      """
      system { worker-threads 3; limits { max-connections 100; max-in-flight 50; %s } }
      listeners { listener "web" { address "127.0.0.1:0" } }
      routes { route "up" { upstream "up" } }
      upstreams { upstream "up" { target "127.0.0.1:1" } }
      """;

  private static long needed(String limits, String agents) {
    return needed(PLAIN, limits, agents);
  }

  private static long needed(String plain, String limits, String agents) {
    String kdl = plain.formatted(limits) + agents;
    return switch (ConfigLoader.parse(kdl, "test.kdl", any -> null, List.of("echo"))) {
      case Loaded.Ok ok -> Descriptors.needed(ok.config());
      case Loaded.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  private static String far(String rest) {
    return "agent \"far\" { unix-socket path=\"/far\"; failure-mode \"open\"; " + rest + " }";
  }

  @Test
  void countsConnectionsOfClientsAndUpstreams() {
    assertThat(needed("", "")).isEqualTo(100 + 50);
  }

  @Test
  void countsTwoConnectionsOfEachLoopToAnAgent() {
    assertThat(needed("", far(""))).isEqualTo(150 + 2 * 3);
  }

  @Test
  void countsThePipesOfAChild() {
    String child = "agent \"own\" { type \"echo\"; failure-mode \"open\" }";
    assertThat(needed("", child)).isEqualTo(150 + 2 * 3 + 6);
  }

  @Test
  void countsAFileForEachBodyThatMayBeHeld() {
    String requests = far("request-body \"hold\"");
    String both = far("request-body \"hold\"; response-body \"hold\"");
    assertThat(needed("", requests)).isEqualTo(156 + 50);
    assertThat(needed("", both)).isEqualTo(156 + 2 * 50);
    assertThat(needed("", far("request-body \"stream\""))).isEqualTo(156);
  }

  @Test
  void countsNoMoreFilesThanThereMayBe() {
    String many = "max-in-flight 5000";
    String kdl = PLAIN.replace("max-in-flight 50; ", "");
    assertThat(needed(kdl, many, far("request-body \"hold\""))).isEqualTo(100 + 5000 + 6 + 1000);
  }
}

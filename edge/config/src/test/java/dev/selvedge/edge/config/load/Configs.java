package dev.selvedge.edge.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Config;
import java.util.List;
import java.util.Map;

/** Texts of configurations, and what becomes of them. */
final class Configs {

  /** The least that can be written. */
  static final String MINIMAL =
      """
      listeners { listener "web" { address "127.0.0.1:8080" } }
      routes { route "all" { echo } }
      """;

  private Configs() {}

  static Config ok(String text) {
    Loaded loaded = ConfigLoader.parse(text, "test.kdl", Map.of("PORT", "8081")::get);
    if (loaded instanceof Loaded.Ok ok) {
      return ok.config();
    }
    throw new AssertionError(String.join("\n", problems(loaded)));
  }

  /** All problems as they are shown. */
  static List<String> problems(String text) {
    return problems(ConfigLoader.parse(text, "test.kdl", Map.of("PORT", "8081")::get));
  }

  static List<String> problems(Loaded loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Refused.class);
    return ((Loaded.Refused) loaded).problems().stream().map(Object::toString).toList();
  }

  /**
   * All problems of a text that stands in a sound file, as line 3 and on; without the file name.
   */
  static List<String> problemsBeside(String text) {
    return problems(MINIMAL + text).stream().map(it -> it.substring("test.kdl:".length())).toList();
  }

  /** All problems of a text within an otherwise sound route, in line 3 and on. */
  static List<String> problemsInRoute(String text) {
    String file =
        """
        listeners { listener "web" { address "127.0.0.1:8080" } }
        routes { route "all" {
        %s
        } }
        """
            .formatted(text);
    return problems(file).stream().map(it -> it.substring("test.kdl:".length())).toList();
  }
}

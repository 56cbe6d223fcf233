package dev.selvedge.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.bench.Main;
import dev.selvedge.bench.proxy.BenchCase.Work;
import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContenderTest {
  private static final Pattern PLACEHOLDER = Pattern.compile("@[A-Z_]+@");
  private static final int ROUTES = 20;

  @ParameterizedTest
  @EnumSource
  void ourConfigurationIsAccepted(Work work) {
    try (Workspace workspace = Workspace.open(Main.home())) {
      Path file = workspace.configure(Contender.SELVEDGE, work, 8080, 9000);
      assertThat(ConfigLoader.load(file, name -> null)).isInstanceOf(Loaded.Ok.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyContenderHasTheSameRoutes(Contender contender) throws Exception {
    try (Workspace workspace = Workspace.open(Main.home())) {
      for (Work work : contender.asksAgent() ? List.of(Work.EQUAL) : List.of(Work.values())) {
        String text = Files.readString(workspace.configure(contender, work, 8080, 9000));
        assertThat(text).doesNotContainPattern(PLACEHOLDER);
        long routes =
            Pattern.compile("/r\\d+/")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .count();
        assertThat(routes).isEqualTo(work == Work.EQUAL ? ROUTES : 0);
      }
    }
  }
}

package dev.selvedge.edge.waf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The stages of the CRS's own tests that are attacks: those that expect some rule to fire. */
final class CrsAttacks {
  private static final Pattern FAMILIES = Pattern.compile("REQUEST-(?:93\\d|94[0-4])-.*");

  private CrsAttacks() {}

  /** Those of the families 930 to 944, in the order of their files. */
  static List<CrsStage> stages(Path suite) throws IOException {
    List<CrsStage> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(suite.resolve("tests"))) {
      for (Path file : files.filter(CrsAttacks::wanted).sorted().toList()) {
        Load yaml = new Load(LoadSettings.builder().build());
        for (Object test : list(object(yaml.loadFromString(Files.readString(file))).get("tests"))) {
          list(object(test).get("stages")).forEach(stage -> add(object(stage), all));
        }
      }
    }
    return all;
  }

  private static boolean wanted(Path file) {
    Path parent = file.getParent();
    return file.toString().endsWith(".yaml")
        && parent != null
        && FAMILIES.matcher(parent.getFileName().toString()).matches();
  }

  private static void add(Map<String, Object> stage, List<CrsStage> into) {
    Map<String, Object> log = object(object(stage.get("output")).get("log"));
    if (!list(log.get("expect_ids")).isEmpty()) {
      into.add(CrsStage.of(object(stage.get("input"))));
    }
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}

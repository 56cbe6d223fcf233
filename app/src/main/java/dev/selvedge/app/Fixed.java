package dev.selvedge.app;

import dev.selvedge.edge.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a reload cannot change, because it was decided when the process started. Stateless. */
final class Fixed {

  private Fixed() {}

  /** One line for each difference that needs a restart. */
  static List<String> changed(Config now, Config next) {
    List<String> changed = new ArrayList<>();
    compare(changed, "system.worker-threads", workerThreads(now), workerThreads(next));
    compare(changed, "system.transport", now.system().transport(), next.system().transport());
    compare(changed, "admin.address", now.admin().address(), next.admin().address());
    compare(
        changed,
        "system.reload-on-change",
        now.system().reloadOnChange(),
        next.system().reloadOnChange());
    return changed;
  }

  private static int workerThreads(Config config) {
    return config.system().workerThreads();
  }

  private static void compare(
      List<String> changed, String key, @Nullable Object now, @Nullable Object next) {
    if (!Objects.equals(now, next)) {
      changed.add(
          key + " cannot change while the program runs (" + now + " to " + next + "): restart it");
    }
  }
}

package dev.selvedge.bench.proxy;

import dev.selvedge.bench.proxy.BenchCase.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A proxy that is measured, and how it is started on the proxy's core. */
enum Contender {
  SELVEDGE("selvedge", "kdl"),
  NGINX("nginx", "conf"),
  HAPROXY("haproxy", "cfg");

  private final String label;
  private final String extension;

  Contender(String label, String extension) {
    this.label = label;
    this.extension = extension;
  }

  /** Its name in rows, and its program's. */
  String label() {
    return label;
  }

  boolean isPeer() {
    return this != SELVEDGE;
  }

  /** {@code nginx-equal.conf}; the template is called so too, with {@code .template} behind. */
  String configName(Work work) {
    return label + "-" + work.label() + "." + extension;
  }

  /** The command that stays in the foreground, pinned to that core by taskset. */
  List<String> command(Path home, Path folder, Path config, int core) {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
    switch (this) {
      case SELVEDGE ->
          command.addAll(List.of(home.resolve("selvedge").toString(), "run", config.toString()));
      case NGINX ->
          command.addAll(
              List.of(
                  Programs.require("nginx"),
                  "-p",
                  folder.toString(),
                  "-e",
                  folder.resolve("nginx.error.log").toString(),
                  "-c",
                  config.toString()));
      case HAPROXY ->
          command.addAll(List.of(Programs.require("haproxy"), "-db", "-f", config.toString()));
    }
    return command;
  }
}

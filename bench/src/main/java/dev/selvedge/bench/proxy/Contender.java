package dev.selvedge.bench.proxy;

import dev.selvedge.bench.proxy.BenchCase.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A proxy that is measured, and how it is started on the proxy's core. */
enum Contender {
  SELVEDGE("selvedge", "kdl"),
  NGINX("nginx", "conf"),
  HAPROXY("haproxy", "cfg"),
  /** Ours, asking one agent about each request over frames. */
  ONE_AGENT("one agent", "kdl"),
  /** Ours, asking one agent over gRPC. */
  GRPC_AGENT("one gRPC agent", "kdl"),
  /** Ours, asking the WAF with its own rules over frames, at their defaults. */
  WAF_AGENT("WAF agent", "kdl"),
  /** Ours without an agent, as a peer of ours with one. */
  NO_AGENT("without agent", "kdl");

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
    return this == NGINX || this == HAPROXY || this == NO_AGENT;
  }

  /** Whether it is this program, whatever its name in the rows. */
  boolean isOurs() {
    return this != NGINX && this != HAPROXY;
  }

  /** Whether an agent has to run beside it, on the load's core. */
  boolean asksAgent() {
    return this == ONE_AGENT || this == GRPC_AGENT || this == WAF_AGENT;
  }

  /** {@code nginx-equal.conf}; the template is called so too, with {@code .template} behind. */
  String configName(Work work) {
    String name = asksAgent() ? "selvedge-agent" : isOurs() ? "selvedge-" + work.label() : null;
    return (name == null ? label + "-" + work.label() : name) + "." + extension;
  }

  /** The command that stays in the foreground, pinned to that core by taskset. */
  List<String> command(Path home, Path folder, Path config, int core) {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
    switch (this) {
      case SELVEDGE, ONE_AGENT, GRPC_AGENT, WAF_AGENT, NO_AGENT ->
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

package dev.selvedge.app.admin;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.proxy.record.RecordView;
import dev.selvedge.kernel.Metrics;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the admin listener asks of the program. Every one of them is called on virtual threads,
 * many at a time, and may block.
 *
 * @param unhealthyAgents one line for each agent whose failure mode serves
 * @param config the configuration in force; its admin token is the one that requests must show
 */
public record AdminSources(
    Supplier<Readiness> readiness,
    Supplier<List<String>> unhealthyAgents,
    Metrics metrics,
    Decisions decisions,
    Supplier<Config> config,
    Reloader reloader) {

  /** Whether the program wants new requests. */
  public enum Readiness {
    STARTING,
    READY,
    DRAINING
  }

  /** Decision records; {@link dev.selvedge.edge.proxy.record.Records} has these methods. */
  public interface Decisions {

    /** The record of a request id; null if it is gone or never was. */
    @Nullable RecordView find(String id);

    /** The records that ended last, latest first. */
    List<RecordView> recent(int n, boolean notableOnly);
  }

  /** Reads the configuration files again and puts them in force. */
  @FunctionalInterface
  public interface Reloader {
    Outcome reload();
  }

  /** What became of a reload. */
  public sealed interface Outcome {

    /**
     * The new configuration is in force.
     *
     * @param notes what the operator should know, one line each
     */
    record Applied(List<String> notes) implements Outcome {}

    /**
     * Nothing was changed.
     *
     * @param problems why, one line each: {@code file:line:col: message}
     */
    record Refused(List<String> problems) implements Outcome {}

    /** Another reload is under way. */
    record Busy() implements Outcome {}
  }
}

package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.field.FieldEdits;
import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.kernel.ByteSize;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.Metrics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route as the dataplane needs it: its service, its bounds, its edits, its counters. Thread-safe;
 * the only state is in its {@link Bounds}, which a reload hands on to the route of the same name.
 */
public final class Route {

  private final String name;
  private final int nameNumber;
  private final Service service;
  private final @Nullable Inspector inspector;
  private final long maxBody;
  private final boolean rawPath;
  private final long totalTimeoutNanos;
  private final FieldEdits requestEdits;
  private final FieldEdits responseEdits;
  private final long maxInFlight;
  private final long maxUpgraded;
  private final Bounds inFlight;
  private final Bounds upgraded;
  private final int[] statusSlots;
  private final int durationSlot;
  private final int[] failureSlots;

  /**
   * Makes the route of one configuration.
   *
   * @param inspector what stands before the service; null where nothing does
   * @param earlier the route of that name in the snapshot before, whose permits go on; else null
   */
  public Route(
      RouteConfig config,
      int nameNumber,
      Service service,
      @Nullable Inspector inspector,
      ByteSize defaultMaxBody,
      Metrics metrics,
      @Nullable Route earlier) {
    RouteConfig.Policies policies = config.policies();
    this.name = config.name();
    this.nameNumber = nameNumber;
    this.service = service;
    this.inspector = inspector;
    ByteSize own = policies.maxBody();
    this.maxBody = (own == null ? defaultMaxBody : own).bytes();
    this.rawPath = policies.pathForwardRaw();
    Duration total = policies.totalTimeout();
    this.totalTimeoutNanos = total == null ? 0 : total.toNanos();
    this.requestEdits = new FieldEdits(policies.requestFields());
    this.responseEdits = new FieldEdits(policies.responseFields());
    Integer bound = policies.maxInFlight();
    this.maxInFlight = bound == null ? Long.MAX_VALUE : bound;
    this.maxUpgraded = policies.maxUpgraded();
    this.inFlight = earlier == null ? new Bounds(maxInFlight) : earlier.inFlight;
    this.upgraded = earlier == null ? new Bounds(maxUpgraded) : earlier.upgraded;
    this.statusSlots = statusSlots(metrics, name);
    this.failureSlots = failureSlots(metrics, name);
    this.durationSlot =
        metrics.histogram(
            "selvedge_request_duration_seconds",
            "From the first byte of a request to the last of its answer.",
            "route=\"" + Labels.escape(name) + "\"");
  }

  /** The route is in force: permits handed on from an earlier one count against its own bounds. */
  void inForce() {
    inFlight.limit(maxInFlight);
    upgraded.limit(maxUpgraded);
  }

  private static int[] statusSlots(Metrics metrics, String route) {
    int[] slots = new int[6];
    for (int i = 0; i < slots.length; i++) {
      String status = i == 0 ? "none" : i + "xx";
      slots[i] =
          metrics.counter(
              "selvedge_requests",
              "Requests answered, by route and class of status.",
              "route=\"" + Labels.escape(route) + "\",status=\"" + status + "\"");
    }
    return slots;
  }

  private static int[] failureSlots(Metrics metrics, String route) {
    FailureCode[] codes = FailureCode.values();
    int[] slots = new int[codes.length];
    for (int i = 0; i < slots.length; i++) {
      String labels =
          "route=\""
              + Labels.escape(route)
              + "\",source=\""
              + codes[i].source().label()
              + "\",code=\""
              + codes[i].code()
              + "\"";
      slots[i] =
          metrics.counter(
              "selvedge_failures", "Requests refused or failed, by route and code.", labels);
    }
    return slots;
  }

  public String name() {
    return name;
  }

  /** The name as a number of {@link dev.selvedge.edge.proxy.record.Names}. */
  public int nameNumber() {
    return nameNumber;
  }

  public Service service() {
    return service;
  }

  /** What stands between exchanges and the service; null where nothing does. */
  public @Nullable Inspector inspector() {
    return inspector;
  }

  /** Bytes of a request body at the most. */
  public long maxBody() {
    return maxBody;
  }

  /** Whether a path that is not in normal form is refused instead of normalised. */
  public boolean rawPath() {
    return rawPath;
  }

  /** From the head to the last byte of the answer; 0 for no bound. */
  public long totalTimeoutNanos() {
    return totalTimeoutNanos;
  }

  public FieldEdits requestEdits() {
    return requestEdits;
  }

  public FieldEdits responseEdits() {
    return responseEdits;
  }

  /** Exchanges on this route. */
  public Bounds inFlight() {
    return inFlight;
  }

  /** Tunnels on this route. */
  public Bounds upgraded() {
    return upgraded;
  }

  /** Counts a finished exchange. */
  void count(Metrics.Shard metrics, int status, long durationNanos, int failure) {
    metrics.add(statusSlots[status / 100], 1);
    metrics.observe(durationSlot, durationNanos);
    if (failure >= 0) {
      metrics.add(failureSlots[failure], 1);
    }
  }
}

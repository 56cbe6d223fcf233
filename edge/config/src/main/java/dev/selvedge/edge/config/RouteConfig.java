package dev.selvedge.edge.config;

import com.google.re2j.Pattern;
import dev.selvedge.kernel.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route: what it matches, what answers, and under which policies. Immutable.
 *
 * @param priority higher is tried first; ties go to the more specific route, then to file order
 * @param agents in the order in which their decisions are merged
 */
public record RouteConfig(
    String name,
    int priority,
    Matches matches,
    Service service,
    List<RouteAgent> agents,
    Policies policies) {

  /**
   * An agent that this route asks.
   *
   * @param agent its name in {@link Config#agents}
   * @param failureMode null leaves {@link AgentConfig#failureMode}
   * @param after agents earlier in the list that must have let the request pass before this one is
   *     asked; it sees their changes
   */
  public record RouteAgent(
      String agent, AgentConfig.@Nullable FailureMode failureMode, List<String> after) {}

  /**
   * All conditions must hold; within one condition any alternative suffices; an empty list sets no
   * condition.
   *
   * @param hosts lower case without port
   * @param methods upper case
   * @param listeners names of listeners
   */
  public record Matches(
      List<PathMatch> paths,
      List<HostMatch> hosts,
      List<String> methods,
      List<FieldMatch> headers,
      List<QueryMatch> queries,
      List<String> listeners) {}

  /** A condition on the normalised path. */
  public sealed interface PathMatch {
    /** The path, byte for byte. */
    record Exact(String path) implements PathMatch {}

    /**
     * The path begins so, at a segment's end: {@code /api} matches {@code /api} and {@code /api/x},
     * never {@code /apix}; {@code /api/} does not match {@code /api}.
     */
    record Prefix(String prefix) implements PathMatch {}

    /** The pattern is found somewhere in the path. */
    record Regex(Pattern pattern) implements PathMatch {}
  }

  /** A condition on the authority's host. */
  public sealed interface HostMatch {
    /** The host. */
    record Exact(String host) implements HostMatch {}

    /**
     * {@code *.example.com}: one label or more in front of the suffix.
     *
     * @param suffix with its leading dot
     */
    record Wildcard(String suffix) implements HostMatch {}

    /** The pattern matches the whole host. */
    record Regex(Pattern pattern) implements HostMatch {}
  }

  /**
   * A condition on a request field.
   *
   * @param name lower case
   * @param value the exact value of any field line of that name; null asks only for presence
   */
  public record FieldMatch(String name, @Nullable String value) {}

  /**
   * A condition on a query parameter, compared as sent, undecoded.
   *
   * @param value null asks only for presence
   */
  public record QueryMatch(String name, @Nullable String value) {}

  /** What answers a request. */
  public sealed interface Service {
    /** An upstream, by its name in {@link Config#upstreams}. */
    record Forward(String upstream) implements Service {}

    /**
     * Files below a folder.
     *
     * @param root absolute and normalised
     * @param index the file that answers for a folder
     * @param fallback the file, relative to root, that answers 200 where nothing is found (a
     *     single-page application); null answers 404
     * @param cacheControl sent with each file; null sends none
     */
    record StaticFiles(
        Path root, String index, @Nullable String fallback, @Nullable String cacheControl)
        implements Service {}

    /**
     * A fixed answer. A status of 400 or more without a body is a refusal: a problem document with
     * the code {@code route_refused}.
     */
    record Respond(int status, @Nullable String body, String contentType) implements Service {}

    /** Answers with the request as it would have been forwarded, as JSON. */
    record Echo() implements Service {}

    /**
     * Sends the client elsewhere.
     *
     * @param to an absolute URL or a path; {@code {path}} and {@code {query}} stand for the
     *     request's own (with its question mark)
     * @param status 301, 302, 303, 307 or 308
     */
    record Redirect(String to, int status) implements Service {}
  }

  /**
   * Policies of one route.
   *
   * @param maxBody null leaves {@link SystemConfig.LimitsConfig#maxBody}
   * @param maxInFlight exchanges at a time on this route; null sets no bound of its own
   * @param maxUpgraded tunnels at a time; 0 refuses upgrades
   * @param totalTimeout from the head to the answer's last byte; null sets none
   * @param pathForwardRaw forwards the path as sent, and refuses (400) where it is not normal
   */
  public record Policies(
      @Nullable ByteSize maxBody,
      @Nullable Integer maxInFlight,
      int maxUpgraded,
      @Nullable Duration totalTimeout,
      boolean pathForwardRaw,
      List<FieldEdit> requestFields,
      List<FieldEdit> responseFields) {}

  /** One change of a field section, applied in order. Names are lower case. */
  public sealed interface FieldEdit {
    String name();

    /** Replaces all lines of that name by one. */
    record Set(String name, String value) implements FieldEdit {}

    /** Adds a line. */
    record Add(String name, String value) implements FieldEdit {}

    /** Removes all lines of that name. */
    record Remove(String name) implements FieldEdit {}
  }
}

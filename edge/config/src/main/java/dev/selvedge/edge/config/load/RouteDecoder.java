package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.RouteConfig.HostMatch;
import dev.selvedge.edge.config.RouteConfig.Matches;
import dev.selvedge.edge.config.RouteConfig.PathMatch;
import dev.selvedge.edge.config.RouteConfig.Policies;
import dev.selvedge.edge.config.RouteConfig.Service;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.key.MatchKeys;
import dev.selvedge.edge.config.key.PolicyKeys;
import dev.selvedge.edge.config.key.RouteKeys;
import dev.selvedge.edge.config.key.ServiceKeys;
import dev.selvedge.edge.config.load.AgentsDecoder.Asked;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns one {@code route} into its record. */
final class RouteDecoder {

  /**
   * The record with the names in it that must be defined elsewhere.
   *
   * @param config null after a problem
   */
  record Route(
      String name,
      Place place,
      @Nullable RouteConfig config,
      @Nullable Ref upstream,
      List<Ref> listeners,
      List<Asked> agents,
      Section policies) {}

  private final KdlNode node;
  private final String name;
  private final Report report;
  private final Section route;

  private RouteDecoder(KdlNode node, Report report) {
    this.node = node;
    this.name = Block.name(node);
    this.report = report;
    this.route = Section.of((Block) RouteKeys.ROUTE.type(), node.place(), node.children(), report);
  }

  static Route decode(KdlNode node, Report report) {
    int before = report.count();
    RouteDecoder decoder = new RouteDecoder(node, report);
    Section matches = decoder.route.inner(RouteKeys.MATCHES);
    List<Ref> listeners = flat(matches.all(MatchKeys.LISTENER));
    Matches conditions = matches(matches, listeners);
    @Nullable Service service = decoder.service();
    Section policies = decoder.route.inner(PolicyKeys.POLICIES);
    int priority = decoder.route.get(RouteKeys.PRIORITY);
    Policies rules = decoder.policies(policies);
    List<Asked> agents = AgentsDecoder.decode(decoder.route, report);
    return new Route(
        decoder.name,
        node.place(),
        service == null || report.count() > before
            ? null
            : new RouteConfig(
                decoder.name,
                priority,
                conditions,
                service,
                agents.stream().map(Asked::config).toList(),
                rules),
        decoder.route.find(ServiceKeys.UPSTREAM),
        listeners,
        agents,
        policies);
  }

  private static Matches matches(Section matches, List<Ref> listeners) {
    List<List<PathMatch>> paths =
        matches.all(List.of(MatchKeys.PATH, MatchKeys.PATH_PREFIX, MatchKeys.PATH_REGEX));
    List<List<HostMatch>> hosts = matches.all(List.of(MatchKeys.HOST, MatchKeys.HOST_REGEX));
    return new Matches(
        flat(paths),
        flat(hosts),
        flat(matches.all(MatchKeys.METHOD)),
        List.copyOf(matches.all(MatchKeys.HEADER)),
        List.copyOf(matches.all(MatchKeys.QUERY)),
        listeners.stream().map(Ref::name).toList());
  }

  private static <T> List<T> flat(List<List<T>> lists) {
    return lists.stream().flatMap(List::stream).toList();
  }

  private @Nullable Service service() {
    List<Key<?>> written = new ArrayList<>();
    ServiceKeys.ALL.stream().filter(route::has).forEach(written::add);
    if (written.isEmpty() && ServiceKeys.ALL.stream().noneMatch(route::attempted)) {
      report.missing(
          node.place(),
          "route \"" + name + "\" has no service: upstream, static, respond, echo or redirect",
          null);
    }
    if (written.size() > 1) {
      written.sort(Comparator.comparing((Key<?> key) -> route.place(key)));
      Key<?> second = written.get(1);
      report.problem(
          route.place(second),
          "route \""
              + name
              + "\" has several services, "
              + String.join(" and ", written.stream().map(Key::name).toList())
              + "; it must have exactly one");
    }
    List<@Nullable Service> services = new ArrayList<>();
    services.add(forward());
    services.add(staticFiles());
    services.add(respond());
    services.add(route.find(ServiceKeys.ECHO) == null ? null : echo());
    services.add(redirect());
    for (@Nullable Service service : services) {
      if (service != null) {
        return service;
      }
    }
    return null;
  }

  private @Nullable Service forward() {
    @Nullable Ref upstream = route.find(ServiceKeys.UPSTREAM);
    return upstream == null ? null : new Service.Forward(upstream.name());
  }

  private @Nullable Service staticFiles() {
    if (route.find(ServiceKeys.STATIC) == null) {
      return null;
    }
    Section files = route.inner(ServiceKeys.STATIC);
    @Nullable Path root = files.find(ServiceKeys.ROOT);
    String index = files.get(ServiceKeys.INDEX);
    @Nullable String fallback = files.find(ServiceKeys.FALLBACK);
    @Nullable String cacheControl = files.find(ServiceKeys.CACHE_CONTROL);
    return root == null ? null : new Service.StaticFiles(root, index, fallback, cacheControl);
  }

  private @Nullable Service respond() {
    if (route.find(ServiceKeys.RESPOND) == null) {
      return null;
    }
    Section respond = route.inner(ServiceKeys.RESPOND);
    int status = respond.get(ServiceKeys.RESPOND_STATUS);
    @Nullable String body = respond.find(ServiceKeys.BODY);
    if (body != null && (status == 204 || status == 205 || status == 304)) {
      report.problem(
          respond.place(ServiceKeys.BODY), "an answer with status " + status + " has no body");
    }
    return new Service.Respond(status, body, respond.get(ServiceKeys.CONTENT_TYPE));
  }

  private Service echo() {
    route.inner(ServiceKeys.ECHO);
    return new Service.Echo();
  }

  private @Nullable Service redirect() {
    if (route.find(ServiceKeys.REDIRECT) == null) {
      return null;
    }
    Section redirect = route.inner(ServiceKeys.REDIRECT);
    @Nullable String to = redirect.find(ServiceKeys.TO);
    int status = redirect.get(ServiceKeys.REDIRECT_STATUS);
    return to == null ? null : new Service.Redirect(to, status);
  }

  private Policies policies(Section policies) {
    return new Policies(
        policies.find(PolicyKeys.MAX_BODY),
        policies.find(PolicyKeys.MAX_IN_FLIGHT),
        policies.get(PolicyKeys.MAX_UPGRADED),
        policies.find(PolicyKeys.TOTAL_TIMEOUT),
        route.get(RouteKeys.PATH_FORWARD),
        edits(policies, PolicyKeys.REQUEST_FIELDS),
        edits(policies, PolicyKeys.RESPONSE_FIELDS));
  }

  private static List<FieldEdit> edits(Section policies, PolicyKeys.Edits edits) {
    List<FieldEdit> made = policies.inner(edits.block()).all(edits.keys());
    return List.copyOf(made);
  }
}

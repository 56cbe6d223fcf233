package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.config.RouteConfig;
import dev.selvedge.edge.proxy.exchange.Service;
import dev.selvedge.edge.proxy.service.file.StaticFilesService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Makes the service that a route's configuration names. The one list of all kinds. */
public final class Services {

  private Services() {}

  /**
   * The service of a route.
   *
   * @param blocking runs file work; {@link #virtualThreads} unless a test wants its own
   * @param forward makes what forwards to an upstream
   * @throws UncheckedIOException where the root of static files is not a readable folder
   * @throws IllegalArgumentException where a redirect would let the client choose the host, or an
   *     index or fallback file lies outside its root
   */
  public static Service of(
      RouteConfig.Service config,
      Executor blocking,
      Function<RouteConfig.Service.Forward, Service> forward) {
    return switch (config) {
      case RouteConfig.Service.Forward to -> forward.apply(to);
      case RouteConfig.Service.StaticFiles files -> open(files, blocking);
      case RouteConfig.Service.Respond fixed -> new RespondService(fixed);
      case RouteConfig.Service.Echo echo -> new EchoService();
      case RouteConfig.Service.Redirect redirect -> new RedirectService(redirect);
    };
  }

  /** A virtual thread for each task: what services use for work that blocks. */
  public static Executor virtualThreads() {
    Thread.Builder builder = Thread.ofVirtual().name("file");
    return builder::start;
  }

  private static Service open(RouteConfig.Service.StaticFiles files, Executor blocking) {
    try {
      return StaticFilesService.open(files, blocking);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

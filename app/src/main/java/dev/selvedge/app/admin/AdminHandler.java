package dev.selvedge.app.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.selvedge.edge.proxy.record.JsonText;
import dev.selvedge.edge.proxy.record.RecordView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the admin listener answers. Only {@code POST /reload} changes anything, and it needs the
 * token; everything else reads.
 *
 * <p>On a loopback address only requests whose Host names the loopback are answered: a page in the
 * operator's browser may make any name point to 127.0.0.1 (DNS rebinding), but cannot make the
 * browser send another Host than that name. There is no CORS. Paths are compared as sent, decoded
 * by nobody. Thread-safe.
 */
final class AdminHandler implements HttpHandler {

  private static final int MAX_DECISIONS = 1000;
  private static final int DEFAULT_DECISIONS = 50;
  private static final String EXPLAIN = "/explain/";
  private static final String BEARER = "Bearer ";
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");
  private static final Pattern PARAMETER = Pattern.compile("(?:^|&)(n|notable)=([^&]*)");

  private static final String INDEX =
      """
      selvedge admin

      GET  /health                     200 while the process is alive
      GET  /ready                      200 when it wants requests, 503 while it starts or drains
      GET  /metrics                    OpenMetrics or Prometheus text, as asked for
      GET  /explain/REQUEST-ID         what was decided about one request, and why
      GET  /decisions?n=50             the latest decisions; notable=true: refused, failed, gaps
      GET  /config                     the configuration in force, secrets masked
      POST /reload                     reads the configuration again; needs the admin token

      The id of a request is in the x-request-id field of its answer.
      """;

  private final AdminSources sources;
  private final boolean loopback;
  private final ProcessMetrics process = new ProcessMetrics();
  private final AtomicBoolean reloading = new AtomicBoolean();

  AdminHandler(AdminSources sources, boolean loopback) {
    this.sources = sources;
    this.loopback = loopback;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (RuntimeException e) {
        System.err.println("selvedge: an admin request failed: " + e);
        answer = Answer.problem(500, "internal_error", "The admin listener failed.");
      }
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    Headers fields = exchange.getRequestHeaders();
    String host = fields.getFirst("Host");
    if (loopback && (host == null || !LOOPBACK_HOST.matcher(lower(host)).matches())) {
      return Answer.problem(403, "host_not_local", "The Host field does not name this machine.");
    }
    if (!AdminBody.consume(exchange)) {
      exchange.getResponseHeaders().set("Connection", "close");
      return Answer.problem(413, "body_too_large", "The request body is too large.");
    }
    String path = exchange.getRequestURI().getRawPath();
    boolean reload = "/reload".equals(path);
    String allowed = reload ? "POST" : "GET, HEAD";
    if (!List.of(allowed.split(", ")).contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", allowed);
      return Answer.problem(405, "method_not_allowed", "The method is not allowed here.");
    }
    return reload ? reload(fields) : read(path == null ? "" : path, exchange);
  }

  private Answer read(String path, HttpExchange exchange) {
    return switch (path) {
      case "/" -> Answer.text(200, INDEX);
      case "/health" -> Answer.text(200, "ok\n");
      case "/ready" -> ready();
      case "/metrics" -> metrics(exchange.getRequestHeaders());
      case "/decisions" -> decisions(exchange.getRequestURI().getRawQuery());
      case "/config" -> Answer.json(ConfigJson.of(sources.config().get()));
      default -> path.startsWith(EXPLAIN) ? explain(path) : notFound();
    };
  }

  private static Answer notFound() {
    return Answer.problem(404, "not_found", "There is nothing here; / lists what there is.");
  }

  private Answer ready() {
    return switch (sources.readiness().get()) {
      case READY ->
          Answer.text(
              200,
              sources.unhealthyAgents().get().stream()
                  .map(line -> line.replaceAll("\\p{Cntrl}", "?") + "\n")
                  .collect(Collectors.joining("", "ready\n", "")));
      case STARTING -> Answer.text(503, "starting\n");
      case DRAINING -> Answer.text(503, "draining\n");
    };
  }

  private Answer metrics(Headers fields) {
    List<String> accept = fields.getOrDefault("Accept", List.of());
    boolean openMetrics =
        accept.stream().anyMatch(value -> lower(value).contains(MetricsText.OPEN_METRICS));
    String type = openMetrics ? MetricsText.OPEN_METRICS_TYPE : MetricsText.PLAIN_TYPE;
    return new Answer(200, type, MetricsText.of(sources.metrics(), process, openMetrics));
  }

  private Answer explain(String path) {
    RecordView record = sources.decisions().find(path.substring(EXPLAIN.length()));
    return record == null
        ? Answer.problem(404, "no_record", "No record of that request is kept (any more).")
        : Answer.json(record.json());
  }

  private Answer decisions(@Nullable String query) {
    int n = DEFAULT_DECISIONS;
    boolean notable = false;
    Matcher parameter = PARAMETER.matcher(query == null ? "" : query);
    while (parameter.find()) {
      String value = parameter.group(2);
      if (parameter.group(1).equals("notable")) {
        notable = value.equals("true");
      } else if (value.matches("[0-9]{1,6}")) {
        n = Math.min(MAX_DECISIONS, Integer.parseInt(value));
      } else {
        return Answer.problem(400, "bad_query", "n is a number of records.");
      }
    }
    List<RecordView> records = sources.decisions().recent(n, notable);
    return Answer.json(
        records.stream()
            .map(RecordView::line)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
  }

  private Answer reload(Headers fields) {
    if (!authorised(fields)) {
      boolean none = sources.config().get().admin().token() == null;
      String why =
          none ? "There is no admin token in the configuration." : "This needs the admin token.";
      return Answer.problem(403, "token_required", why);
    }
    if (!reloading.compareAndSet(false, true)) {
      return busy();
    }
    try {
      return switch (sources.reloader().reload()) {
        case AdminSources.Outcome.Applied applied ->
            Answer.json("{\"reloaded\": true, \"notes\": " + strings(applied.notes()) + "}\n");
        case AdminSources.Outcome.Refused refused ->
            new Answer(
                422,
                Answer.JSON,
                "{\"reloaded\": false, \"problems\": " + strings(refused.problems()) + "}\n");
        case AdminSources.Outcome.Busy busy -> busy();
      };
    } finally {
      reloading.set(false);
    }
  }

  private static Answer busy() {
    return Answer.problem(409, "reload_running", "A reload is under way.");
  }

  /** Compares in a time that does not tell how much of the token was right. */
  private boolean authorised(Headers fields) {
    String token = sources.config().get().admin().token();
    List<String> shown = fields.getOrDefault("Authorization", List.of());
    if (token == null || token.isEmpty() || shown.size() != 1) {
      return false;
    }
    String value = shown.getFirst();
    return value.startsWith(BEARER)
        && MessageDigest.isEqual(
            value.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
            token.getBytes(StandardCharsets.UTF_8));
  }

  private static String strings(List<String> texts) {
    return texts.stream().map(JsonText::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers fields = exchange.getResponseHeaders();
    fields.set("Content-Type", answer.contentType());
    fields.set("Cache-Control", "no-store");
    fields.set("X-Content-Type-Options", "nosniff");
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      fields.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }
}

package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.AgentAddress;
import dev.selvedge.edge.config.AgentConfig.Event;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.schema.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads where an agent is and what it may be told. */
public final class AgentAddresses {

  private static final Pattern URL = Pattern.compile("(http|https)://([^/?#@]+)/?");

  /** What the kernel's {@code sockaddr_un} holds, its final zero included. */
  private static final int SOCKET_PATH_MAX = 107;

  private static final List<String> EVENTS =
      Arrays.stream(Event.values()).map(event -> event.name().toLowerCase(Locale.ROOT)).toList();

  private AgentAddresses() {}

  /** The name of an event. */
  public static @Nullable Event event(String text, Spot spot) {
    if (text.equals("websocket_frame")) {
      return spot.refuse("websocket_frame is not available in this version");
    }
    int index = EVENTS.indexOf(text);
    return index >= 0
        ? Event.values()[index]
        : spot.refuse("there is no event \"" + text + "\"", Nearest.of(text, EVENTS));
  }

  /** {@code grpc address="http://HOST:PORT"}, with files where it is {@code https}. */
  public record OverGrpc() implements Type<AgentAddress> {

    private static final List<String> FILES = List.of("ca-file", "cert-file", "key-file");
    private static final List<String> PROPERTIES =
        List.of("address", "ca-file", "cert-file", "key-file");

    @Override
    public String text() {
      return "`address=` an `http://` or `https://` URL; for `https` also `ca-file=`,"
          + " `cert-file=`, `key-file=`";
    }

    @Override
    public @Nullable AgentAddress read(KdlNode node, String suffix, Report report) {
      int before = report.count();
      @Nullable String url = onlyProperty(node, report, PROPERTIES, "http://127.0.0.1:50051");
      Matcher form = URL.matcher(url == null ? "" : url);
      if (url != null && !form.matches()) {
        return spot(node, "address", report)
            .refuse("an agent's address is http://HOST:PORT or https://HOST:PORT");
      }
      @Nullable Path ca = file(node, "ca-file", report);
      @Nullable Path certificate = file(node, "cert-file", report);
      @Nullable Path key = file(node, "key-file", report);
      boolean tls = url != null && form.group(1).equals("https");
      if (url != null && !tls) {
        FILES.stream()
            .filter(name -> property(node, name) != null)
            .findFirst()
            .ifPresent(name -> spot(node, name, report).refuse(name + "= needs an https:// URL"));
      }
      if ((certificate == null) != (key == null) && report.count() == before) {
        report.problem(node.place(), "cert-file= and key-file= go together");
      }
      @Nullable Address address =
          url == null ? null : Addresses.target(form.group(2), spot(node, "address", report));
      return address == null || report.count() > before
          ? null
          : new AgentAddress.Grpc(
              address.host(),
              address.port(),
              tls ? new AgentAddress.Tls(ca, certificate, key) : null);
    }

    private static @Nullable Path file(KdlNode node, String name, Report report) {
      @Nullable Property property = property(node, name);
      @Nullable String text =
          property == null ? null : Shape.text(node, property.argument(), report, "text (a file)");
      return text == null ? null : Texts.file(text, spot(node, name, report));
    }
  }

  /** {@code unix-socket path="/run/agent.sock"}. */
  public record OverUnixSocket() implements Type<AgentAddress> {

    @Override
    public String text() {
      return "`path=` of the socket, relative to this file";
    }

    @Override
    public @Nullable AgentAddress read(KdlNode node, String suffix, Report report) {
      @Nullable String text = onlyProperty(node, report, List.of("path"), "/run/agent.sock");
      @Nullable Path path = text == null ? null : Texts.path(text, spot(node, "path", report));
      if (path == null) {
        return null;
      }
      return path.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_MAX
          ? spot(node, "path", report)
              .refuse("the path of a unix socket has at most " + SOCKET_PATH_MAX + " bytes")
          : new AgentAddress.UnixSocket(path);
    }
  }

  /** The text of the first of the properties, which must be there. */
  private static @Nullable String onlyProperty(
      KdlNode node, Report report, List<String> known, String example) {
    Shape.withoutProperties(node, report, known);
    Shape.withoutArguments(node, report);
    Shape.withoutChildren(node, report);
    @Nullable Property property = property(node, known.getFirst());
    if (property == null) {
      report.problem(
          node.place(), node.name() + " needs " + known.getFirst() + "=\"" + example + "\"");
      return null;
    }
    return Shape.text(node, property.argument(), report, "text (such as \"" + example + "\")");
  }

  private static @Nullable Property property(KdlNode node, String name) {
    for (Property property : node.properties()) {
      if (property.name().equals(name)) {
        return property;
      }
    }
    return null;
  }

  private static Spot spot(KdlNode node, String name, Report report) {
    @Nullable Property property = property(node, name);
    return new Spot(name, property == null ? node.place() : property.argument().place(), report);
  }
}

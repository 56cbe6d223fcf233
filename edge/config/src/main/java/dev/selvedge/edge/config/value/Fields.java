package dev.selvedge.edge.config.value;

import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.RouteConfig.FieldMatch;
import dev.selvedge.edge.config.RouteConfig.QueryMatch;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import dev.selvedge.edge.config.schema.Nearest;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.schema.Shape;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.schema.Type;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what names fields, methods and query parameters (RFC 9110, 5.1, 5.5, 5.6.2 and 9.1). */
public final class Fields {

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final Pattern VALUE =
      Pattern.compile("|[\\x21-\\x7E](?:[\\t\\x20-\\x7E]{0,8190}[\\x21-\\x7E])?");
  private static final Pattern QUERY = Pattern.compile("[!-~&&[^#]]{0,4096}");

  /** Fields that belong to one connection or frame a message: the codec's alone. */
  private static final Set<String> OF_THE_CODEC =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** Registered methods (IANA), to tell a method of one's own from a misspelled one. */
  private static final List<String> METHODS =
      List.of(
          "GET",
          "HEAD",
          "POST",
          "PUT",
          "DELETE",
          "OPTIONS",
          "PATCH",
          "TRACE",
          "ACL",
          "BIND",
          "CHECKIN",
          "CHECKOUT",
          "COPY",
          "LABEL",
          "LINK",
          "LOCK",
          "MERGE",
          "MKCALENDAR",
          "MKCOL",
          "MOVE",
          "PROPFIND",
          "PROPPATCH",
          "PURGE",
          "QUERY",
          "REBIND",
          "REPORT",
          "SEARCH",
          "UNBIND",
          "UNLINK",
          "UNLOCK",
          "UPDATE",
          "VERSION-CONTROL");

  private Fields() {}

  /** A field name in lower case. */
  public static @Nullable String name(String text, Spot spot) {
    return TOKEN.matcher(text).matches()
        ? text.toLowerCase(Locale.ROOT)
        : spot.refuse("\"" + shown(text) + "\" is not a field name");
  }

  /** A name that a route may compare; those with {@code _} never arrive at a route (EDGE 1). */
  public static @Nullable String matchable(String text, Spot spot) {
    @Nullable String name = name(text, spot);
    return name != null && name.indexOf('_') >= 0
        ? spot.refuse(
            "fields with _ in their name are dropped before routing, so this never matches",
            name.replace('_', '-'))
        : name;
  }

  /** A name that an operator may set, add or remove. */
  public static @Nullable String editable(String text, boolean request, Spot spot) {
    @Nullable String name = name(text, spot);
    if (name == null) {
      return null;
    }
    if (OF_THE_CODEC.contains(name)) {
      return spot.refuse(
          name + " frames the message or belongs to one connection; it is not yours");
    }
    if (name.equals("x-request-id") || (request && name.equals("host"))) {
      return spot.refuse(name + " may not be changed: routing and records depend on it");
    }
    return name;
  }

  public static @Nullable String identity(String text, Spot spot) {
    return editable(text, true, spot);
  }

  /** Visible ASCII, spaces and tabs between it. */
  public static @Nullable String value(String text, Spot spot) {
    return VALUE.matcher(text).matches()
        ? text
        : spot.refuse(
            "a field value is visible ASCII with spaces only between, at most 8,192 characters");
  }

  public static @Nullable String method(String text, Spot spot) {
    String upper = text.toUpperCase(Locale.ROOT);
    if (!TOKEN.matcher(text).matches()) {
      return spot.refuse("\"" + shown(text) + "\" is not a method");
    }
    if (!upper.equals(text)) {
      return spot.refuse("methods are written in upper case, not as \"" + text + "\"", upper);
    }
    if (text.equals("CONNECT")) {
      return spot.refuse("CONNECT is always answered with 501, so this never matches");
    }
    if (!METHODS.contains(text)) {
      @Nullable String near = Nearest.of(text, METHODS);
      if (near != null && Nearest.distance(text, near) == 1) {
        return spot.refuse("\"" + text + "\" looks like a misspelled method", near);
      }
    }
    return text;
  }

  public static @Nullable String query(String text, Spot spot) {
    return QUERY.matcher(text).matches()
        ? text
        : spot.refuse("a query is compared as sent: write it percent-encoded, without space and #");
  }

  public static @Nullable String queryName(String text, Spot spot) {
    return text.isEmpty() || text.indexOf('=') >= 0 || text.indexOf('&') >= 0
        ? spot.refuse("\"" + shown(text) + "\" is not the name of a query parameter")
        : query(text, spot);
  }

  private static String shown(String text) {
    String visible = text.replaceAll("[^!-~ ]", "?");
    return visible.length() > 60 ? visible.substring(0, 60) + "…" : visible;
  }

  public static Type<FieldMatch> header() {
    return new NameAndValue<>(
        "field name, and its value if that matters",
        Fields::matchable,
        Fields::value,
        FieldMatch::new);
  }

  public static Type<QueryMatch> query() {
    return new NameAndValue<>(
        "parameter name, and its value if that matters",
        Fields::queryName,
        Fields::query,
        QueryMatch::new);
  }

  /** {@code K "NAME" "VALUE"}, {@code K "NAME"} or {@code K name="NAME" value="VALUE"}. */
  private record NameAndValue<T>(
      String text,
      Types.Reader<String> nameReader,
      Types.Reader<String> valueReader,
      BiFunction<String, @Nullable String, T> made)
      implements Type<T> {

    private static final List<String> PROPERTIES = List.of("name", "value");

    @Override
    public @Nullable T read(KdlNode node, String suffix, Report report) {
      Shape.withoutProperties(node, report, PROPERTIES);
      Shape.withoutChildren(node, report);
      Shape.withoutMoreArguments(node, 2, report);
      int before = report.count();
      @Nullable String name = part(node, 0, nameReader, report);
      @Nullable String value = part(node, 1, valueReader, report);
      if (name == null && report.count() == before) {
        report.problem(node.place(), node.name() + " needs a name");
      }
      return name == null || report.count() > before ? null : made.apply(name, value);
    }

    private static @Nullable String part(
        KdlNode node, int index, Types.Reader<String> reader, Report report) {
      @Nullable Argument found =
          node.arguments().size() > index ? node.arguments().get(index) : null;
      for (Property property : node.properties()) {
        if (property.name().equals(PROPERTIES.get(index))) {
          if (found != null) {
            report.problem(
                property.place(), property.name() + "= repeats what is written in front of it");
            return null;
          }
          found = property.argument();
        }
      }
      if (found == null) {
        return null;
      }
      @Nullable String text = Shape.text(node, found, report, "text");
      return text == null ? null : reader.read(text, new Spot(node.name(), found.place(), report));
    }
  }

  /** {@code set "NAME" "VALUE"} and {@code add "NAME" "VALUE"}. */
  public record Edit(boolean request, BiFunction<String, String, FieldEdit> made)
      implements Type<FieldEdit> {

    private static final String EXPECTED = "a field name and a value";

    @Override
    public String text() {
      return "field name and value";
    }

    @Override
    public @Nullable FieldEdit read(KdlNode node, String suffix, Report report) {
      Shape.withoutProperties(node, report, List.of());
      Shape.withoutChildren(node, report);
      Shape.withoutMoreArguments(node, 2, report);
      @Nullable String name = Shape.text(node, 0, report, EXPECTED);
      @Nullable String value = name == null ? null : Shape.text(node, 1, report, EXPECTED);
      if (name == null || value == null) {
        return null;
      }
      name =
          editable(name, request, new Spot(node.name(), node.arguments().get(0).place(), report));
      value = value(value, new Spot(node.name(), node.arguments().get(1).place(), report));
      return name == null || value == null ? null : made.apply(name, value);
    }
  }
}

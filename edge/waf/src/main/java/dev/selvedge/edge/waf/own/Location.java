package dev.selvedge.edge.waf.own;

/**
 * Where in an exchange a rule matched, and how much that place counts.
 *
 * <p>Names of parameters, cookies and fields count half as much again: programs choose them, so
 * nobody types prose there. The Referer counts 60 %: it repeats what a person searched for at
 * another site, so one match there is worth a log line and two a refusal. Everything else counts as
 * the rule's severity says. Immutable.
 */
public enum Location {
  PARAMETER(100),
  NAME(150),
  PATH(100),
  COOKIE(100),
  FIELD(100),
  REFERER(60),
  BODY(100),
  FILE(100),
  RESPONSE(100),
  OTHER(100);

  private final int percent;

  Location(int percent) {
    this.percent = percent;
  }

  /** The weight, in percent of the severity's points. */
  public int percent() {
    return percent;
  }

  /** The place of a variable as matches name it, such as {@code ARGS:q}. */
  public static Location of(String variable) {
    int colon = variable.indexOf(':');
    String collection = colon < 0 ? variable : variable.substring(0, colon);
    if (collection.startsWith("RESPONSE_")) {
      return RESPONSE;
    }
    if (collection.endsWith("_NAMES") || collection.equals("MULTIPART_NAME")) {
      return NAME;
    }
    return switch (collection) {
      case "ARGS", "ARGS_GET", "ARGS_POST", "QUERY_STRING" -> PARAMETER;
      case "REQUEST_URI", "REQUEST_URI_RAW", "REQUEST_FILENAME", "REQUEST_BASENAME" -> PATH;
      case "REQUEST_COOKIES" -> COOKIE;
      case "REQUEST_HEADERS" ->
          variable.equalsIgnoreCase("REQUEST_HEADERS:Referer") ? REFERER : FIELD;
      case "REQUEST_BODY", "XML" -> BODY;
      case "FILES", "FILES_TMP_CONTENT", "MULTIPART_FILENAME" -> FILE;
      default -> OTHER;
    };
  }
}

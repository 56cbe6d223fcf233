package dev.selvedge.edge.waf.variable;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every variable that a rule may name; a name that is not here is a load error.
 *
 * <p>The list is libmodsecurity 3's without what needs a foreign database or script host (GEO).
 */
public enum Variable {
  ARGS(Shape.FIELDS),
  ARGS_COMBINED_SIZE(Shape.SCALAR),
  ARGS_GET(Shape.FIELDS),
  ARGS_GET_NAMES(Shape.FIELDS),
  ARGS_NAMES(Shape.FIELDS),
  ARGS_POST(Shape.FIELDS),
  ARGS_POST_NAMES(Shape.FIELDS),
  AUTH_TYPE(Shape.SCALAR),
  DURATION(Shape.SCALAR),
  ENV(Shape.FIELDS),
  FILES(Shape.FIELDS),
  FILES_COMBINED_SIZE(Shape.SCALAR),
  FILES_NAMES(Shape.FIELDS),
  FILES_SIZES(Shape.FIELDS),
  FILES_TMPNAMES(Shape.FIELDS),
  FILES_TMP_CONTENT(Shape.FIELDS),
  FULL_REQUEST(Shape.SCALAR),
  FULL_REQUEST_LENGTH(Shape.SCALAR),
  GLOBAL(Shape.STORED),
  HIGHEST_SEVERITY(Shape.SCALAR),
  INBOUND_DATA_ERROR(Shape.SCALAR),
  IP(Shape.STORED),
  MATCHED_VAR(Shape.SCALAR),
  MATCHED_VARS(Shape.FIELDS),
  MATCHED_VARS_NAMES(Shape.FIELDS),
  MATCHED_VAR_NAME(Shape.SCALAR),
  MODSEC_BUILD(Shape.SCALAR),
  MSC_PCRE_ERROR(Shape.SCALAR),
  MSC_PCRE_LIMITS_EXCEEDED(Shape.SCALAR),
  MULTIPART_BOUNDARY_QUOTED(Shape.SCALAR),
  MULTIPART_BOUNDARY_WHITESPACE(Shape.SCALAR),
  MULTIPART_CRLF_LF_LINES(Shape.SCALAR),
  MULTIPART_DATA_AFTER(Shape.SCALAR),
  MULTIPART_DATA_BEFORE(Shape.SCALAR),
  MULTIPART_FILENAME(Shape.FIELDS),
  MULTIPART_FILE_LIMIT_EXCEEDED(Shape.SCALAR),
  MULTIPART_HEADER_FOLDING(Shape.SCALAR),
  MULTIPART_INVALID_HEADER_FOLDING(Shape.SCALAR),
  MULTIPART_INVALID_PART(Shape.SCALAR),
  MULTIPART_INVALID_QUOTING(Shape.SCALAR),
  MULTIPART_LF_LINE(Shape.SCALAR),
  MULTIPART_MISSING_SEMICOLON(Shape.SCALAR),
  MULTIPART_NAME(Shape.FIELDS),
  MULTIPART_PART_HEADERS(Shape.FIELDS),
  MULTIPART_STRICT_ERROR(Shape.SCALAR),
  MULTIPART_UNMATCHED_BOUNDARY(Shape.SCALAR),
  OUTBOUND_DATA_ERROR(Shape.SCALAR),
  PATH_INFO(Shape.SCALAR),
  QUERY_STRING(Shape.SCALAR),
  REMOTE_ADDR(Shape.SCALAR),
  REMOTE_HOST(Shape.SCALAR),
  REMOTE_PORT(Shape.SCALAR),
  REMOTE_USER(Shape.SCALAR),
  REQBODY_ERROR(Shape.SCALAR),
  REQBODY_ERROR_MSG(Shape.SCALAR),
  REQBODY_PROCESSOR(Shape.SCALAR),
  REQBODY_PROCESSOR_ERROR(Shape.SCALAR),
  REQBODY_PROCESSOR_ERROR_MSG(Shape.SCALAR),
  REQUEST_BASENAME(Shape.SCALAR),
  REQUEST_BODY(Shape.SCALAR),
  REQUEST_BODY_LENGTH(Shape.SCALAR),
  REQUEST_COOKIES(Shape.FIELDS),
  REQUEST_COOKIES_NAMES(Shape.FIELDS),
  REQUEST_FILENAME(Shape.SCALAR),
  REQUEST_HEADERS(Shape.FIELDS),
  REQUEST_HEADERS_NAMES(Shape.FIELDS),
  REQUEST_LINE(Shape.SCALAR),
  REQUEST_METHOD(Shape.SCALAR),
  REQUEST_PROTOCOL(Shape.SCALAR),
  REQUEST_URI(Shape.SCALAR),
  REQUEST_URI_RAW(Shape.SCALAR),
  RESOURCE(Shape.STORED),
  RESPONSE_BODY(Shape.SCALAR),
  RESPONSE_CONTENT_LENGTH(Shape.SCALAR),
  RESPONSE_CONTENT_TYPE(Shape.SCALAR),
  RESPONSE_HEADERS(Shape.FIELDS),
  RESPONSE_HEADERS_NAMES(Shape.FIELDS),
  RESPONSE_PROTOCOL(Shape.SCALAR),
  RESPONSE_STATUS(Shape.SCALAR),
  RULE(Shape.FIELDS),
  SERVER_ADDR(Shape.SCALAR),
  SERVER_NAME(Shape.SCALAR),
  SERVER_PORT(Shape.SCALAR),
  SESSION(Shape.STORED),
  SESSIONID(Shape.SCALAR),
  STATUS(Shape.SCALAR),
  STATUS_LINE(Shape.SCALAR),
  TIME(Shape.SCALAR),
  TIME_DAY(Shape.SCALAR),
  TIME_EPOCH(Shape.SCALAR),
  TIME_HOUR(Shape.SCALAR),
  TIME_MIN(Shape.SCALAR),
  TIME_MON(Shape.SCALAR),
  TIME_SEC(Shape.SCALAR),
  TIME_WDAY(Shape.SCALAR),
  TIME_YEAR(Shape.SCALAR),
  TX(Shape.FIELDS),
  UNIQUE_ID(Shape.SCALAR),
  URLENCODED_ERROR(Shape.SCALAR),
  USER(Shape.STORED),
  USERID(Shape.SCALAR),
  WEBAPPID(Shape.SCALAR),
  XML(Shape.XPATH);

  /** What stands behind a name. */
  public enum Shape {
    /** One value, always there. */
    SCALAR,
    /** Named values of this transaction. */
    FIELDS,
    /** Named values that outlive the transaction. */
    STORED,
    /** Values chosen by a path into the parsed document. */
    XPATH
  }

  private static final Map<String, Variable> BY_NAME = new HashMap<>();

  static {
    for (Variable v : values()) {
      BY_NAME.put(v.name(), v);
    }
  }

  private final Shape shape;
  private final byte[] bytes;

  Variable(Shape shape) {
    this.shape = shape;
    bytes = Bytes.of(name());
  }

  /** The name as bytes, not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  public Shape shape() {
    return shape;
  }

  /** Whether both are views of the same fields: all ARGS…, or a collection and its names. */
  boolean sameData(Variable other) {
    return family().equals(other.family());
  }

  private String family() {
    return name().startsWith("ARGS") ? "ARGS" : name().replace("_NAMES", "");
  }

  /** The variable of that name, letter case aside; null where there is none. */
  public static @Nullable Variable named(String name) {
    return BY_NAME.get(name.toUpperCase(Locale.ROOT));
  }
}

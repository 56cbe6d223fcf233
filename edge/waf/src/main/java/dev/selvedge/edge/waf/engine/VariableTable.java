package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.body.MultipartFlags;
import dev.selvedge.edge.waf.body.XmlPath;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The list of how each variable gets its values. Immutable. */
final class VariableTable {
  @FunctionalInterface
  private interface Resolver {
    void resolve(State state, Target target, Fields.Sink sink);
  }

  private static final byte[] YES = Bytes.of("1");
  private static final byte[] NO = Bytes.of("0");
  private static final byte[] BUILD = Bytes.of("030009000");

  private static final Map<Variable, Resolver> TABLE = new EnumMap<>(Variable.class);
  private static final Map<Variable, Function<State, Fields>> FIELDS =
      new EnumMap<>(Variable.class);
  private static final Map<Variable, Function<State, byte[]>> SCALARS =
      new EnumMap<>(Variable.class);

  static {
    request();
    arguments();
    requestBody();
    multipart();
    response();
    matching();
    collections();
    TimeVariables.REGISTRATIONS.forEach(VariableTable::scalar);
    for (Variable v : Variable.values()) {
      if (!TABLE.containsKey(v)) {
        throw new ExceptionInInitializerError("no values for " + v);
      }
    }
  }

  private VariableTable() {}

  /** Shows the values that {@code target} chooses. */
  static void resolve(State state, Target target, Fields.Sink sink) {
    Resolver resolver = TABLE.get(target.variable());
    if (resolver != null) {
      resolver.resolve(state, target, sink);
    }
  }

  /** The fields that a variable shows the names or values of, null where it shows none. */
  static @Nullable Fields fields(State state, Variable variable) {
    Function<State, Fields> fields = FIELDS.get(variable);
    return fields == null ? null : fields.apply(state);
  }

  /** Whether a variable's values are the names of the fields. */
  static boolean showsNames(Variable variable) {
    return variable.name().endsWith("_NAMES");
  }

  /** The one value of a variable; null where it is not of that kind. */
  static byte @Nullable [] scalar(State state, Variable variable) {
    Function<State, byte[]> value = SCALARS.get(variable);
    return value == null ? null : value.apply(state);
  }

  static void scalar(Variable variable, Function<State, byte[]> value) {
    SCALARS.put(variable, value);
    TABLE.put(variable, (s, _, sink) -> sink.value(Bytes.EMPTY, value.apply(s)));
  }

  private static void number(Variable variable, ToLongFunction<State> value) {
    scalar(variable, s -> Bytes.of(value.applyAsLong(s)));
  }

  private static void flag(Variable variable, Predicate<State> value) {
    scalar(variable, s -> value.test(s) ? YES : NO);
  }

  private static void fields(Variable variable, Function<State, Fields> fields) {
    FIELDS.put(variable, fields);
    TABLE.put(variable, (s, t, sink) -> fields.apply(s).choose(t.selector(), sink));
  }

  private static void names(Variable variable, Function<State, Fields> fields) {
    FIELDS.put(variable, fields);
    TABLE.put(variable, (s, t, sink) -> fields.apply(s).chooseNames(t.selector(), sink));
  }

  private static void request() {
    scalar(Variable.REQUEST_METHOD, s -> s.request.method);
    scalar(Variable.REQUEST_URI, s -> s.request.uri);
    scalar(Variable.REQUEST_URI_RAW, s -> s.request.uriRaw);
    scalar(Variable.REQUEST_PROTOCOL, s -> s.request.protocol);
    scalar(Variable.REQUEST_LINE, s -> s.request.line);
    scalar(Variable.REQUEST_FILENAME, s -> s.request.path);
    scalar(Variable.PATH_INFO, s -> s.request.path);
    scalar(Variable.REQUEST_BASENAME, s -> s.request.baseName);
    scalar(Variable.QUERY_STRING, s -> s.request.query);
    scalar(Variable.AUTH_TYPE, s -> s.request.authType);
    scalar(Variable.REMOTE_USER, s -> s.request.remoteUser);
    scalar(Variable.REMOTE_ADDR, s -> s.clientAddress);
    scalar(Variable.REMOTE_HOST, s -> s.clientAddress);
    number(Variable.REMOTE_PORT, s -> s.connection.clientPort());
    scalar(Variable.SERVER_ADDR, s -> Bytes.of(s.connection.serverAddress()));
    scalar(Variable.SERVER_NAME, s -> s.request.serverName);
    number(Variable.SERVER_PORT, s -> s.connection.serverPort());
    fields(Variable.REQUEST_HEADERS, s -> s.request.headers);
    names(Variable.REQUEST_HEADERS_NAMES, s -> s.request.headers);
    fields(Variable.REQUEST_COOKIES, s -> s.request.cookies);
    names(Variable.REQUEST_COOKIES_NAMES, s -> s.request.cookies);
    scalar(Variable.FULL_REQUEST, VariableTable::fullRequest);
    number(Variable.FULL_REQUEST_LENGTH, s -> fullRequest(s).length);
  }

  private static void arguments() {
    fields(Variable.ARGS, s -> s.request.args);
    names(Variable.ARGS_NAMES, s -> s.request.args);
    fields(Variable.ARGS_GET, s -> s.request.argsGet);
    names(Variable.ARGS_GET_NAMES, s -> s.request.argsGet);
    fields(Variable.ARGS_POST, s -> s.request.argsPost);
    names(Variable.ARGS_POST_NAMES, s -> s.request.argsPost);
    number(Variable.ARGS_COMBINED_SIZE, s -> s.request.argsBytes);
    flag(Variable.URLENCODED_ERROR, s -> s.request.urlencodedError);
  }

  private static void requestBody() {
    scalar(Variable.REQUEST_BODY, s -> s.request.bodyBytes);
    number(Variable.REQUEST_BODY_LENGTH, s -> s.request.bodyBytes.length);
    flag(Variable.INBOUND_DATA_ERROR, s -> s.request.bodyOverLimit);
    flag(Variable.REQBODY_ERROR, s -> s.request.bodyError != null);
    flag(Variable.REQBODY_PROCESSOR_ERROR, s -> s.request.bodyError != null);
    scalar(Variable.REQBODY_ERROR_MSG, VariableTable::bodyError);
    scalar(Variable.REQBODY_PROCESSOR_ERROR_MSG, VariableTable::bodyError);
    scalar(
        Variable.REQBODY_PROCESSOR,
        s -> s.request.processor == null ? Bytes.EMPTY : Bytes.of(s.request.processor.name()));
    TABLE.put(
        Variable.XML,
        (s, t, sink) -> {
          if (s.request.xml != null && t.selector() instanceof Selector.Named path) {
            for (byte[] v : s.request.xml.select(XmlPath.parse(path.text()), s.xmlNamespaces)) {
              sink.value(path.name(), v);
            }
          }
        });
  }

  private static byte[] bodyError(State s) {
    String error = s.request.bodyError;
    return error == null ? Bytes.EMPTY : Bytes.of(error);
  }

  private static void multipart() {
    fields(Variable.FILES, s -> s.request.files);
    names(Variable.FILES_NAMES, s -> s.request.files);
    fields(Variable.FILES_SIZES, s -> s.request.filesSizes);
    fields(Variable.FILES_TMPNAMES, s -> s.request.filesTmpNames);
    fields(Variable.FILES_TMP_CONTENT, s -> s.request.filesContent);
    number(Variable.FILES_COMBINED_SIZE, s -> s.request.filesBytes);
    fields(Variable.MULTIPART_NAME, s -> s.request.multipartNames);
    fields(Variable.MULTIPART_FILENAME, s -> s.request.multipartFileNames);
    fields(Variable.MULTIPART_PART_HEADERS, s -> s.request.partHeaders);
    multipart(Variable.MULTIPART_BOUNDARY_QUOTED, f -> f.boundaryQuoted);
    multipart(Variable.MULTIPART_BOUNDARY_WHITESPACE, f -> f.boundaryWhitespace);
    multipart(Variable.MULTIPART_CRLF_LF_LINES, f -> f.crlfLine && f.lfLine);
    multipart(Variable.MULTIPART_DATA_AFTER, f -> f.dataAfter);
    multipart(Variable.MULTIPART_DATA_BEFORE, f -> f.dataBefore);
    multipart(Variable.MULTIPART_FILE_LIMIT_EXCEEDED, f -> f.fileLimitExceeded);
    multipart(Variable.MULTIPART_HEADER_FOLDING, f -> f.headerFolding);
    multipart(Variable.MULTIPART_INVALID_HEADER_FOLDING, f -> f.invalidHeaderFolding);
    multipart(Variable.MULTIPART_INVALID_PART, f -> f.invalidPart);
    multipart(Variable.MULTIPART_INVALID_QUOTING, f -> f.invalidQuoting);
    multipart(Variable.MULTIPART_LF_LINE, f -> f.lfLine);
    multipart(Variable.MULTIPART_MISSING_SEMICOLON, f -> f.missingSemicolon);
    multipart(Variable.MULTIPART_STRICT_ERROR, MultipartFlags::strictError);
    scalar(
        Variable.MULTIPART_UNMATCHED_BOUNDARY,
        s ->
            s.request.multipart == null
                ? Bytes.EMPTY
                : Bytes.of(s.request.multipart.unmatchedBoundary));
  }

  private static void multipart(Variable variable, Predicate<MultipartFlags> flag) {
    scalar(
        variable,
        s -> s.request.multipart == null ? Bytes.EMPTY : flag.test(s.request.multipart) ? YES : NO);
  }

  private static void response() {
    fields(Variable.RESPONSE_HEADERS, s -> s.response.headers);
    names(Variable.RESPONSE_HEADERS_NAMES, s -> s.response.headers);
    scalar(Variable.RESPONSE_PROTOCOL, s -> s.response.protocol);
    scalar(Variable.RESPONSE_STATUS, VariableTable::responseStatus);
    scalar(Variable.STATUS, VariableTable::responseStatus);
    scalar(
        Variable.STATUS_LINE,
        s -> Bytes.of(Bytes.text(s.response.protocol) + " " + s.response.status));
    scalar(Variable.RESPONSE_BODY, s -> s.response.bodyBytes);
    number(Variable.RESPONSE_CONTENT_LENGTH, s -> s.response.bodyBytes.length);
    scalar(Variable.RESPONSE_CONTENT_TYPE, s -> s.response.contentType);
    flag(Variable.OUTBOUND_DATA_ERROR, s -> s.response.bodyOverLimit);
  }

  private static byte[] responseStatus(State s) {
    return s.response.status == 0 ? Bytes.EMPTY : Bytes.of(s.response.status);
  }

  private static void matching() {
    scalar(Variable.MATCHED_VAR, s -> s.matchedVar);
    scalar(Variable.MATCHED_VAR_NAME, s -> s.matchedVarName);
    fields(Variable.MATCHED_VARS, s -> s.matchedVars);
    names(Variable.MATCHED_VARS_NAMES, s -> s.matchedVars);
    number(Variable.HIGHEST_SEVERITY, s -> s.highestSeverity);
    flag(Variable.MSC_PCRE_ERROR, s -> s.regexLimitReached);
    flag(Variable.MSC_PCRE_LIMITS_EXCEEDED, s -> s.regexLimitReached);
    scalar(Variable.MODSEC_BUILD, _ -> BUILD);
    scalar(Variable.UNIQUE_ID, s -> Bytes.of(s.uniqueId()));
    scalar(Variable.WEBAPPID, s -> Bytes.of(s.settings.webAppId()));
    scalar(Variable.SESSIONID, s -> s.sessionId);
    scalar(Variable.USERID, s -> s.userId);
    fields(Variable.RULE, VariableTable::ruleFields);
    fields(Variable.ENV, s -> s.environment);
  }

  private static void collections() {
    TABLE.put(Variable.TX, (s, t, sink) -> s.tx.choose(t.selector(), s.nowMillis(), sink));
    for (Variable v : Variable.values()) {
      if (v.shape() == Variable.Shape.STORED) {
        TABLE.put(v, (s, t, sink) -> stored(s, t, sink));
      }
    }
  }

  private static void stored(State s, Target t, Fields.Sink sink) {
    StoredCollections.Key key = s.storedKey(t.variable());
    byte[] prefix = Bytes.of(key.key() + "::" + key.webApp() + "::");
    s.stored.choose(
        key,
        t.selector(),
        s.nowMillis(),
        (name, value) ->
            sink.value(
                new ByteOutput(prefix.length + name.length).add(prefix).add(name).toBytes(),
                value));
  }

  private static Fields ruleFields(State s) {
    Fields fields = new Fields();
    Rule rule = s.rule;
    if (rule != null) {
      Rule.Meta meta = rule.meta();
      fields.add(Bytes.of("id"), Bytes.of(meta.id()));
      fields.add(Bytes.of("rev"), Bytes.of(meta.rev()));
      fields.add(Bytes.of("severity"), Bytes.of(Math.max(meta.severity(), 0)));
      fields.add(Bytes.of("logdata"), expanded(meta.logData(), s));
      fields.add(Bytes.of("msg"), expanded(meta.msg(), s));
    }
    return fields;
  }

  private static byte[] expanded(@Nullable Macro macro, State s) {
    if (macro == null || s.expandingRule) {
      return Bytes.EMPTY; // a message that names RULE would contain itself
    }
    s.expandingRule = true;
    byte[] text = macro.expand(s);
    s.expandingRule = false;
    return text;
  }

  private static byte[] fullRequest(State s) {
    ByteOutput out = new ByteOutput(1024);
    for (int i = 0; i < s.request.headers.size(); i++) {
      out.add(s.request.headers.name(i)).add(':').add(' ');
      out.add(s.request.headers.value(i)).add('\n');
    }
    return out.add('\n').add('\n').add(s.request.bodyBytes).toBytes();
  }
}

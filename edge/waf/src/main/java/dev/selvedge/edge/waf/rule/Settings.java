package dev.selvedge.edge.waf.rule;

import dev.selvedge.edge.waf.regex.Regex;
import dev.selvedge.edge.waf.transform.UnicodeMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration directives of a rule set say.
 *
 * @param requestBodyLimit bytes of a request body; 0 for none of its own
 * @param requestBodyNoFilesLimit bytes of a request body without uploaded files; 0 for none
 * @param responseBodyLimit bytes of a response body; 0 for none of its own
 * @param responseMimeTypes types whose bodies are inspected; empty for all
 * @param auditedStatus status codes of answers that go to the audit log whatever the rules say
 * @param xmlFiles whether schemas and DTDs that rules name may be used; what documents name never
 *     is
 * @param regexSteps steps one regular expression may take on one value
 *     <p>Immutable.
 */
public record Settings(
    EngineMode engine,
    boolean requestBodyAccess,
    boolean responseBodyAccess,
    long requestBodyLimit,
    OverLimit requestBodyOverLimit,
    long requestBodyNoFilesLimit,
    long responseBodyLimit,
    OverLimit responseBodyOverLimit,
    Optional<Set<String>> responseMimeTypes,
    int argumentsLimit,
    int jsonDepthLimit,
    int uploadFileLimit,
    byte argumentSeparator,
    long regexSteps,
    String webAppId,
    UnicodeMap unicodeMap,
    AuditMode auditMode,
    Optional<Regex> auditedStatus,
    boolean xmlFiles) {

  /** The settings while directives are being read. Not thread-safe. */
  public static final class Builder {
    /** Not set stands for rules that run and decide nothing, as in libmodsecurity. */
    public EngineMode engine = EngineMode.DETECTION_ONLY;

    public boolean requestBodyAccess;
    public boolean responseBodyAccess;
    public long requestBodyLimit;
    public OverLimit requestBodyOverLimit = OverLimit.PROCESS_PARTIAL;
    public long requestBodyNoFilesLimit;
    public long responseBodyLimit;
    public OverLimit responseBodyOverLimit = OverLimit.PROCESS_PARTIAL;
    public final Set<String> responseMimeTypes = new TreeSet<>();
    public boolean responseMimeTypesGiven;
    public int argumentsLimit;
    public int jsonDepthLimit;
    public int uploadFileLimit;
    public byte argumentSeparator = '&';
    public long regexSteps;
    public String webAppId = "";
    public UnicodeMap unicodeMap = UnicodeMap.NONE;
    public AuditMode auditMode = AuditMode.OFF;
    public @Nullable Regex auditedStatus;
    public boolean xmlFiles;

    public Settings build() {
      return new Settings(
          engine,
          requestBodyAccess,
          responseBodyAccess,
          requestBodyLimit,
          requestBodyOverLimit,
          requestBodyNoFilesLimit,
          responseBodyLimit,
          responseBodyOverLimit,
          responseMimeTypesGiven ? Optional.of(Set.copyOf(responseMimeTypes)) : Optional.empty(),
          argumentsLimit,
          jsonDepthLimit,
          uploadFileLimit,
          argumentSeparator,
          regexSteps,
          webAppId,
          unicodeMap,
          auditMode,
          Optional.ofNullable(auditedStatus),
          xmlFiles);
    }
  }
}

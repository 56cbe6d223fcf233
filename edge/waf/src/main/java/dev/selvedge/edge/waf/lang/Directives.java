package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.regex.Regex;
import dev.selvedge.edge.waf.rule.OverLimit;
import dev.selvedge.edge.waf.rule.Settings;
import dev.selvedge.edge.waf.transform.UnicodeMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The list of the directives that only set something. Those about rules are in {@link RuleReader}.
 *
 * <p>Directives about logs, uploads' files and storage belong to the host, which this library only
 * reports to: they are known, checked for an argument, and change nothing here. What is in neither
 * list is a load error.
 */
final class Directives {
  /** Reads a directive into the settings; throws IllegalArgumentException with the reason. */
  @FunctionalInterface
  private interface Entry {
    void apply(Statement statement, Settings.Builder settings);
  }

  private static final Set<String> HOST =
      Set.of(
          "secauditlog",
          "secauditlog2",
          "secauditlogdirmode",
          "secauditlogfilemode",
          "secauditlogformat",
          "secauditlogparts",
          "secauditlogprefix",
          "secauditlogstoragedir",
          "secauditlogtype",
          "seccollectiontimeout",
          "seccomponentsignature",
          "seccookieformat",
          "secdatadir",
          "secdebuglog",
          "secdebugloglevel",
          "secrequestbodyinmemorylimit",
          "secserversignature",
          "secstatusengine",
          "sectmpdir",
          "sectmpsaveuploadedfiles",
          "secuploaddir",
          "secuploadfilemode",
          "secuploadkeepfiles",
          "secpcrematchlimitrecursion");

  private static final Map<String, Entry> ENTRIES = new TreeMap<>();

  static {
    ENTRIES.put("secruleengine", (s, b) -> b.engine = CtlParser.engineMode(s.argument(0)));
    ENTRIES.put(
        "secrequestbodyaccess", (s, b) -> b.requestBodyAccess = CtlParser.onOff(s.argument(0)));
    ENTRIES.put(
        "secresponsebodyaccess", (s, b) -> b.responseBodyAccess = CtlParser.onOff(s.argument(0)));
    ENTRIES.put("secrequestbodylimit", (s, b) -> b.requestBodyLimit = bytes(s));
    ENTRIES.put("secrequestbodynofileslimit", (s, b) -> b.requestBodyNoFilesLimit = bytes(s));
    ENTRIES.put("secresponsebodylimit", (s, b) -> b.responseBodyLimit = bytes(s));
    ENTRIES.put("secrequestbodylimitaction", (s, b) -> b.requestBodyOverLimit = overLimit(s));
    ENTRIES.put("secresponsebodylimitaction", (s, b) -> b.responseBodyOverLimit = overLimit(s));
    ENTRIES.put(
        "secresponsebodymimetype",
        (s, b) -> {
          b.responseMimeTypesGiven = true;
          for (String type : s.arguments()) {
            b.responseMimeTypes.add(type.toLowerCase(Locale.ROOT));
          }
        });
    ENTRIES.put(
        "secresponsebodymimetypesclear",
        (_, b) -> {
          b.responseMimeTypesGiven = true;
          b.responseMimeTypes.clear();
        });
    ENTRIES.put("secargumentslimit", (s, b) -> b.argumentsLimit = (int) bytes(s));
    ENTRIES.put("secrequestbodyjsondepthlimit", (s, b) -> b.jsonDepthLimit = (int) bytes(s));
    ENTRIES.put("secuploadfilelimit", (s, b) -> b.uploadFileLimit = (int) bytes(s));
    ENTRIES.put("secpcrematchlimit", (s, b) -> b.regexSteps = bytes(s));
    ENTRIES.put("secargumentseparator", (s, b) -> b.argumentSeparator = separator(s));
    ENTRIES.put("secxmlexternalentity", (s, b) -> b.xmlFiles = CtlParser.onOff(s.argument(0)));
    ENTRIES.put("secauditengine", (s, b) -> b.auditMode = CtlParser.auditMode(s.argument(0)));
    ENTRIES.put(
        "secauditlogrelevantstatus", (s, b) -> b.auditedStatus = Regex.compile(s.argument(0)));
    ENTRIES.put("secwebappid", (s, b) -> b.webAppId = s.argument(0));
  }

  private Directives() {}

  /** Applies a directive; false where it is not in the lists. */
  static boolean apply(Statement statement, Settings.Builder settings) {
    String name = statement.directive().toLowerCase(Locale.ROOT);
    Entry entry = ENTRIES.get(name);
    if (entry == null && !HOST.contains(name)) {
      return false;
    }
    if (statement.arguments().isEmpty() && !name.equals("secresponsebodymimetypesclear")) {
      throw new IllegalArgumentException(statement.directive() + " needs an argument");
    }
    if (entry != null) {
      entry.apply(statement, settings);
    }
    return true;
  }

  /** SecUnicodeMapFile: a file and a code page. */
  static void unicodeMap(Statement statement, byte[] file, Settings.Builder settings) {
    settings.unicodeMap = UnicodeMap.parse(file, statement.argument(1));
  }

  private static long bytes(Statement statement) {
    byte[] digits = Bytes.of(statement.argument(0));
    boolean number = digits.length > 0 && digits.length <= 15;
    for (byte b : digits) {
      number &= Bytes.isDigit(b);
    }
    if (!number) {
      throw new IllegalArgumentException(
          statement.directive() + " needs a number: " + statement.argument(0));
    }
    return Long.parseLong(statement.argument(0));
  }

  private static OverLimit overLimit(Statement statement) {
    return switch (statement.argument(0).toLowerCase(Locale.ROOT)) {
      case "reject" -> OverLimit.REJECT;
      case "processpartial" -> OverLimit.PROCESS_PARTIAL;
      default ->
          throw new IllegalArgumentException(
              statement.directive() + " takes Reject or ProcessPartial");
    };
  }

  private static byte separator(Statement statement) {
    byte[] value = Bytes.of(statement.argument(0));
    if (value.length != 1) {
      throw new IllegalArgumentException("SecArgumentSeparator takes one character");
    }
    return value[0];
  }
}

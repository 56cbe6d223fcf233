package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.AuditMode;
import dev.selvedge.edge.waf.rule.BodyProcessor;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code ctl:option=value}: what a rule changes for the rest of its transaction. */
final class CtlParser {
  private CtlParser() {}

  static Action parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("ctl needs option=value: " + text);
    }
    String option = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
    String value = text.substring(equals + 1).strip();
    return switch (option) {
      case "ruleengine" -> new Action.CtlRuleEngine(engineMode(value));
      case "requestbodyaccess" -> new Action.CtlRequestBodyAccess(onOff(value));
      case "requestbodyprocessor" -> new Action.CtlBodyProcessor(processor(value));
      case "forcerequestbodyvariable" -> new Action.CtlForceRequestBody(onOff(value));
      case "ruleremovebyid" -> new Action.CtlRemoveById(ids(value));
      case "ruleremovebytag" -> new Action.CtlRemoveByTag(Macro.parse(value));
      case "ruleremovetargetbyid" -> {
        String[] parts = target(option, value);
        yield new Action.CtlRemoveTargetById(id(parts[0]), TargetParser.target(parts[1], false));
      }
      case "ruleremovetargetbytag" -> {
        String[] parts = target(option, value);
        yield new Action.CtlRemoveTargetByTag(parts[0], TargetParser.target(parts[1], false));
      }
      case "auditengine" -> new Action.CtlAuditEngine(auditMode(value));
      case "auditlogparts" -> new Action.CtlAuditParts(value);
      default -> throw new IllegalArgumentException("unknown ctl option: " + option);
    };
  }

  private static String[] target(String option, String value) {
    int semicolon = value.indexOf(';');
    if (semicolon < 0) {
      throw new IllegalArgumentException(option + " needs rule;VARIABLE: " + value);
    }
    Target checked = TargetParser.target(value.substring(semicolon + 1).strip(), false);
    return new String[] {value.substring(0, semicolon).strip(), checked.text()};
  }

  static EngineMode engineMode(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on" -> EngineMode.ON;
      case "off" -> EngineMode.OFF;
      case "detectiononly" -> EngineMode.DETECTION_ONLY;
      default -> throw new IllegalArgumentException("expected On, Off or DetectionOnly: " + value);
    };
  }

  static AuditMode auditMode(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on" -> AuditMode.ON;
      case "off" -> AuditMode.OFF;
      case "relevantonly" -> AuditMode.RELEVANT_ONLY;
      default -> throw new IllegalArgumentException("expected On, Off or RelevantOnly: " + value);
    };
  }

  static boolean onOff(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("expected On or Off: " + value);
    };
  }

  private static BodyProcessor processor(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "urlencoded" -> BodyProcessor.URLENCODED;
      case "multipart" -> BodyProcessor.MULTIPART;
      case "json" -> BodyProcessor.JSON;
      case "xml" -> BodyProcessor.XML;
      default -> throw new IllegalArgumentException("unknown body processor: " + value);
    };
  }

  /** A list of ids and ranges, separated by commas or white space: {@code 1 3-5}. */
  static List<Action.IdRange> ids(String text) {
    List<Action.IdRange> ranges = new ArrayList<>();
    for (String part : text.strip().split("[,\\s]+", -1)) {
      int dash = part.indexOf('-');
      long first = id(dash < 0 ? part : part.substring(0, dash));
      ranges.add(new Action.IdRange(first, dash < 0 ? first : id(part.substring(dash + 1))));
    }
    return ranges;
  }

  static long id(String text) {
    String digits = ActionWord.unquote(text.strip());
    boolean number = !digits.isEmpty() && digits.length() <= 18;
    if (!number || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("not a rule id: " + text);
    }
    return Long.parseLong(digits);
  }
}

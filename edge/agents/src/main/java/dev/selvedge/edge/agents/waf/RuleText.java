package dev.selvedge.edge.agents.waf;

import java.util.List;

/**
 * What the block says, in the rule language: read before all rules and after them. Stateless.
 *
 * <p>Rules of files may set anything anew but {@code detection-only}, which comes last.
 */
final class RuleText {

  static final String BEFORE = "config:before";
  static final String LIMITS = "config:limits";
  static final String AFTER = "config:after";

  /** Of a body that is not what its content type says, or broken; never "no arguments". */
  static final int BROKEN_BODY = 4_900_010;

  /** Where rules find that they see only the start of a body. */
  static final String PARTIAL_NAME = "host_partial";

  private static final int EXCLUSION_IDS = 4_901_000;
  private static final int PARANOIA_MAX = 4;

  private static final String BODIES =
      """
      SecRequestBodyAccess On
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/plain text/html text/xml application/json application/xml \
      application/problem+json application/xhtml+xml text/csv application/javascript text/javascript
      SecRequestBodyLimitAction ProcessPartial
      SecResponseBodyLimitAction ProcessPartial
      SecRule REQUEST_HEADERS:Content-Type \
      "@rx ^(?:application|text)/(?:[\\w.-]+[+])?xml(?:$|[\\s;])" \
      "id:4900000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
      SecRule REQUEST_HEADERS:Content-Type \
      "@rx ^(?:application|text)/(?:[\\w.-]+[+])?json(?:$|[\\s;])" \
      "id:4900001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
      """;

  private static final String BROKEN =
      """
      SecRule REQBODY_ERROR "!@eq 0" \
      "id:%d,phase:2,t:none,log,deny,status:400,severity:2,tag:'selvedge-agent',\
      msg:'The body is not what its content type says',logdata:'%%{reqbody_error_msg}',chain"
      SecRule TX:%s "!@eq 1" "t:none"
      """;

  private RuleText() {}

  static String before(WafSettings settings, boolean own, boolean others) {
    StringBuilder text = new StringBuilder("SecRuleEngine On\n").append(BODIES);
    text.append(limits(settings));
    if (others) {
      text.append("SecAction \"id:4900003,phase:1,pass,nolog");
      for (String which : List.of("blocking", "detection")) {
        text.append(",setvar:tx.").append(which).append("_paranoia_level=");
        text.append(settings.paranoia());
      }
      text.append("\"\n");
    }
    for (int level = settings.paranoia() + 1; own && level <= PARANOIA_MAX; level++) {
      text.append("SecRuleRemoveByTag \"paranoia/").append(level).append("\"\n");
    }
    int id = EXCLUSION_IDS;
    for (Exclusion exclusion : settings.exclusions()) {
      text.append(exclusion.directives(id++));
    }
    return text.append(BROKEN.formatted(BROKEN_BODY, PARTIAL_NAME)).toString();
  }

  /** Bodies' limits; again behind the shipped rules, which have their own. */
  static String limits(WafSettings settings) {
    int bytes = settings.limits().bytes();
    return "SecRequestBodyLimit " + bytes + "\nSecResponseBodyLimit " + bytes + "\n";
  }

  static String after(WafSettings settings) {
    return settings.detectionOnly() ? "SecRuleEngine DetectionOnly\n" : "";
  }
}

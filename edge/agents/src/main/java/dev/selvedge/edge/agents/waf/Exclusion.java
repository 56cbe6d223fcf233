package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.config.kdl.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules that are left out: which ones, below which path, for which parameters. Immutable.
 *
 * <p>It becomes directives of the rule language, so that it means what operators know of them.
 * Paths are compared with the normal form that the proxy routes by, never with the path as sent:
 * {@code /free/../login} is not below {@code /free}.
 *
 * @param rules ids; with {@code tags} empty too, all rules
 * @param path null for all
 * @param parameters empty for all of a request
 */
record Exclusion(
    List<Integer> rules,
    List<String> tags,
    @Nullable String path,
    List<String> parameters,
    Place place) {

  /** Where rules find the path in its normal form. */
  static final String PATH_NAME = "host_path";

  /** Tags that all rules of a set carry: the shipped one's and the CRS's. */
  static final List<String> WHOLE_SETS = List.of("selvedge", "OWASP_CRS");

  private static final Pattern PARAMETER = Pattern.compile("[\\w.\\[\\]-]{1,100}");
  private static final Pattern TAG = Pattern.compile("[\\w./:-]{1,100}");
  private static final Pattern PATH = Pattern.compile("/[\\w./~%-]{0,500}");
  private static final List<String> ARGUMENTS = List.of("ARGS", "ARGS_GET", "ARGS_POST");
  private static final int LAST_ID = Integer.MAX_VALUE;

  static boolean isParameter(String text) {
    return PARAMETER.matcher(text).matches();
  }

  static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  static boolean isPath(String text) {
    return PATH.matcher(text).matches();
  }

  /**
   * The same in the rule language.
   *
   * @param id of the rule that it becomes, where it becomes one
   */
  String directives(int id) {
    return path == null ? everywhere() : below(path, id);
  }

  private String everywhere() {
    StringBuilder text = new StringBuilder();
    for (int rule : rules) {
      text.append(everywhere("ById", Integer.toString(rule)));
    }
    for (String tag : tags) {
      text.append(everywhere("ByTag", "\"" + tag + "\""));
    }
    if (rules.isEmpty() && tags.isEmpty()) {
      text.append(everywhere("ById", "1-" + LAST_ID));
    }
    return text.toString();
  }

  private String everywhere(String by, String which) {
    if (parameters.isEmpty()) {
      return "SecRuleRemove" + by + " " + which + "\n";
    }
    StringBuilder text = new StringBuilder();
    for (String target : targets()) {
      text.append("SecRuleUpdateTarget").append(by).append(' ').append(which);
      text.append(" \"!").append(target).append("\"\n");
    }
    return text.toString();
  }

  private String below(String start, int id) {
    StringBuilder text = new StringBuilder("SecRule TX:").append(PATH_NAME);
    text.append(" \"@rx ").append(segments(start)).append("\" \"id:").append(id);
    text.append(",phase:1,pass,t:none,nolog");
    controls().forEach(control -> text.append(",ctl:").append(control));
    return text.append("\"\n").toString();
  }

  private List<String> controls() {
    List<String> controls = new ArrayList<>();
    if (whole()) {
      controls.add("ruleRemoveById=1-" + LAST_ID);
      return controls;
    }
    for (int rule : rules) {
      control("ById=" + rule, controls);
    }
    for (String tag : rules.isEmpty() && tags.isEmpty() ? WHOLE_SETS : tags) {
      control("ByTag=" + tag, controls);
    }
    return controls;
  }

  /** Whether nothing at all is looked at. */
  private boolean whole() {
    return rules.isEmpty() && tags.isEmpty() && parameters.isEmpty();
  }

  private void control(String which, List<String> controls) {
    if (parameters.isEmpty()) {
      controls.add("ruleRemove" + which);
    }
    for (String target : targets()) {
      controls.add("ruleRemoveTarget" + which + ";" + target);
    }
  }

  private List<String> targets() {
    List<String> targets = new ArrayList<>();
    for (String parameter : parameters) {
      ARGUMENTS.forEach(collection -> targets.add(collection + ":" + parameter));
    }
    return targets;
  }

  /** A pattern for the path itself and what lies below it. */
  private static String segments(String start) {
    String whole = start.endsWith("/") ? start.substring(0, start.length() - 1) : start;
    return "^" + whole.replace(".", "\\.").replace("-", "\\-") + "(?:/|$)";
  }
}

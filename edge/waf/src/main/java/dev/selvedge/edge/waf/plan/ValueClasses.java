package dev.selvedge.edge.waf.plan;

import dev.selvedge.edge.waf.body.XmlPath;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.filter.RuleFilter;
import dev.selvedge.edge.waf.rule.Rule;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the values of a request, or of an answer, into the classes of a filter: by variable, and
 * within a variable by those names that rules choose or leave out.
 *
 * <p>Only variables whose values do not change once they are there. Immutable.
 */
public final class ValueClasses {
  /** Variables of a request with one value. */
  private static final Set<Variable> REQUEST_SCALARS =
      EnumSet.of(
          Variable.REQUEST_METHOD,
          Variable.REQUEST_URI,
          Variable.REQUEST_URI_RAW,
          Variable.REQUEST_PROTOCOL,
          Variable.REQUEST_LINE,
          Variable.REQUEST_FILENAME,
          Variable.REQUEST_BASENAME,
          Variable.PATH_INFO,
          Variable.QUERY_STRING,
          Variable.AUTH_TYPE,
          Variable.REMOTE_USER,
          Variable.SERVER_NAME);

  /** Those that the body brings. */
  private static final Set<Variable> BODY_SCALARS =
      EnumSet.of(Variable.REQUEST_BODY, Variable.FULL_REQUEST);

  private static final Set<Variable> REQUEST_FIELDS =
      EnumSet.of(
          Variable.ARGS,
          Variable.ARGS_NAMES,
          Variable.ARGS_GET,
          Variable.ARGS_GET_NAMES,
          Variable.ARGS_POST,
          Variable.ARGS_POST_NAMES,
          Variable.REQUEST_HEADERS,
          Variable.REQUEST_HEADERS_NAMES,
          Variable.REQUEST_COOKIES,
          Variable.REQUEST_COOKIES_NAMES,
          Variable.FILES,
          Variable.FILES_NAMES,
          Variable.FILES_TMP_CONTENT,
          Variable.MULTIPART_NAME,
          Variable.MULTIPART_FILENAME,
          Variable.MULTIPART_PART_HEADERS);

  private static final Set<Variable> RESPONSE_SCALARS =
      EnumSet.of(
          Variable.RESPONSE_PROTOCOL,
          Variable.RESPONSE_STATUS,
          Variable.STATUS,
          Variable.STATUS_LINE,
          Variable.RESPONSE_CONTENT_TYPE);

  private static final Set<Variable> RESPONSE_BODY = EnumSet.of(Variable.RESPONSE_BODY);

  private static final Set<Variable> RESPONSE_FIELDS =
      EnumSet.of(Variable.RESPONSE_HEADERS, Variable.RESPONSE_HEADERS_NAMES);

  /** The classes of one variable's values. */
  public static final class Entry {
    private final Variable variable;
    private final int other;
    private final List<byte[]> names = new ArrayList<>();
    private int[] hashes = {};
    private int[] classes = {};
    private boolean looked;

    private Entry(Variable variable, int other) {
      this.variable = variable;
      this.other = other;
    }

    public Variable variable() {
      return variable;
    }

    /** Whether any rule looks at any value of the variable. */
    public boolean looked() {
      return looked;
    }

    /** The class of the only value, or of values whose names no rule names. */
    public int valueClass() {
      return other;
    }

    /**
     * The class of a value.
     *
     * @param hash {@link Bytes#hashIgnoreCase} of the name
     */
    public int valueClass(byte[] name, int hash) {
      for (int i = 0; i < hashes.length; i++) {
        if (hashes[i] == hash && Bytes.equalsIgnoreCase(names.get(i), name)) {
          return classes[i];
        }
      }
      return other;
    }
  }

  /** The values that a path without prefixes chooses in an XML body. */
  public record XmlValues(String text, XmlPath path, int valueClass) {}

  private final List<XmlValues> xml = new ArrayList<>();
  private final List<Entry> headScalars = new ArrayList<>();
  private final List<Entry> bodyScalars = new ArrayList<>();
  private final List<Entry> fields = new ArrayList<>();
  private final Map<Variable, Entry> byVariable = new EnumMap<>(Variable.class);

  private ValueClasses() {}

  /** Scalars that are there from the head on. */
  public List<Entry> headScalars() {
    return headScalars;
  }

  /** Scalars that come with the body. */
  public List<Entry> bodyScalars() {
    return bodyScalars;
  }

  public List<Entry> fields() {
    return fields;
  }

  public List<XmlValues> xml() {
    return xml;
  }

  /** Whether the rule's first test sees only values of the request, and those do not change. */
  static boolean requestOnly(Rule rule) {
    return only(rule, REQUEST_SCALARS, BODY_SCALARS, REQUEST_FIELDS);
  }

  /** Whether the rule's first test sees only values of the answer. */
  static boolean responseOnly(Rule rule) {
    return rule.targets().stream().noneMatch(t -> t.variable() == Variable.XML)
        && only(rule, RESPONSE_SCALARS, RESPONSE_BODY, RESPONSE_FIELDS);
  }

  private static boolean only(
      Rule rule, Set<Variable> scalars, Set<Variable> body, Set<Variable> fields) {
    return rule.targets().stream()
        .allMatch(t ->
            !t.count()
                && (plainPath(t)
                    || scalars.contains(t.variable())
                    || body.contains(t.variable())
                    || fields.contains(t.variable())));
  }

  /** Prefixes mean what earlier rules say they mean. */
  private static boolean plainPath(Target target) {
    return target.variable() == Variable.XML
        && target.selector() instanceof Selector.Named path
        && path.text().indexOf(':') < 0;
  }

  static ValueClasses ofRequest(List<Rule> rules, RuleFilter.Builder filter) {
    return new ValueClasses().fill(REQUEST_SCALARS, BODY_SCALARS, REQUEST_FIELDS, rules, filter);
  }

  static ValueClasses ofResponse(List<Rule> rules, RuleFilter.Builder filter) {
    return new ValueClasses().fill(RESPONSE_SCALARS, RESPONSE_BODY, RESPONSE_FIELDS, rules, filter);
  }

  private ValueClasses fill(
      Set<Variable> scalars,
      Set<Variable> body,
      Set<Variable> named,
      List<Rule> rules,
      RuleFilter.Builder filter) {
    scalars.forEach(v -> headScalars.add(entry(v, filter)));
    body.forEach(v -> bodyScalars.add(entry(v, filter)));
    named.forEach(v -> fields.add(entry(v, filter)));
    for (Rule rule : rules) {
      rule.targets().forEach(target -> name(target, filter));
      rule.exclusions().forEach(target -> name(target, filter));
    }
    for (int number = 0; number < rules.size(); number++) {
      for (Target target : rules.get(number).targets()) {
        look(number, rules.get(number), target, filter);
      }
    }
    return this;
  }

  private Entry entry(Variable variable, RuleFilter.Builder filter) {
    Entry entry = new Entry(variable, filter.valueClass());
    byVariable.put(variable, entry);
    return entry;
  }

  /** Gives a name that a rule names a class of its own. */
  private void name(Target target, RuleFilter.Builder filter) {
    Entry entry = byVariable.get(target.variable());
    if (entry == null || !(target.selector() instanceof Selector.Named named)) {
      return;
    }
    byte[] name = named.name();
    int hash = Bytes.hashIgnoreCase(name);
    if (entry.valueClass(name, hash) == entry.other) {
      int count = entry.hashes.length;
      entry.hashes = java.util.Arrays.copyOf(entry.hashes, count + 1);
      entry.classes = java.util.Arrays.copyOf(entry.classes, count + 1);
      entry.hashes[count] = hash;
      entry.classes[count] = filter.valueClass();
      entry.names.add(name);
    }
  }

  private void lookAtXml(int number, String path, RuleFilter.Builder filter) {
    for (XmlValues known : xml) {
      if (known.text().equals(path)) {
        filter.look(number, known.valueClass());
        return;
      }
    }
    int valueClass = filter.valueClass();
    xml.add(new XmlValues(path, XmlPath.parse(path), valueClass));
    filter.look(number, valueClass);
  }

  private void look(int number, Rule rule, Target target, RuleFilter.Builder filter) {
    if (target.variable() == Variable.XML && target.selector() instanceof Selector.Named path) {
      lookAtXml(number, path.text(), filter);
      return;
    }
    Entry entry = byVariable.get(target.variable());
    if (entry == null) {
      return;
    }
    entry.looked = true;
    boolean others = !(target.selector() instanceof Selector.Named);
    if (others && !excluded(rule, target.variable(), null)) {
      filter.look(number, entry.other);
    }
    for (int i = 0; i < entry.hashes.length; i++) {
      byte[] name = entry.names.get(i);
      if (target.selector().chooses(name) && !excluded(rule, target.variable(), name)) {
        filter.look(number, entry.classes[i]);
      }
    }
  }

  /** Whether a value is left out for certain; a name of null stands for any that is not named. */
  private static boolean excluded(Rule rule, Variable variable, byte @Nullable [] name) {
    for (Target exclusion : rule.exclusions()) {
      boolean all = exclusion.selector() instanceof Selector.All;
      if (name == null
          ? all && exclusion.variable() == variable
          : exclusion.excludes(variable, name)) {
        return true;
      }
    }
    return false;
  }
}

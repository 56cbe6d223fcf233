package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.operator.FileSource;
import dev.selvedge.edge.waf.operator.Inspector;
import dev.selvedge.edge.waf.operator.OperatorSpec;
import dev.selvedge.edge.waf.operator.Operators;
import dev.selvedge.edge.waf.rule.PhaseProgram;
import dev.selvedge.edge.waf.rule.RuleProgram;
import dev.selvedge.edge.waf.rule.Settings;
import dev.selvedge.edge.waf.variable.Selector;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads rule files into a program. Every problem of every file is collected; with any, there is no
 * program.
 *
 * <p>Not thread-safe.
 */
public final class RuleReader {
  private static final int INCLUDE_DEPTH_MAX = 20;

  /** Either a program, or the problems that keep it from being one. Immutable. */
  public record Outcome(@Nullable RuleProgram program, List<RuleProblem> problems) {}

  private final FileSource files;
  private final Problems problems = new Problems();
  private final Settings.Builder settings = new Settings.Builder();
  private final Exceptions exceptions = new Exceptions();
  private final RuleLinker linker = new RuleLinker(problems);
  private @Nullable RuleDraft openChain;
  private int depth;

  public RuleReader(FileSource files) {
    this.files = files;
  }

  /** Reads a file that the source knows. */
  public void readFile(String name) {
    byte[] content = files.read(name, "");
    if (content == null) {
      problems.add(new Place(name, 0), "file not found");
      return;
    }
    readText(name, content);
  }

  /** Reads a text as the file of that name. */
  public void readText(String name, byte[] content) {
    depth++;
    for (Statement statement : StatementReader.read(name, content, problems)) {
      try {
        statement(statement);
      } catch (IllegalArgumentException e) {
        problems.add(statement.place(), String.valueOf(e.getMessage()));
        openChain = null;
      }
    }
    depth--;
  }

  /** Ends reading. */
  public Outcome finish() {
    exceptions.apply(linker.rules(), actions(), problems);
    List<PhaseProgram> phases = linker.link();
    List<RuleProblem> all = problems.all();
    if (!all.isEmpty()) {
      return new Outcome(null, all);
    }
    return new Outcome(new RuleProgram(settings.build(), phases, linker.defaults()), all);
  }

  private void statement(Statement s) {
    String name = s.directive().toLowerCase(Locale.ROOT);
    switch (name) {
      case "secrule" -> rule(s);
      case "secaction" -> action(s);
      case "secmarker" -> linker.marker(need(s, 0));
      case "secdefaultaction" -> defaultAction(s);
      case "secruleremovebyid" ->
          exceptions.remove(
              Exceptions.Choice.byIds(CtlParser.ids(String.join(" ", s.arguments()))),
              "Removed by an SecRuleRemove directive.");
      case "secruleremovebytag" ->
          exceptions.remove(
              Exceptions.Choice.byTag(need(s, 0)), "Removed by a SecRuleRemoveByTag directive.");
      case "secruleremovebymsg" ->
          exceptions.remove(
              Exceptions.Choice.byMsg(need(s, 0)), "Removed by a SecRuleRemoveByMsg directive.");
      case "secruleupdatetargetbyid" ->
          updateTargets(s, Exceptions.Choice.byIds(CtlParser.ids(need(s, 0))));
      case "secruleupdatetargetbytag" -> updateTargets(s, Exceptions.Choice.byTag(need(s, 0)));
      case "secruleupdatetargetbymsg" -> updateTargets(s, Exceptions.Choice.byMsg(need(s, 0)));
      case "secruleupdateactionbyid" -> updateActions(s);
      case "include" -> include(s);
      case "secunicodemapfile" -> unicodeMap(s);
      default -> {
        if (!Directives.apply(s, settings)) {
          throw new IllegalArgumentException("unknown directive: " + s.directive());
        }
      }
    }
  }

  private static String need(Statement s, int index) {
    if (index >= s.arguments().size()) {
      throw new IllegalArgumentException(s.directive() + " needs more arguments");
    }
    return s.argument(index);
  }

  private ActionParser actions() {
    return new ActionParser(settings.unicodeMap);
  }

  private void rule(Statement s) {
    if (s.arguments().size() > 3) {
      throw new IllegalArgumentException("SecRule has text after its actions: " + s.argument(3));
    }
    RuleDraft draft = new RuleDraft(s.place());
    TargetParser targets = TargetParser.parse(need(s, 0));
    draft.targets.addAll(targets.targets());
    draft.exclusions.addAll(targets.exclusions());
    draft.operator = operator(need(s, 1), s.place().file());
    actions().parse(s.argument(2), draft);
    add(draft);
  }

  private void action(Statement s) {
    RuleDraft draft = new RuleDraft(s.place());
    draft.targets.add(new Target(Variable.REMOTE_ADDR, Selector.ALL, false));
    actions().parse(need(s, 0), draft);
    add(draft);
  }

  private void add(RuleDraft draft) {
    RuleDraft parent = openChain;
    openChain = draft.chain ? draft : null;
    if (parent == null) {
      linker.rule(draft);
      return;
    }
    parent.chained = draft;
    if (draft.disruptive != null && draft.operator == null) {
      throw new IllegalArgumentException("a chained SecAction cannot disrupt");
    }
  }

  private OperatorSpec operator(String text, String file) {
    String rest = text;
    boolean negated = rest.startsWith("!");
    if (negated) {
      rest = rest.substring(1).stripLeading();
    }
    if (!rest.startsWith("@")) {
      return compile("rx", rest, negated, file);
    }
    int end = 1;
    while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
      end++;
    }
    return compile(rest.substring(1, end), rest.substring(end).stripLeading(), negated, file);
  }

  private OperatorSpec compile(String name, String argument, boolean negated, String file) {
    OperatorSpec spec = Operators.compile(name, argument, negated, new Named(file));
    if (spec == null) {
      throw new IllegalArgumentException("unknown operator: @" + name);
    }
    return spec;
  }

  /** What rules of one file name. */
  private final class Named implements Operators.Files {
    private final String includer;

    Named(String includer) {
      this.includer = includer;
    }

    @Override
    public byte[] read(String name) {
      return RuleReader.this.read(name, includer);
    }

    @Override
    public Inspector inspector(String name) {
      Inspector inspector = files.inspector(name, includer);
      return inspector == null ? Operators.Files.super.inspector(name) : inspector;
    }
  }

  private byte[] read(String name, String includer) {
    byte[] content = files.read(name, includer);
    if (content == null) {
      throw new IllegalArgumentException("file not found: " + name);
    }
    return content;
  }

  private void defaultAction(Statement s) {
    RuleDraft draft = new RuleDraft(s.place());
    actions().parse(need(s, 0), draft);
    linker.defaults(draft);
  }

  private void updateTargets(Statement s, Exceptions.Choice choice) {
    exceptions.updateTargets(choice, TargetParser.parse(need(s, 1)));
  }

  private void updateActions(Statement s) {
    String[] rule = need(s, 0).split(":", 2);
    int position = rule.length > 1 ? (int) CtlParser.id(rule[1]) : 0;
    exceptions.updateActions(s.place(), CtlParser.id(rule[0]), position, need(s, 1));
  }

  private void include(Statement s) {
    if (depth > INCLUDE_DEPTH_MAX) {
      throw new IllegalArgumentException("includes are nested too deeply");
    }
    List<String> names = new ArrayList<>(files.expand(need(s, 0), s.place().file()));
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no such file: " + s.argument(0));
    }
    for (String name : names) {
      readText(name, read(name, ""));
    }
  }

  private void unicodeMap(Statement s) {
    if (s.arguments().size() != 2) {
      throw new IllegalArgumentException("SecUnicodeMapFile needs a file and a code page");
    }
    Directives.unicodeMap(s, read(s.argument(0), s.place().file()), settings);
  }
}

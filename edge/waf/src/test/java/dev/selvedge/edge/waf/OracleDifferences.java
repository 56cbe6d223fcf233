package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.rule.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Tells why the rules that fire differ from libmodsecurity's, by taking each known cause away: what
 * is left must be equal.
 */
final class OracleDifferences {
  private static final int ORDERS = 2_000;
  private static final long BODY_REFUSED = 200_002;
  private static final long PART_FIELD_BYTES = 922_130;
  private static final long RESTRICTED_FILE = 930_130;
  private static final long SAME_ON_BOTH_SIDES = 942_130;
  private static final long SCORE = 949_110;
  private static final Pattern PART_FIELD =
      Pattern.compile("\\r\\n([^\r\n:]*[\\x00-\\x20\\x7f-\\xff][^\r\n:]*):");

  private final RuleSet rules;
  private final RuleSet rulesWithXmlBody;
  private final Set<Long> halfChains = new HashSet<>();

  OracleDifferences(Path folder) throws IOException {
    Path suite = TestFiles.suite("crs");
    rules = CrsConformanceTest.crs(suite);
    Path force = folder.resolve("force.conf");
    Files.writeString(
        force, "SecAction \"id:777,phase:1,nolog,pass,ctl:forceRequestBodyVariable=On\"\n");
    List<String> names = new ArrayList<>(CrsConformanceTest.ruleFiles(suite));
    names.add(1, force.toString());
    LoadOutcome outcome = RuleSet.load(names, TextFiles.of(), EngineOptions.DEFAULT);
    rulesWithXmlBody = ((LoadOutcome.Loaded) outcome).rules();
    rules.program().phases().stream()
        .flatMap(phase -> phase.rules().stream())
        .filter(rule -> rule.multiMatch() && rule.chained() != null)
        .map(Rule::id)
        .forEach(halfChains::add);
  }

  /** What we fire; of rules that keep out of the audit log, theirs logs nothing either. */
  Set<Long> ours(CrsStage request) {
    return fired(rules, request);
  }

  private static Set<Long> fired(RuleSet rules, CrsStage request) {
    Transaction t = rules.newTransaction();
    request.run(t);
    TreeSet<Long> ids = new TreeSet<>();
    for (RuleMatch match : t.matches()) {
      if (match.audit()) {
        ids.add(match.id());
      }
    }
    return ids;
  }

  /** The causes that together explain a difference; none where they do not. */
  Set<OracleCause> causes(CrsStage request, Set<Long> ourIds, Set<Long> theirIds) {
    EnumSet<OracleCause> causes = EnumSet.noneOf(OracleCause.class);
    Set<Long> ours = new TreeSet<>(ourIds);
    Set<Long> theirs = new TreeSet<>(theirIds);
    if (theirs.removeIf(id -> halfChains.contains(id) && !ourIds.contains(id))) {
      causes.add(OracleCause.HALF_CHAIN);
    }
    if (!ours.equals(theirs) && contentType(request).contains("xml")) {
      ours = fired(rulesWithXmlBody, request);
      causes.add(OracleCause.XML_BODY);
    }
    if (!ours.equals(theirs) && Bytes.text(request.uri()).endsWith("secrets.env")) {
      ours.remove(RESTRICTED_FILE); // secrets.yml and .env are both words of its file
      causes.add(OracleCause.WORD_IN_WORD);
    }
    if (!ours.equals(theirs) && otherOrder(request, ours, theirs)) {
      causes.add(OracleCause.ARGUMENT_ORDER);
      return causes;
    }
    if (!ours.equals(theirs) && ours.contains(BODY_REFUSED)) {
      ours = fired(rules, withPlainPartFields(request));
      theirs.remove(PART_FIELD_BYTES);
      causes.add(OracleCause.PART_FIELD);
    }
    return ours.equals(theirs) ? causes : Set.of();
  }

  /** The same with other bytes in the names of part fields. */
  private static CrsStage withPlainPartFields(CrsStage request) {
    String body =
        PART_FIELD
            .matcher(Bytes.text(request.body()))
            .replaceAll(field -> "\r\n" + field.group(1).replaceAll("[^!-~]", "X") + ":");
    return new CrsStage(
        request.method(), request.uri(), request.protocol(), request.headers(), Bytes.of(body));
  }

  private static String contentType(CrsStage request) {
    byte[] type = request.headers().first(Bytes.of("Content-Type"));
    return type == null ? "" : Bytes.text(type);
  }

  /** Whether some order of the arguments makes the one rule that depends on it decide as theirs. */
  private boolean otherOrder(CrsStage request, Set<Long> ours, Set<Long> theirs) {
    Set<Long> both = new TreeSet<>(ours);
    both.addAll(theirs);
    both.removeIf(id -> ours.contains(id) && theirs.contains(id));
    if (!both.contains(SAME_ON_BOTH_SIDES)
        || !Set.of(SAME_ON_BOTH_SIDES, SCORE).containsAll(both)) {
      return false;
    }
    String uri = Bytes.text(request.uri());
    int question = uri.indexOf('?');
    List<String> pairs = new ArrayList<>();
    if (question >= 0) {
      pairs.addAll(Arrays.asList(uri.substring(question + 1).split("&", -1)));
    }
    if (contentType(request).contains("urlencoded")) {
      pairs.addAll(Arrays.asList(Bytes.text(request.body()).split("&", -1)));
    }
    Random random = new Random(1);
    for (int i = 0; i < ORDERS; i++) {
      Collections.shuffle(pairs, random);
      String path = question < 0 ? uri : uri.substring(0, question);
      byte[] moved = Bytes.of(path + "?" + String.join("&", pairs));
      CrsStage other =
          new CrsStage(Bytes.of("GET"), moved, request.protocol(), request.headers(), Bytes.EMPTY);
      if (fired(rules, other).contains(SAME_ON_BOTH_SIDES) == theirs.contains(SAME_ON_BOTH_SIDES)) {
        return true;
      }
    }
    return false;
  }
}

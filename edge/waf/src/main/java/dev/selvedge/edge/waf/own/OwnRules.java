package dev.selvedge.edge.waf.own;

import dev.selvedge.edge.waf.LoadOutcome;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.EngineOptions;
import dev.selvedge.edge.waf.operator.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The list of the shipped rule files, and how they become a rule set under a policy.
 *
 * <p>A policy is compiled into the rule language itself: levels above the chosen one are removed at
 * load, so that they cost nothing, and exclusions are the language's own directives, so that what
 * an operator knows of them holds. Thread-safe.
 */
public final class OwnRules {
  /** Every rule carries it. */
  public static final String TAG = "selvedge";

  /** The start of the tag that tells a rule's level. */
  public static final String PARANOIA = "paranoia/";

  /** Ids from here belong to the rules that {@link Exclusion}s become. */
  static final long EXCLUSION_IDS = 5_000_900;

  /** The rule files, one for each family, in the order in which they run. */
  public static final List<String> FILES =
      List.of(
          "setup.conf",
          "protocol.conf",
          "scanners.conf",
          "traversal.conf",
          "inclusion.conf",
          "unix-commands.conf",
          "windows-commands.conf",
          "php.conf",
          "scripting.conf",
          "templates.conf",
          "ssrf.conf",
          "xss.conf",
          "sql.conf",
          "queries.conf",
          "xml.conf",
          "java.conf",
          "objects.conf",
          "uploads.conf",
          "responses-split.conf",
          "patches.conf",
          "leaks.conf");

  private static final String POLICY = "policy.conf";

  private OwnRules() {}

  /** The shipped rules under a policy. */
  public static LoadOutcome load(Policy policy, EngineOptions options) {
    List<String> names = new ArrayList<>();
    names.add(POLICY);
    names.addAll(FILES);
    return RuleSet.load(names, new Shipped(policy.directives()), options);
  }

  /** The bytes of a shipped file; null where there is none of that name. */
  public static byte @Nullable [] file(String name) {
    try (InputStream in = OwnRules.class.getResourceAsStream("rules/" + name)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files inside this module, and the policy's text. */
  private record Shipped(String policy) implements FileSource {
    @Override
    public byte @Nullable [] read(String name, String includer) {
      return name.equals(POLICY) ? Bytes.of(policy) : file(name);
    }

    @Override
    public List<String> expand(String pattern, String includer) {
      return file(pattern) == null ? List.of() : List.of(pattern);
    }
  }
}

package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.variable.Macro;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The list of every operator that a rule may name.
 *
 * <p>Operators that need the network, a foreign database or a script host (rbl, geoLookup,
 * gsbLookup, fuzzyHash, inspectFile, rsub, validateHash) are refused at load. Immutable.
 */
public final class Operators {
  /** Compiles an argument; throws IllegalArgumentException with the reason where it cannot. */
  @FunctionalInterface
  private interface Compiler {
    Operator compile(String argument, Files files);
  }

  /** Reads a data file that a rule names; throws IllegalArgumentException where it is missing. */
  @FunctionalInterface
  public interface Files {
    byte[] read(String name);
  }

  private record Entry(String name, Compiler compiler) {}

  private static final Map<String, Entry> BY_NAME = new TreeMap<>();

  static {
    add("BeginsWith", TextOperators::beginsWith);
    add("Contains", TextOperators::contains);
    add("ContainsWord", TextOperators::containsWord);
    add("EndsWith", TextOperators::endsWith);
    add("StrEq", TextOperators::equal);
    add("StrMatch", TextOperators::contains);
    add("Within", TextOperators::within);
    add("Eq", Numbers::equal);
    add("Ge", argument -> Numbers.compare(argument, c -> c >= 0));
    add("Gt", argument -> Numbers.compare(argument, c -> c > 0));
    add("Le", argument -> Numbers.compare(argument, c -> c <= 0));
    add("Lt", argument -> Numbers.compare(argument, c -> c < 0));
    add("Rx", RegexOperators::first);
    add("RxGlobal", RegexOperators::all);
    add("Pm", argument -> new PhraseOperator(Phrases.inline(argument)));
    addWithFile("PmFromFile", PhraseOperator::fromFiles);
    addWithFile("PmF", PhraseOperator::fromFiles);
    add("IpMatch", IpOperators::inline);
    addWithFile("IpMatchFromFile", IpOperators::fromFiles);
    addWithFile("IpMatchF", IpOperators::fromFiles);
    add("DetectSQLi", _ -> needing(InjectionOperators::sql, new Need.Sql()));
    add("DetectXSS", _ -> needing(InjectionOperators::xss, new Need.Xss()));
    add("ValidateByteRange", ByteRange::of);
    add("ValidateUrlEncoding", _ -> needing(Encodings::urlBroken, Need.OneOf.where(b -> b == '%')));
    add(
        "ValidateUtf8Encoding",
        _ -> needing(Encodings::utf8Broken, Need.OneOf.where(b -> b > 0x7F)));
    add("VerifyCC", argument -> NumberChecks.of("VerifyCC", argument, NumberChecks::luhn));
    add("VerifyCPF", argument -> NumberChecks.of("VerifyCPF", argument, NumberChecks::cpf));
    add("VerifySSN", argument -> NumberChecks.of("VerifySSN", argument, NumberChecks::ssn));
    add("VerifySVNR", argument -> NumberChecks.of("VerifySVNR", argument, NumberChecks::svnr));
    add("UnconditionalMatch", _ -> (_, _) -> true);
    add("NoMatch", _ -> (_, _) -> false);
  }

  private Operators() {}

  private static Operator needing(Operator operator, Need need) {
    return operator.needing(need);
  }

  @FunctionalInterface
  private interface PlainCompiler {
    Operator compile(String argument);
  }

  private static void add(String name, PlainCompiler compiler) {
    addWithFile(name, (argument, _) -> compiler.compile(argument));
  }

  private static void addWithFile(String name, Compiler compiler) {
    BY_NAME.put(name.toLowerCase(Locale.ROOT), new Entry(name, compiler));
  }

  /** Whether there is an operator of that name, letter case aside. */
  public static boolean known(String name) {
    return BY_NAME.containsKey(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Compiles an operator.
   *
   * @return null where there is no operator of that name
   * @throws IllegalArgumentException with the reason, where the argument cannot be taken
   */
  public static @Nullable OperatorSpec compile(
      String name, String argument, boolean negated, Files files) {
    Entry entry = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    if (entry == null) {
      return null;
    }
    Operator operator = entry.compiler().compile(argument, files);
    return new OperatorSpec(entry.name(), argument, negated, operator, macro(argument));
  }

  private static @Nullable Macro macro(String argument) {
    if (!argument.contains("%{")) {
      return null;
    }
    try {
      Macro macro = Macro.parse(argument);
      return macro.constant() == null ? macro : null;
    } catch (IllegalArgumentException e) {
      return null; // the operator takes its argument as it stands
    }
  }
}

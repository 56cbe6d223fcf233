package dev.selvedge.edge.waf.engine;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/**
 * What a host gives to all transactions of a rule set.
 *
 * @param clock for TIME… variables and for stored values that expire
 * @param environment what ENV shows
 * @param argumentsMax arguments of one request, where the rules set no lower limit
 * @param jsonDepthMax nesting of JSON, where the rules set no lower limit
 * @param filesMax files of one multipart body, where the rules set no lower limit
 * @param regexSteps steps one regular expression may take on one value, likewise
 * @param bodyMax bytes of a body that are kept, whatever the rules say
 * @param argumentBytesMax bytes of one argument's value that rules see; a longer one is cut, and
 *     the transaction says so
 *     <p>Immutable.
 */
public record EngineOptions(
    Clock clock,
    Map<String, String> environment,
    int argumentsMax,
    int jsonDepthMax,
    int filesMax,
    long regexSteps,
    int bodyMax,
    int argumentBytesMax) {
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          Clock.system(ZoneId.systemDefault()), Map.of(), 1000, 512, 100, 2_000_000, 16 << 20);

  /** The same with values of arguments of any length. */
  public EngineOptions(
      Clock clock,
      Map<String, String> environment,
      int argumentsMax,
      int jsonDepthMax,
      int filesMax,
      long regexSteps,
      int bodyMax) {
    this(
        clock,
        environment,
        argumentsMax,
        jsonDepthMax,
        filesMax,
        regexSteps,
        bodyMax,
        Integer.MAX_VALUE);
  }
}

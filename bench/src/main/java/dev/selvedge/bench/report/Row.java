package dev.selvedge.bench.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One comparison with one peer (DESIGN 9): medians of both sides, and a ratio that is above 1 when
 * we are better. Immutable.
 *
 * @param rounds rounds that both medians are made of
 * @param why why the row proves nothing; empty when it is valid
 */
public record Row(
    String caseName,
    Metric metric,
    String peer,
    double ours,
    double theirs,
    double ratio,
    int rounds,
    String why) {

  /** Compares two medians. */
  public static Row of(
      String caseName, Metric metric, String peer, Spread ours, Spread theirs, String why) {
    return new Row(
        caseName,
        metric,
        peer,
        ours.median(),
        theirs.median(),
        metric.ratio(ours.median(), theirs.median()),
        Math.min(ours.rounds(), theirs.rounds()),
        why);
  }

  /** Whether the row proves what it says. */
  public boolean valid() {
    return why.isEmpty();
  }

  /** The row as the bench contract shapes it; an invalid one also says {@code why}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("case", caseName);
    json.put("metric", metric.label());
    json.put("peer", peer);
    json.put("ours", rounded(ours, 3));
    json.put("theirs", rounded(theirs, 3));
    json.put("ratio", rounded(ratio, 4));
    json.put("rounds", rounds);
    json.put("valid", valid());
    if (!valid()) {
      json.put("why", why);
    }
    return json;
  }

  /** One Markdown table line. */
  public String toMarkdown() {
    String number = "%,." + metric.decimals() + "f";
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | " + number + " | " + number + " | %.2f | %s |",
        caseName,
        metric.label(),
        peer,
        ours,
        theirs,
        ratio,
        valid() ? "yes" : "no: " + why);
  }

  private static Object rounded(double value, int decimals) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return String.valueOf(value);
    }
    double scale = Math.pow(10, decimals);
    return Math.round(value * scale) / scale;
  }
}

package dev.selvedge.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * The median and the extent of one figure over its rounds. Immutable.
 *
 * <p>Median, not mean: one round disturbed by something else on the machine must not move the
 * figure; the extent shows that there was one.
 *
 * @param rounds how many values it was made of; at least 1
 */
public record Spread(double median, double min, double max, int rounds) {

  /** The middle value, or the mean of the two middle ones. Throws if there are no values. */
  public static Spread of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a spread of no values");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  /** {@code median (min..max)} with that many decimals. */
  public String text(int decimals) {
    String number = "%,." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + ".." + number + ")", median, min, max);
  }
}

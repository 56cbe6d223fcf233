package dev.selvedge.bench.waf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** What is compared; each case is a mix of requests. */
enum WafCase {
  /** Four kinds of clean requests, {@link #VARIANTS} variants each. */
  CLEAN("crs-clean"),
  /** The same kinds with an attack in one value. */
  ATTACK("crs-attack"),
  /** Clean forms of 64 KiB. */
  BODY("crs-body-64k");

  /** Of each template. */
  static final int VARIANTS = 1_000;

  private static final int LARGE = 40;
  private static final int LARGE_BYTES = 64 << 10;

  private final String label;

  WafCase(String label) {
    this.label = label;
  }

  /** Throws with a line that lists the names there are. */
  static WafCase named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.label.equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no case \"" + name + "\"; there are " + names()));
  }

  /** What {@code --case} takes. */
  static String names() {
    return Arrays.stream(values()).map(WafCase::label).collect(Collectors.joining(", "));
  }

  String label() {
    return label;
  }

  /** The requests, in an order that has nothing to do with their kinds. */
  List<WafRequest> requests() {
    List<WafRequest> all = new ArrayList<>();
    if (this == BODY) {
      for (int i = 0; i < LARGE; i++) {
        all.add(Template.large(i, LARGE_BYTES));
      }
      return all;
    }
    for (Template template : Template.values()) {
      for (int i = 0; i < VARIANTS; i++) {
        all.add(template.variant(i, this == ATTACK));
      }
    }
    Collections.shuffle(all, new Random(ordinal()));
    return all;
  }
}

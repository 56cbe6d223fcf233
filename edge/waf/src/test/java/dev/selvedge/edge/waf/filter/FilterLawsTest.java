package dev.selvedge.edge.waf.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.injection.SqlInjection;
import dev.selvedge.edge.waf.injection.Xss;
import dev.selvedge.edge.waf.operator.Need;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import dev.selvedge.edge.waf.transform.NamedTransformation;
import dev.selvedge.edge.waf.transform.Transformations;
import dev.selvedge.edge.waf.transform.UnicodeMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What byte kinds are said to tell, they tell. */
class FilterLawsTest {
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);
  private static final int VALUES = Boolean.getBoolean("selvedge.soak") ? 400_000 : 20_000;
  private static final String[] PIECES = {
    "a",
    "Z",
    "x",
    "0",
    "7",
    "_",
    " ",
    "  ",
    "\t",
    "\n",
    "/",
    "//",
    "/.",
    "..",
    ".",
    "*",
    "/*",
    "*/",
    "-",
    "--",
    "-->",
    "<!--",
    "<",
    ">",
    "=",
    "#",
    "%",
    "%41",
    "+",
    "&",
    "&lt;",
    "\\",
    "\\n",
    "\0",
    "\"",
    "'",
    "^",
    "`",
    ",",
    ";",
    "(",
    ")",
    "$",
    "@",
    "|",
    "0x",
    "0x41",
    "\u00a0",
    "\u00c2",
    "\u00c3\u00a9",
    "\u00ff",
    "select",
    "QUJD",
    ":"
  };

  private static byte[] value(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      int kind = random.nextInt(8);
      text.append(
          kind == 0
              ? String.valueOf((char) random.nextInt(256))
              : PIECES[random.nextInt(kind < 4 ? 7 : PIECES.length)]);
    }
    return Bytes.of(text.toString());
  }

  @Test
  void aTransformationWithoutItsTriggersChangesOnlyCase() {
    Random random = new Random(SEED);
    int identities = 0;
    for (int i = 0; i < VALUES; i++) {
      byte[] value = value(random);
      long mask = ByteKinds.of(value);
      for (NamedTransformation t : Transformations.all()) {
        if ((Triggers.of(t) & mask) == 0) {
          identities++;
          assertThat(Bytes.lower(t.apply(value)))
              .as("%s of [%s], seed %d", t.name(), Bytes.text(value), SEED)
              .isEqualTo(Bytes.lower(value));
          if (!Triggers.changesCase(t)) {
            assertThat(t.apply(value)).as(t.name()).isEqualTo(value);
          }
        }
      }
    }
    assertThat(identities).isGreaterThan(VALUES);
  }

  @Test
  void kindsAreBlindToLetterCase() {
    Random random = new Random(SEED);
    for (int i = 0; i < VALUES; i++) {
      byte[] value = value(random);
      assertThat(ByteKinds.of(Bytes.lower(value))).isEqualTo(ByteKinds.of(value));
    }
  }

  @Test
  void detectorsFindNothingWhereTheyAreNotAsked() {
    Random random = new Random(SEED);
    for (int i = 0; i < VALUES; i++) {
      byte[] value = value(random);
      long mask = ByteKinds.of(value);
      if ((mask & ByteKinds.MAYBE_SQL) == 0) {
        assertThat(SqlInjection.fingerprint(value, 0, value.length)).isNull();
      }
      if ((mask & ByteKinds.MAYBE_XSS) == 0) {
        assertThat(Xss.detect(value, 0, value.length)).isFalse();
      }
    }
  }

  /** The whole way: what matches behind its transformations is marked. */
  @Test
  void whatMatchesIsMarked() throws Exception {
    Random random = new Random(SEED);
    String[] patterns = {
      "a.*Z", "[\\n\\r]", "select", "^$", "\\W{3}", "(?:0x|%)", "^\\s*x", "A", "\\.\\./", "[^a]"
    };
    String[] names = {
      "lowercase",
      "urlDecodeUni",
      "cmdLine",
      "base64Decode",
      "removeWhitespace",
      "jsDecode",
      "normalizePath",
      "replaceComments",
      "htmlEntityDecode",
      "length",
      "utf8toUnicode",
      "compressWhitespace"
    };
    RuleFilter.Builder builder = new RuleFilter.Builder();
    int valueClass = builder.valueClass();
    List<List<NamedTransformation>> lists = new ArrayList<>();
    List<RxMatcher> matchers = new ArrayList<>();
    for (int rule = 0; rule < 150; rule++) {
      List<NamedTransformation> list = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        String name = names[random.nextInt(names.length)];
        list.add(Objects.requireNonNull(Transformations.named(name, UnicodeMap.NONE)));
      }
      Rx rx = Rx.compile(patterns[random.nextInt(patterns.length)]);
      builder.look(builder.rule(new Need.Pattern(rx), list, false), valueClass);
      lists.add(list);
      matchers.add(rx.matcher());
    }
    RuleFilter filter = builder.build();
    FilterScan scan = filter.newScan();
    int matched = 0;
    for (int i = 0; i < VALUES / 20; i++) {
      byte[] value = value(random);
      long[] marks = new long[filter.words()];
      scan.mark(valueClass, value, marks, 0);
      for (int rule = 0; rule < matchers.size(); rule++) {
        byte[] seen = value;
        for (NamedTransformation t : lists.get(rule)) {
          seen = t.apply(seen);
        }
        if (matchers.get(rule).find(seen, 0, seen.length, 0) == RxMatcher.MATCH) {
          matched++;
          assertThat(marks[rule >> 6] >>> rule & 1)
              .as("%s %s of [%s], seed %d", lists.get(rule), rule, Bytes.text(value), SEED)
              .isEqualTo(1);
        }
      }
      if (i % 10 == 0) {
        scan.forget();
      }
    }
    assertThat(matched).isGreaterThan(VALUES / 20);
  }
}

package dev.selvedge.edge.waf.injection;

import java.util.List;

/** The data lines of suites/libinjection as values, for tests elsewhere. */
public final class LibinjectionLines {
  private LibinjectionLines() {}

  /** Each line, decoded. */
  public static List<byte[]> all() {
    return LibinjectionSuite.lines().stream()
        .map(line -> LibinjectionSuite.bytes(line.value()))
        .toList();
  }
}

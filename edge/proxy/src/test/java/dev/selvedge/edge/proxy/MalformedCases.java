package dev.selvedge.edge.proxy;

import java.util.List;

/** The bytes of {@link MalformedRequests} for tests of other packages. */
public final class MalformedCases {

  private MalformedCases() {}

  /** Every request as Latin-1 text. */
  public static List<String> requests() {
    return MalformedRequests.all().stream().map(MalformedRequests.Case::request).toList();
  }
}

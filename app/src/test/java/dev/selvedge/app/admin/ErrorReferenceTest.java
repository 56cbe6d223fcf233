package dev.selvedge.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.kernel.FailureCode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrorReferenceTest {

  private static final String INTRO =
      """
      # Error codes

      Generated from `FailureCode`; a test keeps it fresh (`-Dselvedge.update-docs=true` writes it).

      A refused or failed request is answered with `application/problem+json`: `title`, `status`, `code` and
      `request_id`. The same code stands in the decision record (`/explain/REQUEST-ID`), in the access line, in the
      refusal line and in `selvedge_failures_total{route,source,code}`. Codes are stable; titles may be reworded.

      **Status** – : no answer can be sent; the connection is closed. A request whose answer has begun is reset whatever
      its code.
      **Source**: who is at fault. `limit` is a bound of the configuration, `self` is the proxy.
      **Retry**: whether another try may help. *proxy*: the proxy itself tries once more where that is safe (EDGE 2).
      *client*: the answer carries `Retry-After`. *no*: the same request gets the same answer.

      """;

  @Test
  void listsEveryCode() throws IOException {
    StringBuilder page = new StringBuilder(INTRO);
    page.append("| code | status | source | retry | meaning |\n|---|---|---|---|---|\n");
    for (FailureCode code : FailureCode.values()) {
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  code.code(),
                  code.status() == 0 ? "–" : Integer.toString(code.status()),
                  code.source().label(),
                  code.retryable() ? "proxy" : code.retryAfter() ? "client" : "no",
                  ReferencePage.cell(code.title())));
    }
    ReferencePage.check("reference-errors.md", page.toString());
  }

  @Test
  void codesAreDistinctAndTitlesAreSentences() {
    Set<String> codes = new HashSet<>();
    for (FailureCode code : FailureCode.values()) {
      assertThat(codes.add(code.code())).isTrue();
      assertThat(code.title()).matches("[A-Z][\\x20-\\x7e&&[^\"\\\\]]+\\.");
    }
  }
}

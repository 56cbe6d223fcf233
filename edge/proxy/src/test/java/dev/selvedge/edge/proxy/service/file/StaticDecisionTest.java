package dev.selvedge.edge.proxy.service.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 as tables: negotiation, preconditions in their order, ranges. */
class StaticDecisionTest {

  private static final Instant CHANGED = Instant.parse("2026-03-01T12:00:00.25Z");
  private static final long NOW = Instant.parse("2026-03-02T12:00:00Z").getEpochSecond();
  private static final Found.Facts PLAIN = new Found.Facts(1000, CHANGED);
  private static final Found.Facts COPY = new Found.Facts(300, CHANGED);

  /** Stand for values of the file below. */
  private static final String TAG =
      new Representation("app.js", MediaType.of("app.js"), null, 1000, CHANGED).etag();

  private static final String GZIP_TAG =
      new Representation("app.js", MediaType.of("app.js"), Coding.GZIP, 300, CHANGED).etag();

  private static final String SAME = "Sun, 01 Mar 2026 12:00:00 GMT";
  private static final String OLDER = "Sun, 01 Mar 2026 11:59:59 GMT";
  private static final String NEWER = "Sun, 01 Mar 2026 12:00:01 GMT";

  private static @Nullable String value(@Nullable String symbol) {
    return symbol == null
        ? null
        : symbol
            .replace("GZTAG", GZIP_TAG)
            .replace("TAG", TAG)
            .replace("SAME", SAME)
            .replace("OLDER", OLDER)
            .replace("NEWER", NEWER);
  }

  private static String outcome(StaticDecision decision) {
    return switch (decision) {
      case StaticDecision.NotFound none -> "404";
      case StaticDecision.AddSlash folder -> "308";
      case StaticDecision.Failed failed -> "412";
      case StaticDecision.NotModified same -> "304";
      case StaticDecision.Unsatisfiable range -> "416 */" + range.size();
      case StaticDecision.Whole whole -> "200" + coding(whole.selected());
      case StaticDecision.Part part ->
          "206 "
              + part.range().first()
              + "-"
              + part.range().last()
              + "/"
              + part.selected().size()
              + coding(part.selected());
    };
  }

  private static String coding(Representation selected) {
    Coding coding = selected.coding();
    return coding == null ? "" : " " + coding.token();
  }

  private static StaticRequest request(
      boolean head,
      @Nullable String ifMatch,
      @Nullable String ifUnmodifiedSince,
      @Nullable String ifNoneMatch,
      @Nullable String ifModifiedSince,
      @Nullable String range,
      @Nullable String ifRange,
      @Nullable String acceptEncoding) {
    return new StaticRequest(
        head,
        NOW,
        value(ifMatch),
        value(ifNoneMatch),
        value(ifModifiedSince),
        value(ifUnmodifiedSince),
        range,
        value(ifRange),
        Coding.Accepted.parse(acceptEncoding));
  }

  /** In the order of RFC 9110, 13.2.2; an empty cell is a field that was not sent. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "              |       |               |        | 200",
        // 1: If-Match, strong comparison
        "TAG           |       |               |        | 200",
        "*             |       |               |        | 200",
        "\"x\", TAG    |       |               |        | 200",
        "\"x\"         |       |               |        | 412",
        "W/TAG         |       |               |        | 412",
        "nonsense      |       |               |        | 412",
        "TAG           | OLDER |               |        | 200",
        "\"x\"         | NEWER |               |        | 412",
        // 2: If-Unmodified-Since only without If-Match
        "              | SAME  |               |        | 200",
        "              | NEWER |               |        | 200",
        "              | OLDER |               |        | 412",
        "              | never |               |        | 200",
        // 3: If-None-Match, weak comparison
        "              |       | TAG           |        | 304",
        "              |       | W/TAG         |        | 304",
        "              |       | *             |        | 304",
        "              |       | \"a\", W/\"b\",TAG | | 304",
        "              |       | \"a\"         |        | 200",
        "              |       | \"a, TAG      |        | 200",
        "              |       | \"a\"         | SAME   | 200",
        "              |       | TAG           | OLDER  | 304",
        "TAG           |       | TAG           |        | 304",
        "\"x\"         |       | TAG           |        | 412",
        "              | OLDER | TAG           |        | 412",
        "              | SAME  | TAG           |        | 304",
        // 4: If-Modified-Since only without If-None-Match
        "              |       |               | SAME   | 304",
        "              |       |               | NEWER  | 304",
        "              |       |               | OLDER  | 200",
        "              |       |               | 0      | 200",
        "              |       |               | Sunday, 01-Mar-26 12:00:00 GMT | 304",
        "              |       |               | Sun Mar  1 12:00:00 2026 | 304",
      })
  void preconditionsInOrder(
      @Nullable String ifMatch,
      @Nullable String ifUnmodifiedSince,
      @Nullable String ifNoneMatch,
      @Nullable String ifModifiedSince,
      String expected) {
    Found file = new Found.File("app.js", PLAIN, Map.of());
    for (boolean head : new boolean[] {false, true}) {
      StaticRequest request =
          request(head, ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince, null, null, null);
      assertThat(outcome(StaticDecision.decide(request, file))).isEqualTo(expected);
    }
  }

  /** RFC 9110, 14.1.2 has most of these for a representation of 10,000 bytes; here it is 1,000. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "bytes=0-499      | 206 0-499/1000",
        "bytes=500-999    | 206 500-999/1000",
        "bytes=-500       | 206 500-999/1000",
        "bytes=500-       | 206 500-999/1000",
        "bytes=0-         | 206 0-999/1000",
        "bytes=0-0        | 206 0-0/1000",
        "bytes=-1         | 206 999-999/1000",
        "bytes=999-       | 206 999-999/1000",
        "bytes=0-5000     | 206 0-999/1000",
        "bytes=-5000      | 206 0-999/1000",
        "bytes=900-99999999999999999999999999 | 206 900-999/1000",
        "bytes=-99999999999999999999999999    | 206 0-999/1000",
        "bytes=0000000000000000000000007-8    | 206 7-8/1000",
        "BYTES=1-2        | 206 1-2/1000",
        "bytes=1000-      | 416 */1000",
        "bytes=1000-1001  | 416 */1000",
        "bytes=99999999999999999999999999-    | 416 */1000",
        "bytes=-0         | 416 */1000",
        "bytes=0-0,-1     | 200",
        "bytes=500-600,601-999 | 200",
        "bytes=2-1        | 200",
        "bytes=           | 200",
        "bytes=-          | 200",
        "bytes=a-b        | 200",
        "bytes=1 - 2      | 200",
        "bytes=--1        | 200",
        "bytes=+1-2       | 200",
        "bytes=1-2-3      | 200",
        "bytes=\u0661-2   | 200",
        "bytes 0-1        | 200",
        "lines=0-1        | 200",
        "bytes=1          | 200",
      })
  void ranges(String range, String expected) {
    Found file = new Found.File("app.js", PLAIN, Map.of());
    StaticRequest get = request(false, null, null, null, null, range, null, null);
    assertThat(outcome(StaticDecision.decide(get, file))).isEqualTo(expected);
    StaticRequest head = request(true, null, null, null, null, range, null, null);
    assertThat(outcome(StaticDecision.decide(head, file))).isEqualTo("200");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "app.js | TAG    |      | 206 0-9/1000",
        "app.js | W/TAG  |      | 200",
        "app.js | \"x\"  |      | 200",
        "app.js | TAG, TAG |    | 200",
        "app.js | nonsense |    | 200",
        // Codings share their dates: a date does not tell which one the client has a part of.
        "app.js | SAME   |      | 200",
        "a.mp4  | SAME   |      | 206 0-9/1000",
        "a.mp4  | NEWER  |      | 200",
        "a.mp4  | OLDER  |      | 200",
        // The range is one of what was selected, and a tag names one coding only.
        "app.js |        | gzip | 206 0-9/300 gzip",
        "app.js | GZTAG  | gzip | 206 0-9/300 gzip",
        "app.js | TAG    | gzip | 200 gzip",
        "app.js | GZTAG  |      | 200",
      })
  void ifRangeNamesExactlyWhatIsSelected(
      String name, @Nullable String ifRange, @Nullable String accept, String expected) {
    Found file = new Found.File(name, PLAIN, Map.of(Coding.GZIP, COPY));
    StaticRequest request = request(false, null, null, null, null, "bytes=0-9", ifRange, accept);
    assertThat(outcome(StaticDecision.decide(request, file))).isEqualTo(expected);
  }

  @Test
  void aDateThatIsTooYoungIsNoStrongValidator() {
    Instant young = Instant.ofEpochSecond(NOW - 59);
    Found file = new Found.File("a.mp4", new Found.Facts(1000, young), Map.of());
    String date = HttpDate.format(NOW - 59);
    StaticRequest request = request(false, null, null, null, null, "bytes=0-9", date, null);
    assertThat(outcome(StaticDecision.decide(request, file))).isEqualTo("200");
  }

  @Test
  void emptyFileHasNoPart() {
    Found file = new Found.File("a.mp4", new Found.Facts(0, CHANGED), Map.of());
    StaticRequest end = request(false, null, null, null, null, "bytes=-5", null, null);
    assertThat(outcome(StaticDecision.decide(end, file))).isEqualTo("200");
    StaticRequest start = request(false, null, null, null, null, "bytes=0-", null, null);
    assertThat(outcome(StaticDecision.decide(start, file))).isEqualTo("416 */0");
  }

  @Test
  void conditionsOfWhatIsNotThereDoNotMatter() {
    StaticRequest request = request(false, "TAG", null, "*", null, "bytes=0-1", null, null);
    assertThat(outcome(StaticDecision.decide(request, new Found.Nothing()))).isEqualTo("404");
    assertThat(outcome(StaticDecision.decide(request, new Found.Folder()))).isEqualTo("308");
  }

  /** RFC 9110, 12.5.3. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                              | 200",
        "''                            | 200",
        "gzip                          | 200 gzip",
        "x-gzip                        | 200 gzip",
        "GZip                          | 200 gzip",
        "gzip, deflate, br, zstd       | 200 br",
        "gzip;q=1.0, br;q=0.9          | 200 gzip",
        "zstd;q=0.9, gzip;q=0.8        | 200 zstd",
        "*                             | 200 br",
        "*;q=0                         | 200",
        "br;q=0, *                     | 200 zstd",
        "br;q=0, zstd;q=0.000, *;q=0.1 | 200 gzip",
        "gzip;q=0                      | 200",
        "gzip;q=0.001                  | 200 gzip",
        "identity                      | 200",
        "identity;q=0                  | 200",
        "identity;q=1, *;q=0           | 200",
        "gzip;q=0.5, identity          | 200",
        "gzip;q=0.5, identity;q=0.5    | 200 gzip",
        "gzip , identity; q=0.5        | 200 gzip",
        "gzip;q=2                      | 200",
        "gzip;q=1.001                  | 200",
        "gzip;q=0.0001                 | 200",
        "gzip;q=x                      | 200",
        "gzip;level=9                  | 200",
        "gzipped, brotli               | 200",
        ",,gzip,                       | 200 gzip",
      })
  void contentCodings(@Nullable String accept, String expected) {
    Map<Coding, Found.Facts> copies = Map.of(Coding.BR, COPY, Coding.ZSTD, COPY, Coding.GZIP, COPY);
    StaticRequest request = request(false, null, null, null, null, null, null, accept);
    Found file = new Found.File("app.js", PLAIN, copies);
    assertThat(outcome(StaticDecision.decide(request, file))).isEqualTo(expected);
  }

  @Test
  void eachCodingHasItsOwnTag() {
    assertThat(TAG).startsWith("\"").endsWith("\"").isNotEqualTo(GZIP_TAG);
    Representation later =
        new Representation("app.js", MediaType.of("app.js"), null, 1000, CHANGED.plusNanos(1));
    assertThat(later.etag()).isNotEqualTo(TAG);
  }

  @Test
  void lastModifiedIsNeverInTheFuture() {
    Instant future = Instant.ofEpochSecond(NOW + 1000);
    Representation odd = new Representation("a", MediaType.of("a"), null, 1, future);
    assertThat(odd.lastModified(NOW)).isEqualTo(NOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sun, 06 Nov 1994 08:49:37 GMT   | 784111777",
        "Sunday, 06-Nov-94 08:49:37 GMT  | 784111777",
        "Sun Nov  6 08:49:37 1994        | 784111777",
        "Sun Nov 16 08:49:37 1994        |",
        "Wed Nov 16 08:49:37 1994        | 784975777",
        "Mon, 06 Nov 1994 08:49:37 GMT   |",
        "Sun, 06 Nov 1994 08:49:37 +0000 |",
        "Sun, 6 Nov 1994 08:49:37 GMT    |",
        "Sun, 31 Feb 2021 08:49:37 GMT   |",
        "Someday, 06-Nov-94 08:49:37 GMT |",
        "Monday, 01-Mar-76 00:00:00 GMT  | 3350246400",
        "Monday, 01-Mar-77 00:00:00 GMT  | 226022400",
        "784111777                       |",
        "x                               |",
      })
  void datesInThreeForms(String text, @Nullable Long seconds) {
    assertThat(HttpDate.parse(text, NOW)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "index.html  | text/html; charset=utf-8",
        "A.CSS       | text/css; charset=utf-8",
        "x.min.mjs   | text/javascript; charset=utf-8",
        "a.json      | application/json",
        "a.svg       | image/svg+xml",
        "a.wasm      | application/wasm",
        "a.tar.gz    | application/gzip",
        "a.woff2     | font/woff2",
        "README      | application/octet-stream",
        "html        | application/octet-stream",
        "a.unknown   | application/octet-stream",
        "a.          | application/octet-stream",
      })
  void mediaTypes(String name, String type) {
    assertThat(MediaType.of(name).text()).isEqualTo(type);
  }
}

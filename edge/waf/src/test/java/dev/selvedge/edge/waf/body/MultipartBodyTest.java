package dev.selvedge.edge.waf.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.trace.Trace;
import org.junit.jupiter.api.Test;

class MultipartBodyTest {

  private static MultipartBody read(String names) {
    String body =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; " + names + "\r\n\r\nx\r\n--b--\r\n";
    return MultipartBody.parse(
        Bytes.of("multipart/form-data; boundary=b"), Bytes.of(body), 10, Trace.OFF);
  }

  /** busboy and Werkzeug take the one, PHP takes the other. */
  @Test
  void bothNamesOfAFileAreShownWhereTheyDiffer() {
    MultipartPart part =
        read("filename=\"a.txt\"; filename*=UTF-8''sh%65ll.php").parts().getFirst();
    assertThat(part.fileName()).asString().isEqualTo("a.txt");
    assertThat(part.otherFileName()).asString().isEqualTo("shell.php");
    MultipartPart same = read("filename=\"a.txt\"; filename*=UTF-8''a.txt").parts().getFirst();
    assertThat(same.otherFileName()).isNull();
  }

  @Test
  void aNameGivenTwiceBreaksTheBody() {
    assertThat(read("filename=\"a\"; filename=\"b\"").error()).contains("-15");
    assertThat(read("filename*=UTF-8''a; filename*=UTF-8''b").error()).contains("-15");
  }
}

package dev.selvedge.edge.waf;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.injection.LibinjectionLines;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The requests on which the rules that fire are compared with libmodsecurity's. */
enum OracleCorpus {
  /** Every stage of the CRS's own tests. */
  STAGES,
  /** Every data line of libinjection, as the argument of a request. */
  LINES,
  /** Requests of {@link RequestGenerator}. */
  GENERATED;

  private static final long SEED = 20_261_123L;
  private static final int REQUESTS = 20_000;

  String file() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All of them, always in the same order. */
  List<CrsStage> requests() throws IOException {
    return switch (this) {
      case STAGES ->
          CrsConformanceTest.stages(TestFiles.suite("crs")).stream()
              .map(CrsConformanceTest.Named::stage)
              .toList();
      case LINES -> LibinjectionLines.all().stream().map(OracleCorpus::asked).toList();
      case GENERATED ->
          IntStream.range(0, REQUESTS).mapToObj(i -> RequestGenerator.request(SEED, i)).toList();
    };
  }

  private static CrsStage asked(byte[] value) {
    StringBuilder uri = new StringBuilder("/search?q=");
    for (byte b : value) {
      boolean plain = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
      uri.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    Fields headers = new Fields();
    headers.add(Bytes.of("Host"), Bytes.of("www.example.com"));
    headers.add(Bytes.of("User-Agent"), Bytes.of("Mozilla/5.0 (X11; Linux x86_64)"));
    headers.add(Bytes.of("Accept"), Bytes.of("*/*"));
    return new CrsStage(
        Bytes.of("GET"), Bytes.of(uri.toString()), Bytes.of("HTTP/1.1"), headers, Bytes.EMPTY);
  }
}

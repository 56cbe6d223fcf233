package dev.selvedge.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The small values: known fields, sizes, ids, metrics. */
class ValuesTest {

  @Test
  void findsEveryKnownFieldAndNoOther() {
    SplittableRandom random = new SplittableRandom(1);
    for (KnownField field : KnownField.values()) {
      byte[] name = ("xx" + field.fieldName()).getBytes(StandardCharsets.US_ASCII);
      assertThat(KnownField.id(name, 2, name.length - 2)).isEqualTo(field.id());
      assertThat(KnownField.of(field.id())).isEqualTo(field);
      for (int i = 0; i < 100; i++) {
        byte[] other = name.clone();
        other[2 + random.nextInt(name.length - 2)] ^= (byte) (1 << random.nextInt(5));
        int id = KnownField.id(other, 2, other.length - 2);
        String text = new String(other, 2, other.length - 2, StandardCharsets.ISO_8859_1);
        assertThat(id == KnownField.NONE || KnownField.of(id).fieldName().equals(text)).isTrue();
      }
    }
    assertThat(KnownField.id(new byte[] {'t'}, 0, 1)).isEqualTo(KnownField.NONE);
  }

  @Test
  void readsSizes() {
    assertThat(ByteSize.parse("64KiB").bytes()).isEqualTo(65_536);
    assertThat(ByteSize.parse("10MB").bytes()).isEqualTo(10_000_000);
    assertThat(ByteSize.parse(ByteSize.ofMebibytes(3).toString())).hasToString("3MiB");
    for (String bad : new String[] {"", "1", "KiB", "-1B", "1.5MiB", "99999999999GiB", "1TB"}) {
      assertThatThrownBy(() -> ByteSize.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void writesAndReadsRequestIds() {
    byte[] id = new byte[RequestId.LENGTH];
    RequestId.write(id, 0, -2, 255, (1L << 40) - 1);
    String text = new String(id, StandardCharsets.US_ASCII);
    assertThat(text).isEqualTo("fffffffeffffffffffff");
    assertThat(RequestId.process(text)).isEqualTo(0xFFFFFFFEL);
    assertThat(RequestId.loop(text)).isEqualTo(255);
    assertThat(RequestId.sequence(text)).isEqualTo((1L << 40) - 1);
    assertThat(RequestId.loop("nothing")).isEqualTo(-1);
  }

  @Test
  void sumsShardsAndFillsBuckets() {
    Metrics metrics = new Metrics();
    int counter = metrics.counter("c", "help", "");
    int histogram = metrics.histogram("h", "help", "");
    Metrics.Shard one = metrics.shard();
    Metrics.Shard two = metrics.shard();
    one.add(counter, 2);
    two.add(counter, 3);
    assertThat(metrics.sum(counter)).isEqualTo(5);
    for (int bucket = 0; bucket < Metrics.BUCKETS - 1; bucket++) {
      one.observe(histogram, Metrics.bucketBound(bucket));
      two.observe(histogram, Metrics.bucketBound(bucket) + 1);
    }
    assertThat(metrics.sum(histogram)).isEqualTo(1);
    assertThat(metrics.sum(histogram + 1)).as("bounds are inclusive").isEqualTo(2);
    assertThat(metrics.sum(histogram + Metrics.BUCKETS + 1)).isEqualTo(2L * Metrics.BUCKETS - 2);
  }
}

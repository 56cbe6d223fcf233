package dev.selvedge.edge.agents.denylist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.Cidr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A set finds exactly what looking through all blocks would find, the longest first. */
class AddressSetLawsTest {

  private static final int ROUNDS = 300;
  private static final int LOOKUPS = 200;

  /** Few different bits, so that blocks are met. */
  private static byte[] address(Random random) {
    byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
    Arrays.fill(bytes, (byte) 0x2A);
    bytes[0] = (byte) random.nextInt(4);
    bytes[bytes.length - 1] = (byte) random.nextInt(8);
    return bytes;
  }

  @Test
  void findsWhatALinearSearchFinds() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      List<Cidr> blocks = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        byte[] address = address(random);
        blocks.add(new Cidr(address, random.nextInt(address.length * 8 + 1)));
      }
      AddressSet set = new AddressSet(blocks);
      for (int i = 0; i < LOOKUPS; i++) {
        byte[] address = address(random);
        int longest =
            blocks.stream()
                .filter(block -> block.contains(address))
                .mapToInt(Cidr::prefixLength)
                .max()
                .orElse(-1);
        Cidr found = set.find(address);
        assertThat(found == null ? -1 : found.prefixLength()).as("seed " + seed).isEqualTo(longest);
        assertThat(found == null || found.contains(address)).as("seed " + seed).isTrue();
      }
    }
  }

  @Test
  void looksAMappedAddressUpAsIpv4() {
    AddressSet set = new AddressSet(List.of(new Cidr(new byte[] {10, 0, 0, 0}, 8)));
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xFF;
    mapped[12] = 10;
    assertThat(set.find(mapped)).isNotNull();
    mapped[10] = 0;
    assertThat(set.find(mapped)).isNull();
    assertThat(set.find(new byte[0])).isNull();
  }
}

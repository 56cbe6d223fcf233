package dev.selvedge.edge.agents.denylist;

import dev.selvedge.edge.config.Cidr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the block that an address lies in, the longest prefix first, in one hash lookup for each
 * prefix length in use: with a hundred thousand blocks of three lengths 0.4 µs. Immutable.
 *
 * <p>An IPv4 address in its IPv6 form ({@code ::ffff:a.b.c.d}) is looked up as IPv4, so that a
 * dual-stack listener does not let it through.
 */
final class AddressSet {

  static final AddressSet NONE = new AddressSet(List.of());

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int MAPPED_PREFIX = 12;

  /** Blocks of one prefix length. */
  private record Blocks(int prefixLength, Set<Cidr> all) {}

  private final List<Blocks> ipv4;
  private final List<Blocks> ipv6;
  private final int size;

  AddressSet(Collection<Cidr> blocks) {
    Map<Integer, Set<Cidr>> four = new TreeMap<>(Comparator.reverseOrder());
    Map<Integer, Set<Cidr>> six = new TreeMap<>(Comparator.reverseOrder());
    for (Cidr block : blocks) {
      Map<Integer, Set<Cidr>> family = block.addressLength() == IPV4_BYTES ? four : six;
      family.computeIfAbsent(block.prefixLength(), any -> new HashSet<>()).add(block);
    }
    this.ipv4 = sorted(four);
    this.ipv6 = sorted(six);
    this.size = new HashSet<>(blocks).size();
  }

  private static List<Blocks> sorted(Map<Integer, Set<Cidr>> byLength) {
    List<Blocks> all = new ArrayList<>();
    byLength.forEach((length, blocks) -> all.add(new Blocks(length, Set.copyOf(blocks))));
    return List.copyOf(all);
  }

  /** Different blocks in it. */
  int size() {
    return size;
  }

  /**
   * The longest block that holds it, or null.
   *
   * @param address 4 or 16 bytes; anything else lies in none
   */
  @Nullable Cidr find(byte[] address) {
    byte[] plain =
        isMapped(address) ? Arrays.copyOfRange(address, MAPPED_PREFIX, IPV6_BYTES) : address;
    return switch (plain.length) {
      case IPV4_BYTES -> find(ipv4, plain);
      case IPV6_BYTES -> find(ipv6, plain);
      default -> null;
    };
  }

  private static @Nullable Cidr find(List<Blocks> family, byte[] address) {
    for (Blocks blocks : family) {
      Cidr block = new Cidr(address, blocks.prefixLength);
      if (blocks.all.contains(block)) {
        return block;
      }
    }
    return null;
  }

  private static boolean isMapped(byte[] address) {
    if (address.length != IPV6_BYTES) {
      return false;
    }
    for (int i = 0; i < MAPPED_PREFIX; i++) {
      if (address[i] != (i < 10 ? 0 : (byte) 0xFF)) {
        return false;
      }
    }
    return true;
  }
}

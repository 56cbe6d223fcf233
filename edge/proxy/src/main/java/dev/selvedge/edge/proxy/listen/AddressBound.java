package dev.selvedge.edge.proxy.listen;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections per client address, never above a bound. Thread-safe.
 *
 * <p>One map entry per address that has a connection, so at most as many as there may be
 * connections. Asked once per accept; the map holds the lock of one bin for the time of an
 * increment.
 */
final class AddressBound {

  private final ConcurrentHashMap<Key, Integer> counts = new ConcurrentHashMap<>();

  /** Takes a place for the address, or says that it has as many as it may. */
  boolean tryAcquire(byte[] address, int limit) {
    Key key = new Key(address);
    int now = counts.merge(key, 1, Integer::sum);
    if (now > limit) {
      release(address);
      return false;
    }
    return true;
  }

  /** Gives a place back. */
  void release(byte[] address) {
    counts.computeIfPresent(new Key(address), (key, count) -> count == 1 ? null : count - 1);
  }

  /** Addresses that hold a place. */
  int size() {
    return counts.size();
  }

  /** An address by value. Immutable: nobody writes to the array. */
  private record Key(byte[] address) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && Arrays.equals(address, that.address);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(address);
    }
  }
}

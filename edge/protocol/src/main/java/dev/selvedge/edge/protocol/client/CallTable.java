package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one connection by id, without a map and without garbage: the low 16 bits of an id are a
 * slot, the high 16 its generation, so that an id that is over cannot be taken for its successor.
 *
 * <p>Slots are made on demand up to the bound and reused, the one freed last first. Confined to its
 * event loop.
 */
final class CallTable<C> {

  private static final int SLOT_BITS = 16;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final int FIRST_GENERATION = 1 << SLOT_BITS;

  private final List<OpenCall<C>> slots = new ArrayList<>();
  private int[] free = new int[16];
  private int freeCount;
  private int bound;
  private int openCount;

  void bound(int calls) {
    bound = calls;
  }

  /** How many are open, cancelled ones that the agent did not confirm included. */
  int openCount() {
    return openCount;
  }

  /** A slot with a fresh id, or null at the bound. */
  @Nullable OpenCall<C> take() {
    if (openCount >= bound) {
      return null;
    }
    OpenCall<C> slot = freeCount > 0 ? slots.get(free[--freeCount]) : grow();
    int next = slot.id + FIRST_GENERATION;
    slot.id = next >>> SLOT_BITS == 0 ? next + FIRST_GENERATION : next;
    openCount++;
    return slot;
  }

  private OpenCall<C> grow() {
    OpenCall<C> slot = new OpenCall<>();
    slot.id = slots.size();
    slots.add(slot);
    return slot;
  }

  void free(OpenCall<C> slot) {
    slot.open = false;
    slot.call = null;
    openCount--;
    if (freeCount == free.length) {
      free = java.util.Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = slot.id & SLOT_MASK;
  }

  /** The call of that id if it is open, else null. */
  @Nullable OpenCall<C> find(int id) {
    int index = id & SLOT_MASK;
    if (index >= slots.size()) {
      return null;
    }
    OpenCall<C> slot = slots.get(index);
    return slot.id == id && slot.open ? slot : null;
  }

  /** The call an agent speaks about; it must be open. */
  OpenCall<C> require(int id) {
    OpenCall<C> slot = find(id);
    if (slot != null) {
      return slot;
    }
    int index = id & SLOT_MASK;
    if (index < slots.size() && slots.get(index).id == id) {
      throw Violation.DOUBLE_DECISION.because("call " + id + " is over");
    }
    throw Violation.UNKNOWN_CALL.because("call " + id);
  }

  /** Whether a call cancelled at that count of answers, or before, is still open. */
  boolean anyCancelledUpTo(long answers) {
    for (int i = 0; i < slots.size(); i++) {
      OpenCall<C> slot = slots.get(i);
      if (slot.open && slot.call == null && slot.cancelledAt <= answers) {
        return true;
      }
    }
    return false;
  }

  /** All slots that are open. */
  List<OpenCall<C>> open() {
    return slots.stream().filter(slot -> slot.open).toList();
  }
}

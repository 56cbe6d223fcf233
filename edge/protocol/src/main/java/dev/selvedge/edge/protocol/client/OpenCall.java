package dev.selvedge.edge.protocol.client;

import dev.selvedge.edge.protocol.CallRules;
import dev.selvedge.edge.protocol.ReceiveWindow;
import org.jspecify.annotations.Nullable;

/** One call's state, pooled by its {@link CallTable}. Confined to its event loop. */
final class OpenCall<C> {

  final CallRules rules = new CallRules();
  final ReceiveWindow window = new ReceiveWindow(0);
  int id;

  /** Null once cancelled: nobody is told about the call any more. */
  @Nullable C call;

  boolean open;

  /** Its owner wants to hear of credit. */
  boolean waiting;

  /** Stands in the line of those that wait, perhaps for a call before this one. */
  boolean inLine;

  /** Questions for health answered when it was cancelled. */
  long cancelledAt;

  int credit;

  void start(C owner, int callCredit, int windowBytes) {
    call = owner;
    open = true;
    waiting = false;
    credit = callCredit;
    window.reset(windowBytes);
    rules.reset();
  }
}

package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.record.DecisionRecord;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The id of one exchange: ours, or the one a trusted peer gave. Confined to its event loop. */
final class ExchangeId {

  private final byte[] own = new byte[RequestId.LENGTH];
  private byte @Nullable [] foreign;

  void begin(int process, int loop, long sequence) {
    foreign = null;
    RequestId.write(own, 0, process, loop, sequence);
  }

  /** Takes the id that the head carries, if hygiene has left one. */
  void takeOver(HttpHead head, DecisionRecord record) {
    int at = FieldHygiene.foreignId(head);
    if (at >= 0) {
      int start = head.valueStart(at);
      foreign = Arrays.copyOfRange(head.bytes(), start, start + head.valueLength(at));
      record.foreignId(foreign, 0, foreign.length);
    }
  }

  byte[] bytes() {
    byte[] given = foreign;
    return given == null ? own : given;
  }
}

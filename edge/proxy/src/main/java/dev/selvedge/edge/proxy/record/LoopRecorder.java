package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.Metrics;

/**
 * Keeps the finished records of one event loop: the ring of all, the ring of notable ones, the
 * access line and the refusal line. Never waits and, once its rings were filled, never allocates.
 *
 * <p>Made by {@link Records#recorderFor}. {@link #finish} is confined to its event loop.
 */
final class LoopRecorder implements Recorder {

  /** Bytes of access lines that may wait for the writer. */
  static final int ACCESS_BYTES = 256 * 1024;

  /** Bytes of refusal lines that may wait for the writer. */
  static final int REFUSAL_BYTES = 64 * 1024;

  private final RecordRing all;
  private final NotableRing notable;
  private final LineRing access = new LineRing(ACCESS_BYTES);
  private final LineRing refusals = new LineRing(REFUSAL_BYTES);
  private final RefusalCap cap = new RefusalCap();
  private final LineEncoder encoder;
  private final LogWriter writer;
  private final Metrics.Shard metrics;
  private final LogMetrics slots;

  LoopRecorder(
      RecordRing all,
      NotableRing notable,
      LineEncoder encoder,
      LogWriter writer,
      Metrics.Shard metrics,
      LogMetrics slots) {
    this.all = all;
    this.notable = notable;
    this.encoder = encoder;
    this.writer = writer;
    this.metrics = metrics;
    this.slots = slots;
    writer.add(access, refusals);
  }

  @Override
  public void finish(DecisionRecord record) {
    all.add(record);
    if (record.notable()) {
      keepNotable(record);
    }
    if (writer.accessLines()) {
      offer(access, encoder.access(record), slots.accessDropped());
    }
  }

  private void keepNotable(DecisionRecord record) {
    long second = (record.epochMillis + record.durationNanos / 1_000_000) / 1000;
    notable.add(record, second);
    long suppressed = cap.pass(record, second);
    if (suppressed == RefusalCap.SUPPRESSED) {
      metrics.add(slots.refusalsSuppressed(), 1);
    } else {
      offer(refusals, encoder.notable(record, suppressed), slots.refusalsDropped());
    }
  }

  private void offer(LineRing ring, int length, int droppedSlot) {
    switch (ring.offer(encoder.line(), length)) {
      case TAKEN -> {}
      case TAKEN_WAKE -> writer.wake();
      case FULL -> metrics.add(droppedSlot, 1);
    }
  }
}

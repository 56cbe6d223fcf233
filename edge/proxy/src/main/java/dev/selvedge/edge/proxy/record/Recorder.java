package dev.selvedge.edge.proxy.record;

/** Takes the finished record of each exchange of one event loop. Confined to its event loop. */
public interface Recorder {

  /** Copies what it keeps; the record is reused at once. */
  void finish(DecisionRecord record);

  /** Keeps nothing. */
  Recorder NONE = record -> {};
}

package dev.selvedge.edge.proxy.rig;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the proxy tells its operator, from the making of this to its close. Thread-safe. */
public final class ToldLines extends Handler implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger("selvedge.proxy");

  private final List<String> lines = new CopyOnWriteArrayList<>();

  private ToldLines() {}

  public static ToldLines listen() {
    ToldLines told = new ToldLines();
    LOG.addHandler(told);
    return told;
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void publish(LogRecord entry) {
    lines.add(String.valueOf(entry.getMessage()));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOG.removeHandler(this);
  }
}

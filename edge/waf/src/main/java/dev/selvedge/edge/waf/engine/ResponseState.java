package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;

/**
 * A response as rules see it.
 *
 * <p>Not thread-safe.
 */
final class ResponseState {
  int status;
  byte[] protocol = Bytes.EMPTY;
  byte[] contentType = Bytes.EMPTY;
  final Fields headers = new Fields();
  final ByteOutput body = new ByteOutput(0);
  byte[] bodyBytes = Bytes.EMPTY;
  boolean bodyOverLimit;
}

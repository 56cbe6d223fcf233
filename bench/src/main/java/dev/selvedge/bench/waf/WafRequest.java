package dev.selvedge.bench.waf;

import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One request as bytes, for either side. Immutable: the arrays are not written after construction.
 *
 * @param names of the fields, in order, with {@code values} beside them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WafRequest(byte[] method, byte[] uri, List<byte[]> names, List<byte[]> values, byte[] body) {
  private static final byte[] PROTOCOL = bytes("HTTP/1.1");
  private static final byte[] VERSION = bytes("1.1");
  private static final Connection CONNECTION = new Connection("192.0.2.7", 33333, "192.0.2.1", 80);

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** All of the head and the body, as a measure of size. */
  int size() {
    int size = method.length + uri.length + body.length;
    for (int i = 0; i < names.size(); i++) {
      size += names.get(i).length + values.get(i).length;
    }
    return size;
  }

  /** Runs it to the end; the verdict is in the transaction. */
  void inspect(Transaction transaction) {
    transaction.connection(CONNECTION);
    Fields fields = new Fields();
    for (int i = 0; i < names.size(); i++) {
      fields.add(names.get(i), values.get(i));
    }
    Verdict verdict = transaction.requestHead(method, uri, PROTOCOL, fields);
    if (verdict instanceof Verdict.Allow) {
      transaction.requestBody(body);
      transaction.requestBodyEnd();
    }
    transaction.end();
  }

  /** Writes it as the C driver reads it. */
  void writeTo(DataOutputStream out) throws IOException {
    write(method, out);
    write(uri, out);
    write(VERSION, out);
    out.writeInt(names.size());
    for (int i = 0; i < names.size(); i++) {
      write(names.get(i), out);
      write(values.get(i), out);
    }
    write(body, out);
  }

  private static void write(byte[] text, DataOutputStream out) throws IOException {
    out.writeInt(text.length);
    out.write(text);
    out.write(0);
  }
}

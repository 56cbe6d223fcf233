package dev.selvedge.edge.proxy.service;

import dev.selvedge.edge.proxy.exchange.ClientStream;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes down what it gets and gives credit back as the test says. Confined to the
 * event loop of its rig until {@link #done} is complete.
 */
public final class FakeClient implements ClientStream {

  /** What is called with the number of bytes that a flush sent off. */
  public IntConsumer onFlush = bytes -> {};

  /** Completes with the end of the answer, whatever it is. */
  public final CompletableFuture<FakeClient> done = new CompletableFuture<>();

  public final List<String[]> fields = new ArrayList<>();
  public final ByteArrayOutputStream body = new ByteArrayOutputStream();
  public int status;
  public long length;
  public boolean bodyFollows;
  public boolean ended;
  public @Nullable Failure reset;
  public long requestCredit;
  public long unflushed;
  public long outstanding;
  public long mostOutstanding;
  public int chunks;
  public int largestChunk;

  @Override
  public void requestCredit(int bytes) {
    requestCredit += bytes;
  }

  @Override
  public void informational(HttpHead head) {
    throw new AssertionError("no service here sends interim answers");
  }

  @Override
  public void respond(HttpHead head, long bodyLength, boolean follows) {
    check(status == 0, "two answers");
    status = head.status();
    length = bodyLength;
    bodyFollows = follows;
    for (int i = 0; i < head.fieldCount(); i++) {
      fields.add(new String[] {head.name(i), head.value(i)});
    }
    ended = !follows;
  }

  @Override
  public void responseChunk(ByteBuf chunk) {
    check(bodyFollows && !ended && reset == null, "a chunk outside of a body");
    int count = chunk.readableBytes();
    byte[] bytes = new byte[count];
    chunk.readBytes(bytes);
    chunk.release();
    body.writeBytes(bytes);
    chunks++;
    largestChunk = Math.max(largestChunk, count);
    unflushed += count;
    outstanding += count;
    mostOutstanding = Math.max(mostOutstanding, outstanding);
  }

  @Override
  public void responseEnd(@Nullable HttpHead trailers) {
    check(bodyFollows && !ended && reset == null, "an end outside of a body");
    ended = true;
  }

  @Override
  public void responseReset(Failure why) {
    check(!ended && reset == null, "a reset behind the end");
    reset = why;
  }

  @Override
  public void switchProtocols(HttpHead head, byte[] protocol) {
    throw new AssertionError("no service here upgrades");
  }

  @Override
  public boolean withdraw() {
    return false;
  }

  @Override
  public void closeAfterAnswer() {}

  @Override
  public byte @Nullable [] upgradeOffer() {
    return null;
  }

  @Override
  public int httpVersion() {
    return 11;
  }

  @Override
  public void flush() {
    int bytes = (int) unflushed;
    unflushed = 0;
    if (ended || reset != null) {
      done.complete(this);
    }
    if (bytes > 0) {
      onFlush.accept(bytes);
    }
  }

  private void check(boolean condition, String otherwise) {
    if (!condition) {
      AssertionError error = new AssertionError(otherwise);
      done.completeExceptionally(error);
      throw error;
    }
  }

  /** The one value of a field; null where there is none. */
  public @Nullable String field(String name) {
    String found = null;
    for (String[] field : fields) {
      if (field[0].equals(name)) {
        check(found == null, name + " is there twice");
        found = field[1];
      }
    }
    return found;
  }

  /** The one value of a field that must be there. */
  public String value(String name) {
    return java.util.Objects.requireNonNull(field(name), name);
  }

  public String text() {
    return body.toString(StandardCharsets.UTF_8);
  }
}

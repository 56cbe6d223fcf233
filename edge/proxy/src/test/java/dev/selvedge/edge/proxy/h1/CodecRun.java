package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of messages in pieces with the codec's own readers, as a connection does, and
 * writes down what it understood. Not thread-safe.
 */
final class CodecRun {

  /** Small, so that generated input reaches the bounds. */
  static final HeadLimits LIMITS = new HeadLimits(512, 8, 24, 64, 64);

  private enum State {
    HEAD,
    BODY,
    ENDED
  }

  private final boolean request;
  private final int step;
  private final HeadReader heads;
  private final BodyReader body = new BodyReader(LIMITS);
  private final Framing framing = new Framing();
  private final HttpHead head = new HttpHead();
  private final ByteBuf input = Unpooled.buffer();
  private final StringBuilder data = new StringBuilder();
  private final List<String> understood = new ArrayList<>();
  private State state = State.HEAD;

  private CodecRun(boolean request, int step) {
    this.request = request;
    this.step = step;
    this.heads = new HeadReader(request, LIMITS);
  }

  /**
   * Reads the bytes cut at these places.
   *
   * @param cuts in any order; reduced to the length
   * @param step most bytes of body taken at a time
   * @return a line for each head and body, then how it ended
   */
  static List<String> read(byte[] bytes, int[] cuts, int step, boolean request) {
    CodecRun run = new CodecRun(request, step);
    int[] sorted = Arrays.stream(cuts).map(cut -> cut % (bytes.length + 1)).sorted().toArray();
    int at = 0;
    for (int cut : sorted) {
      run.take(bytes, at, cut);
      at = cut;
    }
    run.take(bytes, at, bytes.length);
    run.end();
    run.input.release();
    return run.understood;
  }

  private void take(byte[] bytes, int from, int to) {
    input.writeBytes(bytes, from, to - from);
    while (state != State.ENDED && input.isReadable()) {
      int before = input.readableBytes();
      State was = state;
      if (state == State.HEAD) {
        readHead();
      } else {
        readBody();
      }
      if (input.readableBytes() == before && state == was) {
        return;
      }
    }
  }

  private void readHead() {
    switch (heads.read(input, head)) {
      case PARTIAL -> {}
      case REFUSED -> ended("refused");
      case COMPLETE -> {
        FailureCode bad =
            request
                ? framing.request(head, heads.version10())
                : framing.response(head, heads.version10(), false);
        if (bad != null) {
          ended("refused");
          return;
        }
        understood.add(describe(head, framing, heads.version10(), request));
        body.begin(framing.length());
        state = State.BODY;
        if (body.done()) {
          bodyDone();
        }
      }
    }
  }

  static String describe(HttpHead head, Framing framing, boolean version10, boolean request) {
    StringBuilder text = new StringBuilder();
    if (request) {
      text.append(head.method()).append(' ');
      text.append(head.text(head.targetStart(), head.targetLength()));
    } else {
      text.append(head.status());
    }
    text.append(version10 ? " 1.0" : " 1.1");
    for (int i = 0; i < head.fieldCount(); i++) {
      text.append('|').append(head.name(i)).append('=').append(head.value(i));
    }
    return text + "| length " + framing.length() + " alive " + framing.keepAlive();
  }

  private void readBody() {
    ByteBuf chunk = body.next(input, step);
    if (chunk != null) {
      data.append(chunk.toString(StandardCharsets.ISO_8859_1));
      chunk.release();
    }
    if (body.broken()) {
      ended("broken");
    } else if (body.done()) {
      bodyDone();
    }
  }

  private void bodyDone() {
    understood.add("body " + data + trailers(body.trailers()));
    data.setLength(0);
    head.clear();
    heads.reset(LIMITS);
    state = State.HEAD;
  }

  private static String trailers(@Nullable HttpHead trailers) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; trailers != null && i < trailers.fieldCount(); i++) {
      text.append('|').append(trailers.name(i)).append('=').append(trailers.value(i));
    }
    return text.toString();
  }

  private void ended(String how) {
    understood.add(how);
    state = State.ENDED;
  }

  private void end() {
    switch (state) {
      case HEAD -> ended("open");
      case BODY -> ended("open body " + data);
      case ENDED -> {}
    }
  }
}

package dev.selvedge.edge.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.exchange.ClientSettings;
import dev.selvedge.edge.proxy.loop.Bounds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What arrives is taken in order, against credit, and holds no more memory than it must. */
class InboxTest {

  private static final int WINDOW = 256 * 1024;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Bounds buffered = new Bounds(1000);
  private final Taker taker = new Taker();
  private final Inbox inbox =
      new Inbox(PooledByteBufAllocator.DEFAULT, new ReadSize(), buffered, taker);

  {
    inbox.attach(channel);
  }

  @AfterEach
  void close() {
    inbox.close();
    channel.close();
  }

  private static ByteBuf bytes(int size, int capacity) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(capacity).writeBytes(new byte[size]);
  }

  /** A receiver that takes everything against credit, as raw bytes, and is asked from within. */
  private final class Taker implements Inbox.Owner {
    private final StringBuilder events = new StringBuilder();
    private long taken;
    private int memory;

    @Override
    public boolean take(ByteBuf in) {
      if (inbox.credit() <= 0) {
        return false;
      }
      ByteBuf chunk = inbox.takeRaw(in);
      taken += chunk.readableBytes();
      ByteBuf root = chunk;
      while (root.unwrap() != null) {
        root = root.unwrap();
      }
      memory = root.capacity();
      if (chunk.isReadable() && chunk.getByte(0) != 0) {
        events.append(chunk.toString(StandardCharsets.US_ASCII));
      }
      chunk.release();
      inbox.process();
      return true;
    }

    @Override
    public void flushDelivered() {
      events.append('|');
    }

    @Override
    public void endOfInput() {
      events.append("end");
    }

    @Override
    public boolean onCredit() {
      return true;
    }

    @Override
    public long expected() {
      return Long.MAX_VALUE;
    }

    @Override
    public void readingChanged() {
      events.append(inbox.waitsForPeer() ? 'R' : 'P');
    }
  }

  private static ByteBuf text(String text) {
    return PooledByteBufAllocator.DEFAULT
        .directBuffer(text.length())
        .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void tellsTheEndOnceBehindTheLastByte() {
    inbox.credit(2);
    inbox.received(text("abc"));
    inbox.event(ChannelInputShutdownEvent.INSTANCE);
    inbox.event(ChannelInputShutdownEvent.INSTANCE);
    assertThat(taker.events).hasToString("ab|P");
    inbox.grant(1);
    inbox.process();
    assertThat(taker.events).hasToString("ab|Pc|end");
  }

  @Test
  void pausesWithoutCreditAndGoesOnWithIt() {
    inbox.credit(3);
    inbox.received(text("abc"));
    assertThat(channel.config().isAutoRead()).isFalse();
    inbox.grant(1);
    inbox.process();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(taker.events).hasToString("abc|PR");
  }

  @Test
  void keepsMemoryInProportionToBytes() {
    inbox.credit(WINDOW);
    inbox.received(bytes(100, WINDOW));
    assertThat(taker.memory).isLessThan(4 * 100);
    inbox.received(bytes(WINDOW / 2, WINDOW));
    assertThat(taker.memory).isEqualTo(WINDOW);
  }

  @Test
  void keepsASmallWindowWhileHalfOfAllBytesAreInUse() {
    inbox.credit(WINDOW);
    buffered.add(500);
    inbox.received(bytes(WINDOW, WINDOW));
    assertThat(taker.taken).isEqualTo(ClientSettings.PRESSED_WINDOW);
    inbox.grant(1000);
    inbox.process();
    assertThat(taker.taken).isEqualTo(ClientSettings.PRESSED_WINDOW + 1000);
    buffered.add(-1);
    inbox.process();
    assertThat(taker.taken).isEqualTo(WINDOW);
  }
}

package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.kernel.HttpHead;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call: gathers a body within its limit and the agent's memory, has it judged, answers.
 *
 * <p>Small work is done at once on the loop; larger bodies go to workers, so that a megabyte does
 * not hold the heads of other calls up. Confined to its loop but for the judging, during which no
 * event of the call can come but its end.
 */
final class Inspection {

  /** What a call keeps besides bytes of heads and bodies: parsed fields, variables, matches. */
  private static final int CALL_BYTES = 16 << 10;

  /**
   * How often a body's bytes stand in memory: gathered or inflated, kept for the rules, cut into
   * values, by two parsers where it is JSON under another name.
   */
  private static final long BODY_COPIES = 4;

  private static final String NO_MEMORY = "the memory for inspection is used up (max-buffered)";

  private static final int INLINE_BYTES_MAX = 16 << 10;
  private static final int TOO_LARGE = 413;

  private interface Judging {
    @Nullable Judgement judge();
  }

  private final LoadedRules rules;
  private final AgentCall call;
  private final BodyMemory memory;
  private final Executor workers;
  private final int limit;
  private final boolean blocksOver;

  /** The call itself and a judging under way: memory is given back when neither needs it. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private volatile boolean ended;
  private long taken;
  private @Nullable Exam exam;
  private @Nullable Subject subject;
  private Coding coding = Coding.IDENTITY;
  private ByteOutput body = new ByteOutput(0);
  private long bodyBytes;
  private boolean last;
  private boolean silent;
  private boolean decided;

  Inspection(LoadedRules rules, AgentCall call, BodyMemory memory, Executor workers) {
    this.rules = rules;
    this.call = call;
    this.memory = memory;
    this.workers = workers;
    this.limit = rules.settings().limits().bytes();
    this.blocksOver = rules.settings().limits().blocks();
  }

  void request(RequestHeaders request, int flags) {
    silent = Flags.has(flags, Flags.NO_REPLY);
    last = Flags.has(flags, Flags.LAST) || !toldOfAnswers();
    if (!take(CALL_BYTES + request.head().length())) {
      return;
    }
    exam = new Exam(rules, this::takeInflated);
    subject = Subject.of(request);
    coding = Coding.of(request.head());
    boolean body = !Flags.has(flags, Flags.END) && call.told(EventType.REQUEST_BODY);
    if (body && !silent) {
      call.decide(Decision.NEEDS_MORE);
    } else {
      judgeRequest(-1);
    }
  }

  private boolean toldOfAnswers() {
    return call.told(EventType.RESPONSE_HEADERS) || call.told(EventType.RESPONSE_BODY);
  }

  void requestChunk(byte[] chunk, boolean end) {
    if (gathered(chunk) && end) {
      judgeRequest(bodyBytes);
    }
  }

  /** Takes a chunk; false where the call is answered already. */
  private boolean gathered(byte[] chunk) {
    if (decided) {
      return false;
    }
    bodyBytes += chunk.length;
    int room = (int) Math.min(chunk.length, limit - (long) body.size());
    if (room < chunk.length && blocksOver && !answering()) {
      answer(Judgement.refused(TOO_LARGE, "waf:body-over-limit"), true);
      return false;
    }
    if (!take(BODY_COPIES * room)) {
      return false;
    }
    body.add(chunk, 0, room);
    return true;
  }

  private boolean answering() {
    return subject == null;
  }

  private void judgeRequest(long bytes) {
    Exam now = exam;
    Subject about = subject;
    if (now == null || about == null) {
      return;
    }
    byte[] whole = body.toBytes();
    body = new ByteOutput(0);
    subject = null;
    boolean quiet = silent;
    judge(whole.length, () -> now.request(about, coding, whole, bytes, last), last, quiet);
  }

  void response(HttpHead head, int flags) {
    Exam now = exam;
    silent = Flags.has(flags, Flags.NO_REPLY);
    if (now == null) {
      reply(Judgement.CLEAN, true, silent);
      return;
    }
    bodyBytes = 0;
    coding = Coding.of(head);
    if (!take(head.length())) {
      return;
    }
    boolean wanted = now.responseHead(head.status(), Subject.fields(head));
    boolean body = !Flags.has(flags, Flags.END) && call.told(EventType.RESPONSE_BODY);
    if (wanted && body && !silent) {
      decided = false;
      call.decide(Decision.NEEDS_MORE);
    } else {
      judge(0, now::response, true, silent);
    }
  }

  void responseChunk(byte[] chunk, boolean end) {
    Exam now = exam;
    if (!gathered(chunk) || !end || now == null) {
      return;
    }
    byte[] whole = body.toBytes();
    boolean over = bodyBytes > whole.length;
    judge(whole.length, () -> now.response(coding, whole, over), true, false);
  }

  private void judge(int bytes, Judging judging, boolean end, boolean quiet) {
    if (bytes == 0 || bytes <= INLINE_BYTES_MAX && coding instanceof Coding.Identity) {
      reply(judging.judge(), end, quiet);
      return;
    }
    holders.incrementAndGet();
    try {
      workers.execute(() -> work(judging, end, quiet));
    } catch (RejectedExecutionException full) {
      release();
      giveUp("too many bodies wait for inspection");
    }
  }

  private void work(Judging judging, boolean end, boolean quiet) {
    try {
      if (!ended) {
        reply(judging.judge(), end, quiet);
      }
    } catch (RuntimeException bug) {
      call.giveUp(String.valueOf(bug));
    } finally {
      release();
    }
  }

  private void reply(@Nullable Judgement judgement, boolean end, boolean quiet) {
    Exam now = exam;
    if (judgement == null) {
      giveUp(NO_MEMORY);
    } else if (!quiet) {
      answer(judgement, end);
    } else if (now != null) {
      now.tellAgain();
    }
  }

  private void answer(Judgement judgement, boolean end) {
    decided = true;
    boolean over = end || judgement.blocks();
    Decision decision = judgement.decision(over);
    if (over) {
      call.decideLast(decision);
    } else {
      call.decide(decision);
    }
  }

  private boolean take(long bytes) {
    if (taken(bytes)) {
      return true;
    }
    giveUp(NO_MEMORY);
    return false;
  }

  private boolean taken(long bytes) {
    boolean free = memory.take(bytes);
    taken += free ? bytes : 0;
    return free;
  }

  /** Of a compressed body; the judging holds the call's memory, so that its end gives this back. */
  private boolean takeInflated(long bytes) {
    return taken(BODY_COPIES * bytes);
  }

  private void giveUp(String reason) {
    decided = true;
    call.giveUp(reason);
  }

  /** The call is over. */
  void end() {
    ended = true;
    exam = null;
    subject = null;
    body = new ByteOutput(0);
    release();
  }

  private void release() {
    if (holders.decrementAndGet() == 0) {
      memory.give(taken);
    }
  }
}

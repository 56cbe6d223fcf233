package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import dev.selvedge.edge.waf.rx.Program.Anchor;
import java.util.Arrays;
import java.util.Objects;

/**
 * Matches one {@link Rx} as PCRE2 would, in a bounded number of steps and a bounded stack; a call
 * allocates nothing once the stack has grown. Not thread-safe; reusable.
 *
 * <p>A step is one instruction, one choice taken back, or four bytes walked by a loop. Over the
 * limit the answer is {@link #LIMIT}, like PCRE's match limit; libmodsecurity then takes the rule
 * as not matched and says so in MSC_PCRE_LIMITS_EXCEEDED.
 *
 * <p>The stack holds what to do when the current way fails, three ints a frame:
 *
 * <pre>
 *  code address &lt;&lt; 3 | kind     a                 b
 *  TRY      address              place
 *  LIST     index of the next    place
 *  UNDO     register             old value
 *  SPAN     of a GREEDY          shortest place    current place
 *  EXTEND   of a LAZY            current place     longest place
 * </pre>
 */
public final class RxMatcher {

  public static final int NO_MATCH = 0;
  public static final int MATCH = 1;

  /** Neither found nor excluded within the step limit or the stack's. */
  public static final int LIMIT = 2;

  /** About 20 ms of work at the worst. PCRE's own default, 10,000,000, counts other things. */
  public static final long STEP_LIMIT_DEFAULT = 5_000_000;

  /** 12 MiB; a longer stack ends the match with {@link #LIMIT}. */
  private static final int STACK_INTS_MAX = 3 << 20;

  private static final int STACK_INTS_KEPT = 3 << 14;
  private static final int FAIL = -1;
  private static final int OVER = -2;

  private static final int TRY = 0;
  private static final int LIST = 1;
  private static final int UNDO = 2;
  private static final int SPAN = 3;
  private static final int EXTEND = 4;

  private Program program;
  private int[] code;
  private int[] registers;
  private int[] stack = new int[96];
  private int height;
  private byte[] s = new byte[0];
  private int begin;
  private int end;
  private int searchStart;
  private int pos;
  private long stepLimit = STEP_LIMIT_DEFAULT;
  private long steps;
  private boolean notEmpty;
  private final Walks walks = new Walks();

  RxMatcher(Program program) {
    this.program = program;
    code = program.code();
    registers = new int[program.registers()];
  }

  /** Matches another regular expression from now on. */
  @SuppressWarnings("ReferenceEquality") // comparing programs would cost more than it saves
  public RxMatcher use(Rx rx) {
    Program other = rx.program();
    if (other != program) {
      program = other;
      code = other.code();
      if (registers.length < other.registers()) {
        registers = new int[other.registers()];
      }
    }
    return this;
  }

  /** Bounds the work of each later call of {@link #find}. */
  public void stepLimit(long limit) {
    stepLimit = limit;
  }

  /** Steps that the last call took. */
  public long steps() {
    return stepLimit - Math.max(0, steps);
  }

  public int groups() {
    return program.groups();
  }

  /**
   * Looks for the leftmost match that starts at {@code from} or later. The subject is {@code len}
   * bytes from {@code off}; what stands before {@code from} is seen by lookbehinds, {@code ^} and
   * {@code \b}. Places, {@code from} among them, are counted from {@code off}.
   *
   * @return {@link #MATCH}, {@link #NO_MATCH} or {@link #LIMIT}
   */
  public int find(byte[] subject, int off, int len, int from) {
    prepare(subject, off, len, from);
    notEmpty = false;
    int found = search(off + from);
    release();
    return found;
  }

  /**
   * Only a match that starts exactly at {@code from} and is not empty: PCRE's {@code
   * ANCHORED|NOTEMPTY_ATSTART}, which {@code @rxGlobal} uses after an empty match.
   */
  public int findHereNotEmpty(byte[] subject, int off, int len, int from) {
    prepare(subject, off, len, from);
    notEmpty = true;
    int found = attempt(off + from);
    release();
    return found;
  }

  /** Where a group of the last match starts (0: the whole), or -1 if it took no part. */
  public int start(int group) {
    int at = registers[2 * group];
    return at < 0 ? -1 : at - begin;
  }

  /** Behind a group's last byte, or -1. */
  public int end(int group) {
    int at = registers[2 * group + 1];
    return at < 0 ? -1 : at - begin;
  }

  private void prepare(byte[] subject, int off, int len, int from) {
    Objects.checkFromIndexSize(off, len, subject.length);
    Objects.checkIndex(from, len + 1);
    s = subject;
    begin = off;
    end = off + len;
    searchStart = off + from;
    steps = stepLimit;
    walks.forget();
    clearGroups();
  }

  private void clearGroups() {
    Arrays.fill(registers, 0, 2 * (program.groups() + 1), -1);
    height = 0;
  }

  private void release() {
    if (stack.length > STACK_INTS_KEPT) {
      stack = new int[96];
    }
  }

  private int search(int from) {
    Program.Start start = program.start();
    int last = end - start.minLength();
    int at = from;
    while (true) {
      at = start.candidate(s, begin, end, at);
      if (at > last) {
        return NO_MATCH;
      }
      int found = attempt(at);
      if (found != NO_MATCH || start.anchor() == Anchor.TEXT || start.anchor() == Anchor.SEARCH) {
        return found;
      }
      at = start.afterFailure(s, end, at);
    }
  }

  private int attempt(int at) {
    int found = run(at);
    if (found == MATCH) {
      registers[0] = at;
      registers[1] = pos;
    } else if (found == LIMIT) {
      clearGroups();
    }
    return found;
  }

  /** The machine: at each turn one instruction, or one frame taken back from the stack. */
  private int run(int from) {
    final int[] code = this.code;
    final byte[] s = this.s;
    final int end = this.end;
    int at = from;
    int pc = 0;
    height = 0;
    while (true) {
      if (--steps < 0) {
        return LIMIT;
      }
      switch (code[pc]) {
        case Op.BYTE -> {
          if (at < end && (s[at] & 0xFF) == code[pc + 1]) {
            at++;
            pc += 2;
            continue;
          }
        }
        case Op.SET -> {
          if (at < end && program.inSet(code[pc + 1], s[at] & 0xFF)) {
            at++;
            pc += 2;
            continue;
          }
        }
        case Op.TEXT -> {
          if (text(pc, at)) {
            at += code[pc + 2];
            pc += 3;
            continue;
          }
        }
        case Op.DISPATCH -> {
          pc = dispatch(code[pc + 1], at);
          if (pc >= 0) {
            continue;
          }
        }
        case Op.JUMP -> {
          pc = code[pc + 1];
          continue;
        }
        case Op.MATCH -> {
          if (!notEmpty || at != searchStart) {
            pos = at;
            return MATCH;
          }
        }
        default -> {
          pos = at;
          pc = slow(pc, at);
          at = pos;
          if (pc >= 0) {
            continue;
          }
        }
      }
      if (pc == OVER) {
        return LIMIT;
      }
      pc = backtrack();
      if (pc < 0) {
        return pc == OVER ? LIMIT : NO_MATCH;
      }
      at = pos;
    }
  }

  /** Executes what {@link #run} does not; {@link #pos} is read and written. */
  private int slow(int pc, int at) {
    return switch (code[pc]) {
      case Op.GREEDY -> greedy(pc, at);
      case Op.POSSESSIVE -> possessive(pc, at);
      case Op.LAZY -> lazy(pc, at);
      case Op.FOLDED_TEXT -> foldedText(pc, at);
      case Op.TRY -> choose(code[pc + 1], at);
      case Op.OPEN -> set(code[pc + 1], at, pc + 2);
      case Op.CLOSE -> close(pc, at);
      case Op.ASSERT -> holds(Op.PLACES.get(code[pc + 1]), at) ? pc + 2 : FAIL;
      case Op.REFERENCE -> reference(pc, at);
      case Op.COUNT_RESET -> set(code[pc + 1], 0, pc + 2);
      case Op.COUNT_LOOP -> countLoop(pc, at);
      case Op.COUNT_ENTER -> set(code[pc + 1], registers[code[pc + 1]] + 1, pc + 2);
      case Op.ITERATION -> set(code[pc + 1], at, pc + 2);
      case Op.UNLESS_EMPTY -> unlessEmpty(pc, at);
      case Op.MARK -> mark(pc);
      case Op.COMMIT -> commit(registers[code[pc + 1]], pc + 2);
      case Op.LOOK -> look(pc, at);
      case Op.LOOKED -> looked(pc);
      case Op.DENY -> deny(pc, at);
      case Op.DENIED -> denied(pc);
      case Op.BACK -> back(pc, at);
      default -> throw new IllegalStateException("no instruction " + code[pc]);
    };
  }

  private boolean text(int pc, int at) {
    int offset = code[pc + 1];
    int length = code[pc + 2];
    if (end - at < length) {
      return false;
    }
    byte[] literals = program.literals();
    for (int i = 0; i < length; i++) {
      if (s[at + i] != literals[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private int foldedText(int pc, int at) {
    int offset = code[pc + 1];
    int length = code[pc + 2];
    if (end - at < length) {
      return FAIL;
    }
    byte[] literals = program.literals();
    for (int i = 0; i < length; i++) {
      if (fold(s[at + i]) != literals[offset + i]) {
        return FAIL;
      }
    }
    pos = at + length;
    return pc + 3;
  }

  private static int fold(byte c) {
    return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  }

  private int dispatch(int table, int at) {
    int c = at < end ? program.classes()[s[at] & 0xFF] & 0xFF : program.classCount();
    return choose(program.tables()[table + c], at);
  }

  private int choose(int list, int at) {
    int[] lists = program.lists();
    int target = lists[list];
    if (target >= 0 && lists[list + 1] >= 0 && !push(((list + 1) << 3) | LIST, at, 0)) {
      return OVER;
    }
    return target;
  }

  /** How far a loop's set goes from {@code at}, at most {@code max} bytes. */
  private int walk(int set, int at, int max) {
    int stop = max < end - at ? at + max : end;
    int i = walks.walk(program.sets(), set, s, at, stop, end);
    steps -= (i - at) >> 2;
    return i;
  }

  private int possessive(int pc, int at) {
    int reached = walk(code[pc + 1], at, code[pc + 3]);
    if (reached - at < code[pc + 2]) {
      return FAIL;
    }
    pos = reached;
    return pc + 4;
  }

  private int greedy(int pc, int at) {
    int reached = walk(code[pc + 1], at, code[pc + 3]);
    int shortest = at + code[pc + 2];
    if (reached < shortest) {
      return FAIL;
    }
    return giveBack(pc, shortest, reached);
  }

  /** Goes on at the longest place up to {@code place} that the loop's follow set allows. */
  private int giveBack(int pc, int shortest, int place) {
    int follow = code[pc + 4];
    int at = place;
    if (follow != Op.ANY) {
      while (at >= shortest && (at == end || !program.inSet(follow, s[at] & 0xFF))) {
        at--;
      }
      steps -= (place - at) >> 2;
      if (at < shortest) {
        return FAIL;
      }
    }
    if (at > shortest && !push((pc << 3) | SPAN, shortest, at)) {
      return OVER;
    }
    pos = at;
    return pc + 5;
  }

  private int lazy(int pc, int at) {
    int min = code[pc + 2];
    int reached = walk(code[pc + 1], at, min);
    if (reached - at < min) {
      return FAIL;
    }
    int longest = code[pc + 3] < end - at ? at + code[pc + 3] : end;
    return extend(pc, reached, longest);
  }

  /** Goes on at the shortest place from {@code place} that the loop's follow set allows. */
  private int extend(int pc, int place, int longest) {
    int set = code[pc + 1];
    int follow = code[pc + 4];
    int at = place;
    if (follow != Op.ANY) {
      while (at < end && !program.inSet(follow, s[at] & 0xFF)) {
        if (at >= longest || !program.inSet(set, s[at] & 0xFF)) {
          return FAIL;
        }
        at++;
      }
      steps -= (at - place) >> 2;
      if (at == end) {
        return FAIL;
      }
    }
    if (at < longest
        && program.inSet(set, s[at] & 0xFF)
        && !push((pc << 3) | EXTEND, at, longest)) {
      return OVER;
    }
    pos = at;
    return pc + 5;
  }

  private int set(int register, int value, int next) {
    if (!push((register << 3) | UNDO, registers[register], 0)) {
      return OVER;
    }
    registers[register] = value;
    return next;
  }

  private int close(int pc, int at) {
    int group = code[pc + 2];
    if (set(group, registers[code[pc + 1]], 0) < 0) {
      return OVER;
    }
    return set(group + 1, at, pc + 3);
  }

  private int reference(int pc, int at) {
    int from = registers[code[pc + 1]];
    if (from < 0) {
      return FAIL;
    }
    int length = registers[code[pc + 1] + 1] - from;
    if (end - at < length) {
      return FAIL;
    }
    steps -= length >> 2;
    boolean caseless = code[pc + 2] == 1;
    for (int i = 0; i < length; i++) {
      byte a = s[from + i];
      byte b = s[at + i];
      if (a != b && !(caseless && fold(a) == fold(b))) {
        return FAIL;
      }
    }
    pos = at + length;
    return pc + 3;
  }

  private int countLoop(int pc, int at) {
    int count = registers[code[pc + 1]];
    int body = pc + 8;
    int behind = code[pc + 7];
    boolean mayEnter = count < code[pc + 3] && allowed(code[pc + 5], at);
    boolean mayLeave = count >= code[pc + 2] && allowed(code[pc + 6], at);
    if (!mayEnter || !mayLeave) {
      return mayEnter ? body : mayLeave ? behind : FAIL;
    }
    boolean lazy = code[pc + 4] == 1;
    return push(((lazy ? body : behind) << 3) | TRY, at, 0) ? (lazy ? behind : body) : OVER;
  }

  private boolean allowed(int set, int at) {
    return set == Op.ANY || (at < end && program.inSet(set, s[at] & 0xFF));
  }

  private int unlessEmpty(int pc, int at) {
    boolean empty = registers[code[pc + 1]] == at;
    int count = code[pc + 2];
    boolean last = count < 0 || registers[count] >= code[pc + 3];
    return empty && last ? code[pc + 4] : pc + 5;
  }

  private int mark(int pc) {
    int register = code[pc + 1];
    if (set(register, 0, 0) < 0) {
      return OVER;
    }
    registers[register] = height;
    return pc + 2;
  }

  /** Drops the choices above a height; what they would have undone is still undone later. */
  private int commit(int from, int next) {
    int kept = from;
    for (int i = from; i < height; i += 3) {
      if ((stack[i] & 7) == UNDO) {
        stack[kept] = stack[i];
        stack[kept + 1] = stack[i + 1];
        kept += 3;
      }
    }
    steps -= (height - from) >> 2;
    height = kept;
    return next;
  }

  private int look(int pc, int at) {
    return set(code[pc + 2], at, 0) < 0 || mark(pc) < 0 ? OVER : pc + 3;
  }

  private int looked(int pc) {
    pos = registers[code[pc + 2]];
    return commit(registers[code[pc + 1]], pc + 3);
  }

  private int deny(int pc, int at) {
    if (mark(pc) < 0 || !push((code[pc + 2] << 3) | TRY, at, 0)) {
      return OVER;
    }
    return pc + 3;
  }

  private int denied(int pc) {
    int from = registers[code[pc + 1]];
    while (height > from) {
      height -= 3;
      if ((stack[height] & 7) == UNDO) {
        registers[stack[height] >> 3] = stack[height + 1];
      }
    }
    return FAIL;
  }

  private int back(int pc, int at) {
    int length = code[pc + 1];
    if (at - begin < length) {
      return FAIL;
    }
    pos = at - length;
    return pc + 2;
  }

  private boolean holds(Place place, int at) {
    return place == Place.SEARCH_START ? at == searchStart : place.holds(s, begin, end, at);
  }

  /** Pops frames until one offers another way: {@link #pos} and the address of its code. */
  private int backtrack() {
    while (height > 0) {
      height -= 3;
      int frame = stack[height];
      int a = stack[height + 1];
      int address = frame >> 3;
      if ((frame & 7) == UNDO) {
        registers[address] = a;
        continue;
      }
      pos = a;
      int next =
          switch (frame & 7) {
            case TRY -> address;
            case LIST -> choose(address, a);
            case SPAN -> giveBack(address, a, stack[height + 2] - 1);
            default -> extend(address, a + 1, stack[height + 2]);
          };
      if (next != FAIL) {
        return next;
      }
      if (--steps < 0) {
        return OVER;
      }
    }
    return FAIL;
  }

  private boolean push(int frame, int a, int b) {
    if (height + 3 > stack.length && !grow()) {
      return false;
    }
    stack[height] = frame;
    stack[height + 1] = a;
    stack[height + 2] = b;
    height += 3;
    return true;
  }

  private boolean grow() {
    if (stack.length >= STACK_INTS_MAX) {
      return false;
    }
    stack = Arrays.copyOf(stack, Math.min(STACK_INTS_MAX, 4 * stack.length));
    return true;
  }
}

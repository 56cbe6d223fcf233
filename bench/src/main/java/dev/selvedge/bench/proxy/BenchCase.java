package dev.selvedge.bench.proxy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is asked of every contender alike: how much work, which body, at what pace. */
public enum BenchCase {
  /** 1 KB answers as fast as they come, with equal work. */
  SMALL_EQUAL("1KB-equal", Work.EQUAL, Body.SMALL, Pace.CLOSED_LOOP),
  /** 1 MB answers as fast as they come, with equal work. */
  LARGE_EQUAL("1MB-equal", Work.EQUAL, Body.LARGE, Pace.CLOSED_LOOP),
  /** 1 KB answers as fast as they come, peers minimal. */
  SMALL_BARE("1KB-bare", Work.BARE, Body.SMALL, Pace.CLOSED_LOOP),
  /** 1 MB answers as fast as they come, peers minimal. */
  LARGE_BARE("1MB-bare", Work.BARE, Body.LARGE, Pace.CLOSED_LOOP),
  /** 1 KB answers at a fifth of nginx's maximum, with equal work. */
  SMALL_FIXED_RATE("1KB-fixed-rate", Work.EQUAL, Body.SMALL, Pace.FIXED_RATE),
  /** One agent asked about each request over frames, against none; 1 KB as fast as it comes. */
  ONE_AGENT("one-agent-kept", Suite.AGENTS, Body.BROWSER, Pace.CLOSED_LOOP, Contender.ONE_AGENT),
  /** The same over gRPC. */
  ONE_GRPC_AGENT(
      "one-grpc-agent-kept", Suite.AGENTS, Body.BROWSER, Pace.CLOSED_LOOP, Contender.GRPC_AGENT),
  /** One agent over frames at 2,000 requests a second. */
  ONE_AGENT_FIXED_RATE(
      "one-agent-2000-rps", Suite.AGENTS, Body.BROWSER, Pace.RATE_2000, Contender.ONE_AGENT),
  /**
   * The WAF over frames, which is what bounds the rate: it has the load's core for itself in part.
   */
  WAF("waf-kept", Suite.AGENTS, Body.BROWSER, Pace.CLOSED_LOOP, Contender.WAF_AGENT),
  /** The WAF at 2,000 requests a second: what it adds to latency. */
  WAF_FIXED_RATE("waf-2000-rps", Suite.AGENTS, Body.BROWSER, Pace.RATE_2000, Contender.WAF_AGENT);

  /** Which of the benchmarks a case belongs to. */
  public enum Suite {
    /** This proxy against others. */
    PROXY,
    /** This proxy with agents against itself without. */
    AGENTS;

    /** The name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a contender does besides moving bytes. */
  public enum Work {
    /** Access log to a file, x-forwarded-for, x-request-id both ways, 20 routes. */
    EQUAL("equal"),
    /** Nothing that its configuration can leave out. */
    BARE("bare");

    private final String label;

    Work(String label) {
      this.label = label;
    }

    /** The word in the names of the configuration templates. */
    String label() {
      return label;
    }
  }

  /** What the upstream answers. */
  public enum Body {
    /** 1 KiB from memory. */
    SMALL("/r10/1k", 1 << 10),
    /** 1 MiB by sendfile. */
    LARGE("/r10/1m", 1 << 20),
    /** 1 KiB from memory, asked for with the 12 fields of a browser. */
    BROWSER("/r10/1k", 1 << 10);

    private final String path;
    private final long bytes;

    Body(String path, long bytes) {
      this.path = path;
      this.bytes = bytes;
    }

    /** The path asked for: under the 10th of the 20 routes. */
    String path() {
      return path;
    }

    /** How the load program is told to ask. */
    String asker() {
      return this == BROWSER ? "browser" : "plain";
    }

    /** The exact length of each answer's body. */
    long bytes() {
      return bytes;
    }
  }

  /** How the client paces its requests. */
  public enum Pace {
    /** Each connection asks again once it is answered. */
    CLOSED_LOOP,
    /** Requests are due at fixed moments, whatever the answers do. */
    FIXED_RATE,
    /** So too, 2,000 a second. */
    RATE_2000
  }

  private static final int AGENT_CONNECTIONS = 96;

  private final String label;
  private final Suite suite;
  private final Work work;
  private final Body body;
  private final Pace pace;
  private final List<Contender> contenders;

  BenchCase(String label, Work work, Body body, Pace pace) {
    this.label = label;
    this.suite = Suite.PROXY;
    this.work = work;
    this.body = body;
    this.pace = pace;
    this.contenders = List.of(Contender.SELVEDGE, Contender.NGINX, Contender.HAPROXY);
  }

  BenchCase(String label, Suite suite, Body body, Pace pace, Contender subject) {
    this.label = label;
    this.suite = suite;
    this.work = Work.EQUAL;
    this.body = body;
    this.pace = pace;
    this.contenders = List.of(subject, Contender.NO_AGENT);
  }

  Suite suite() {
    return suite;
  }

  /** Who is measured: the subject first, then whom it is compared with. */
  List<Contender> contenders() {
    return contenders;
  }

  static Optional<BenchCase> named(String name) {
    return Arrays.stream(values()).filter(c -> c.label.equals(name)).findFirst();
  }

  /** The case's name in rows and on the command line. */
  public String label() {
    return label;
  }

  /**
   * Clients at once. A call to an agent is a wait more for each request: with as many clients as
   * elsewhere neither core is full, and what is measured is the wait; still below the 100 calls
   * that an agent takes at once.
   */
  int connections() {
    return suite == Suite.AGENTS && pace == Pace.CLOSED_LOOP
        ? AGENT_CONNECTIONS
        : LoadProgram.CONNECTIONS;
  }

  Work work() {
    return work;
  }

  Body body() {
    return body;
  }

  Pace pace() {
    return pace;
  }
}

/*
 * The client: every answer's status and length are checked, and at a fixed rate latency counts from
 * the moment a request was due, not from when it was sent.
 *
 * Closed loop (rate 0): each connection sends its next request when its answer is complete.
 * Fixed rate: request i is due at start + i / rate. A due request that finds every connection busy
 * waits for one, and its waiting time is part of its latency: a stalled server cannot hide by
 * stopping the clock of the requests that it kept from being sent ("coordinated omission").
 *
 * Why not wrk: wrk sees only non-2xx statuses and has no fixed rate. Body bytes behind the first
 * read are dropped in the kernel (MSG_TRUNC, tcp(7)): a 1 MB answer costs this side no copy.
 *
 * A run prints "window" when warm-up ends, "measured" when the window ends, and one JSON object
 * after the requests in flight were answered, or DRAIN_NANOS later.
 */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
  CONNECTIONS_MAX = 1024,
  SECONDS_MAX = 600,
  RATE_MAX = 1000000,
  RECEIVE_MAX = 16384, /* the bound of an answer's head */
  SINK_MAX = 1 << 20,
  RECONNECTS_MAX = 10000,
};
#define DRAIN_NANOS (5 * SECOND_NANOS)

/* Latencies: 256 buckets per power of two of nanoseconds, hence at most 0.4 % wide. */
enum { SUB_BITS = 8, SUB = 1 << SUB_BITS, BUCKETS = (64 - SUB_BITS) * SUB + SUB };

struct connection {
  int fd; /* -1: closed */
  bool busy, closing, in_body; /* closing: the answer said Connection: close */
  uint32_t head_bytes;
  uint64_t body_left;
  uint64_t clock_from; /* when the request was due (fixed rate) or sent (closed loop) */
  char head[RECEIVE_MAX];
};

/* All that one run counts. */
struct run {
  struct plan plan;
  uint64_t started, window_from, window_to;
  bool window_said, measured_said, aborted;
  uint64_t due_next, due_total; /* fixed rate: index of the next request, and of the end */
  uint64_t sent, answers, window_answers, reconnects, busy;
  uint64_t status_errors, length_errors, head_errors, closed_errors, connect_errors;
  uint64_t latencies, latency_max;
  uint64_t histogram[BUCKETS];
};

static struct run run;
static struct connection *connections;
static int idle[CONNECTIONS_MAX]; /* ring of idle connections, longest idle first */
static int idle_first, idle_count;
static int timer_fd;
/* With Host, 12 fields and about 700 bytes: what a browser sends on a page's request. */
#define BROWSER_FIELDS                                                                          \
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/149.0\r\n"     \
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"      \
  "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"                                                \
  "Accept-Encoding: gzip, deflate, br, zstd\r\n"                                                \
  "Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=analytics\r\n"         \
  "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl\r\n"     \
  "Referer: https://app.example.com/users\r\n"                                                  \
  "Sec-Fetch-Mode: navigate\r\n"                                                                \
  "Sec-Fetch-Site: same-origin\r\n"                                                             \
  "Sec-Fetch-Dest: document\r\n"                                                                \
  "Upgrade-Insecure-Requests: 1\r\n"

#define PLAIN_FIELDS "User-Agent: selvedge-bench\r\nAccept: */*\r\n"

static char request[2048], sink[SINK_MAX];
static size_t request_bytes;

/* ---- latency histogram ---- */

static int bucket_of(uint64_t nanos) {
  if (nanos < SUB) return (int)nanos;
  int shift = 63 - __builtin_clzll(nanos) - SUB_BITS;
  return ((shift + 1) << SUB_BITS) + (int)((nanos >> shift) - SUB);
}

/* The middle of the bucket. */
static double bucket_nanos(int bucket) {
  if (bucket < SUB) return bucket;
  int shift = (bucket >> SUB_BITS) - 1;
  uint64_t low = (uint64_t)(SUB + (bucket & (SUB - 1))) << shift;
  return (double)low + (double)(1ull << shift) / 2;
}

static void record(uint64_t nanos) {
  run.histogram[bucket_of(nanos)]++;
  run.latencies++;
  if (nanos > run.latency_max) run.latency_max = nanos;
}

static double quantile_micros(double q) {
  uint64_t rank = (uint64_t)(q * (double)run.latencies), seen = 0;
  for (int b = 0; b < BUCKETS; b++) {
    seen += run.histogram[b];
    if (seen > rank) return bucket_nanos(b) / 1000;
  }
  return (double)run.latency_max / 1000;
}

/* ---- connections ---- */

static void push_idle(struct connection *c) {
  idle[(idle_first + idle_count++) % CONNECTIONS_MAX] = (int)(c - connections);
}

static struct connection *pop_idle(void) {
  int index = idle[idle_first];
  idle_first = (idle_first + 1) % CONNECTIONS_MAX;
  idle_count--;
  return &connections[index];
}

static void close_connection(struct connection *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
}

static void open_connection(struct connection *c) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)run.plan.port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1;
  c->closing = c->in_body = false;
  c->head_bytes = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) {
    run.connect_errors++;
    run.aborted = true;
    close_connection(c);
    return;
  }
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  watch(c->fd, EPOLL_CTL_ADD, EPOLLIN, CLIENT, (uint32_t)(c - connections));
}

static void reopen(struct connection *c) {
  close_connection(c);
  if (++run.reconnects > RECONNECTS_MAX) run.aborted = true;
  if (!run.aborted) open_connection(c);
}

static void release(struct connection *c) {
  c->busy = false;
  run.busy--;
  push_idle(c);
}

static void fail(struct connection *c, uint64_t *counter) {
  ++*counter;
  reopen(c);
  if (c->busy) release(c);
}

/* ---- requests ---- */

static void send_request(struct connection *c, uint64_t clock_from) {
  c->clock_from = clock_from;
  c->busy = true;
  run.busy++;
  run.sent++;
  ssize_t n = send(c->fd, request, request_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
  /* A short or failed send shows up as the end of the connection before an answer. */
  if (n != (ssize_t)request_bytes) shutdown(c->fd, SHUT_RDWR);
}

static void feed(uint64_t now) {
  if (run.plan.rate == 0) {
    while (idle_count > 0 && now < run.window_to) send_request(pop_idle(), now);
    return;
  }
  while (idle_count > 0 && run.due_next < run.due_total) {
    uint64_t due = run.started + (uint64_t)((double)run.due_next * 1e9 / run.plan.rate);
    if (due > now) {
      struct itimerspec at = {
          .it_value = {(time_t)(due / SECOND_NANOS), (long)(due % SECOND_NANOS)}};
      timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
      return;
    }
    run.due_next++;
    send_request(pop_idle(), due);
  }
}

/* ---- answers ---- */

static void complete(struct connection *c) {
  uint64_t now = now_nanos();
  bool in_window = now >= run.window_from && now < run.window_to;
  bool due_in_window = c->clock_from >= run.window_from && c->clock_from < run.window_to;
  run.answers++;
  if (in_window) run.window_answers++;
  if (run.plan.rate > 0 ? due_in_window : in_window) record(now - c->clock_from);
  c->head_bytes = 0;
  c->in_body = false;
  if (c->closing) reopen(c);
  release(c);
}

static const char *field_value(const char *line, size_t n, const char *name, size_t name_bytes) {
  if (n <= name_bytes || line[name_bytes] != ':') return NULL;
  if (strncasecmp(line, name, name_bytes) != 0) return NULL;
  const char *value = line + name_bytes + 1;
  while (*value == ' ') value++;
  return value;
}

/* Reads status and fields of a whole head; false if it has no usable Content-Length. */
static bool read_head(struct connection *c, const char *end, uint64_t *length) {
  bool has_length = false;
  if (c->head_bytes < 16 || memcmp(c->head, "HTTP/1.1 ", 9) != 0) return false;
  if (memcmp(c->head + 9, "200", 3) != 0) run.status_errors++;
  const char *line = (const char *)memchr(c->head, '\n', c->head_bytes) + 1;
  while (line < end) {
    const char *stop = memchr(line, '\r', (size_t)(end - line) + 1);
    if (stop == NULL) return false;
    size_t n = (size_t)(stop - line);
    if ((*line | 32) == 'c') {
      const char *value = field_value(line, n, "content-length", 14);
      if (value != NULL) {
        *length = strtoull(value, NULL, 10);
        has_length = true;
      }
      value = field_value(line, n, "connection", 10);
      if (value != NULL) c->closing = strncasecmp(value, "close", 5) == 0;
    }
    line = stop + 2;
  }
  return has_length;
}

static void receive_body(struct connection *c) {
  size_t want = c->body_left < SINK_MAX ? c->body_left : SINK_MAX;
  ssize_t n = recv(c->fd, sink, want, MSG_TRUNC | MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    fail(c, &run.closed_errors);
    return;
  }
  c->body_left -= (uint64_t)n;
  if (c->body_left == 0) complete(c);
}

static void receive_head(struct connection *c) {
  char *to = c->head + c->head_bytes;
  ssize_t n = recv(c->fd, to, RECEIVE_MAX - c->head_bytes, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    if (c->busy) {
      fail(c, &run.closed_errors);
    } else { /* the end of an idle connection is the server's right */
      reopen(c);
    }
    return;
  }
  c->head_bytes += (uint32_t)n;
  char *end = memmem(c->head, c->head_bytes, "\r\n\r\n", 4);
  if (end == NULL && c->busy && c->head_bytes < RECEIVE_MAX) return;
  uint64_t length = 0;
  uint64_t behind = end == NULL ? 0 : c->head_bytes - (uint64_t)(end + 4 - c->head);
  if (end == NULL || !c->busy || !read_head(c, end, &length) || behind > length) {
    fail(c, &run.head_errors);
    return;
  }
  if (length != run.plan.length) run.length_errors++;
  c->in_body = true;
  c->body_left = length - behind;
  if (c->body_left == 0) complete(c);
}

void client_event(uint32_t index) {
  struct connection *c = &connections[index];
  if (c->fd < 0) return;
  if (c->in_body) {
    receive_body(c);
  } else {
    receive_head(c);
  }
}

void client_timer(void) {
  uint64_t expirations;
  if (read(timer_fd, &expirations, sizeof expirations) < 0 && errno != EAGAIN) die("timerfd");
}

/* ---- a run ---- */

void client_open(void) {
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  connections = calloc(CONNECTIONS_MAX, sizeof *connections);
  if (timer_fd < 0 || connections == NULL) die("client");
  for (int i = 0; i < CONNECTIONS_MAX; i++) connections[i].fd = -1;
  watch(timer_fd, EPOLL_CTL_ADD, EPOLLIN, TIMER, 0);
}

static bool within_bounds(const struct plan *p) {
  return p->port > 0 && p->port < 65536 && p->path[0] == '/' && p->connections > 0 &&
         p->connections <= CONNECTIONS_MAX && p->warmup >= 0 && p->seconds > 0 &&
         p->warmup + p->seconds <= SECONDS_MAX && p->rate >= 0 && p->rate <= RATE_MAX;
}

bool client_start(const struct plan *plan) {
  if (!within_bounds(plan)) {
    say("{\"error\":\"a value of the run is out of bounds\"}");
    return false;
  }
  memset(&run, 0, sizeof run);
  run.plan = *plan;
  request_bytes = (size_t)snprintf(request, sizeof request,
                                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", plan->path,
                                   plan->port, plan->browser ? BROWSER_FIELDS : PLAIN_FIELDS);
  idle_first = idle_count = 0;
  for (int i = 0; i < plan->connections && !run.aborted; i++) {
    connections[i].busy = false;
    open_connection(&connections[i]);
    push_idle(&connections[i]);
  }
  run.started = now_nanos();
  run.window_from = run.started + (uint64_t)(plan->warmup * 1e9);
  run.window_to = run.window_from + (uint64_t)(plan->seconds * 1e9);
  run.due_total = (uint64_t)(plan->rate * (plan->warmup + plan->seconds));
  return client_step();
}

static bool finished(uint64_t now) {
  if (run.aborted) return true;
  if (now < run.window_to) return false;
  bool all_sent = run.plan.rate == 0 || run.due_next >= run.due_total;
  return (all_sent && run.busy == 0) || now >= run.window_to + DRAIN_NANOS;
}

static void report(void) {
  uint64_t unanswered = run.busy + (run.plan.rate > 0 ? run.due_total - run.due_next : 0);
  printf("{\"sent\":%llu,\"answers\":%llu,\"windowAnswers\":%llu,\"reconnects\":%llu,",
         (unsigned long long)run.sent, (unsigned long long)run.answers,
         (unsigned long long)run.window_answers, (unsigned long long)run.reconnects);
  printf("\"errors\":{\"status\":%llu,\"length\":%llu,\"head\":%llu,\"closed\":%llu,"
         "\"connect\":%llu,\"unanswered\":%llu},",
         (unsigned long long)run.status_errors, (unsigned long long)run.length_errors,
         (unsigned long long)run.head_errors, (unsigned long long)run.closed_errors,
         (unsigned long long)run.connect_errors, (unsigned long long)unanswered);
  printf("\"latencies\":%llu,\"p50Micros\":%.1f,\"p90Micros\":%.1f,\"p99Micros\":%.1f,"
         "\"p999Micros\":%.1f,\"maxMicros\":%.1f}\n",
         (unsigned long long)run.latencies, quantile_micros(0.50), quantile_micros(0.90),
         quantile_micros(0.99), quantile_micros(0.999), (double)run.latency_max / 1000);
  fflush(stdout);
}

bool client_step(void) {
  uint64_t now = now_nanos();
  if (!run.window_said && now >= run.window_from) {
    run.window_said = true;
    say("window");
  }
  if (!run.measured_said && now >= run.window_to) {
    run.measured_said = true;
    say("measured");
  }
  if (!finished(now)) {
    feed(now);
    return true;
  }
  report();
  for (int i = 0; i < run.plan.connections; i++) close_connection(&connections[i]);
  return false;
}

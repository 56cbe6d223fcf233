/*
 * Both ends of a proxy benchmark in one process and one event loop: the client and the upstream.
 *
 * One loop for both, because they share the load's core: as two processes they woke and preempted
 * each other, which cost 2 to 3 µs per 1 KB request and filled that core before the proxy's was
 * full (a throughput figure is only worth something while this side is at most 90 % busy).
 *
 * Prints "listening PORT" of the upstream, then obeys one command per line on stdin:
 *
 *   run PORT PATH LENGTH CONNECTIONS WARMUP SECONDS RATE plain|browser   ->  see client.c
 *   counts                                                 ->  one JSON line, see upstream.c
 *
 * Ends at the end of stdin. Single-threaded; talks to 127.0.0.1 only.
 */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 512, LINE_MAX_BYTES = 1024 };
/* During a run the loop turns at least this often, so that phase changes and stalls are seen. */
enum { TICK_MILLIS = 20 };

static int epoll_fd;
static bool running;

void say(const char *line) {
  puts(line);
  fflush(stdout);
}

_Noreturn void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

void watch(int fd, int operation, uint32_t events, enum kind kind, uint32_t index) {
  struct epoll_event event = {.events = events, .data.u64 = (uint64_t)kind << 32 | index};
  if (epoll_ctl(epoll_fd, operation, fd, &event) < 0) die("epoll_ctl");
}

static void obey(const char *line) {
  struct plan plan = {0};
  unsigned long long length = 0;
  if (strcmp(line, "counts") == 0) {
    upstream_print_counts();
    return;
  }
  char asker[8];
  int n = sscanf(line, "run %d %511s %llu %d %lf %lf %lf %7s", &plan.port, plan.path, &length,
                 &plan.connections, &plan.warmup, &plan.seconds, &plan.rate, asker);
  plan.length = length;
  plan.browser = n == 8 && strcmp(asker, "browser") == 0;
  if (n != 8) {
    say("{\"error\":\"not a command\"}");
  } else if (running) {
    say("{\"error\":\"a run is in progress\"}");
  } else {
    running = client_start(&plan);
  }
}

/* False at the end of stdin. */
static bool read_commands(void) {
  static char lines[LINE_MAX_BYTES];
  static size_t bytes;
  ssize_t n = read(STDIN_FILENO, lines + bytes, sizeof lines - bytes);
  if (n <= 0) return false;
  bytes += (size_t)n;
  for (char *stop; (stop = memchr(lines, '\n', bytes)) != NULL;) {
    *stop = 0;
    obey(lines);
    bytes -= (size_t)(stop + 1 - lines);
    memmove(lines, stop + 1, bytes);
  }
  if (bytes == sizeof lines) bytes = 0;
  return true;
}

static bool dispatch(const struct epoll_event *event) {
  uint32_t index = (uint32_t)event->data.u64;
  switch ((enum kind)(event->data.u64 >> 32)) {
    case COMMANDS: return read_commands();
    case TIMER: client_timer(); break;
    case CLIENT: client_event(index); break;
    case UPSTREAM_LISTENER: upstream_accept((int)index); break;
    case UPSTREAM: upstream_event((int)index, event->events); break;
  }
  return true;
}

int main(void) {
  struct epoll_event events[EVENTS_MAX];
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) die("epoll_create1");
  watch(STDIN_FILENO, EPOLL_CTL_ADD, EPOLLIN, COMMANDS, 0);
  client_open();
  upstream_open(0);
  for (;;) {
    int n = epoll_wait(epoll_fd, events, EVENTS_MAX, running ? TICK_MILLIS : -1);
    for (int i = 0; i < n; i++) {
      if (!dispatch(&events[i])) return 0;
    }
    if (running) running = client_step();
  }
}

/* What the two ends of the load program share: one event loop, one clock. */
#ifndef SELVEDGE_LOAD_H
#define SELVEDGE_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define SECOND_NANOS 1000000000ull

/* Upper half of an epoll event's data; the lower half is an index or a file descriptor. */
enum kind { COMMANDS, TIMER, CLIENT, UPSTREAM_LISTENER, UPSTREAM };

/* One run of the client, as it was asked for on stdin. */
struct plan {
  bool browser; /* asks with the 12 fields of a browser instead of three */
  int port;
  char path[512];
  uint64_t length;  /* of every answer's body */
  int connections;
  double warmup, seconds;
  double rate;      /* requests per second; 0: closed loop */
};

static inline uint64_t now_nanos(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * SECOND_NANOS + (uint64_t)t.tv_nsec;
}

/* main.c */
void watch(int fd, int operation, uint32_t events, enum kind kind, uint32_t index);
void say(const char *line);
_Noreturn void die(const char *what);

/* client.c: client_start returns false and explains on stdout if the run cannot begin. */
void client_open(void);
bool client_start(const struct plan *plan);
/* To be called after each batch of events; false when the run is over and reported. */
bool client_step(void);
void client_event(uint32_t index);
void client_timer(void);

/* upstream.c */
void upstream_open(int port);
void upstream_accept(int listener);
void upstream_event(int fd, uint32_t events);
void upstream_print_counts(void);

#endif

/*
 * The upstream of every case: gives each request one fixed body, and counts what it was sent.
 *
 * It sees every request, so its counts prove that a proxy did its work: how many requests carried
 * x-forwarded-for and x-request-id, and over how many connections they came.
 *
 *   GET /…/1k   200, 1,024 bytes from memory
 *   GET /…/1m   200, 1,048,576 bytes by sendfile(2) from a memory file
 *   other       404
 *
 * Bounds: CONNECTIONS_MAX connections, REQUEST_MAX bytes of a head, no request bodies. A request
 * behind an unanswered one (pipelining) is an error: no proxy here sends any.
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
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, REQUEST_MAX = 8192 };
enum { SMALL = 1024, LARGE = 1 << 20, HEAD_MAX = 512 };

struct connection {
  uint32_t request_bytes;
  bool writable_wanted;
  off_t file_from; /* of the large body */
  size_t file_left; /* 0: none in flight */
  char request[REQUEST_MAX];
};

static struct connection *connections[CONNECTIONS_MAX]; /* by file descriptor */
static int large_fd;
static uint64_t accepted, requests, forwarded_for, request_ids, refused;
static char small_answer[HEAD_MAX + SMALL], large_head[HEAD_MAX], missing[HEAD_MAX];
static size_t small_bytes, large_head_bytes, missing_bytes;

static size_t write_head(char *to, const char *status, size_t length) {
  return (size_t)snprintf(to, HEAD_MAX,
                          "HTTP/1.1 %s\r\nServer: upstream\r\n"
                          "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                          "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n",
                          status, length);
}

static void prepare_answers(void) {
  char block[SMALL];
  memset(block, 'x', sizeof block);
  small_bytes = write_head(small_answer, "200 OK", SMALL);
  memcpy(small_answer + small_bytes, block, SMALL);
  small_bytes += SMALL;
  large_head_bytes = write_head(large_head, "200 OK", LARGE);
  missing_bytes = write_head(missing, "404 Not Found", 0);
  large_fd = memfd_create("large", MFD_CLOEXEC);
  if (large_fd < 0) die("memfd_create");
  for (int i = 0; i < LARGE / SMALL; i++) {
    if (write(large_fd, block, SMALL) != SMALL) die("write");
  }
}

void upstream_open(int port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof at;
  prepare_answers();
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0) die("bind");
  if (listen(fd, 1024) < 0) die("listen");
  getsockname(fd, (struct sockaddr *)&at, &length);
  watch(fd, EPOLL_CTL_ADD, EPOLLIN, UPSTREAM_LISTENER, (uint32_t)fd);
  printf("listening %d\n", ntohs(at.sin_port));
  fflush(stdout);
}

void upstream_accept(int listener) {
  for (;;) {
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (fd >= CONNECTIONS_MAX || (connections[fd] = calloc(1, sizeof(struct connection))) == NULL) {
      refused++;
      close(fd);
      continue;
    }
    accepted++;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(fd, EPOLL_CTL_ADD, EPOLLIN, UPSTREAM, (uint32_t)fd);
  }
}

/* Sends what is left of the large body; false when the connection is lost. */
static bool continue_file(int fd, struct connection *c) {
  while (c->file_left > 0) {
    ssize_t n = sendfile(fd, large_fd, &c->file_from, c->file_left);
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) return false;
    c->file_left -= (size_t)n;
  }
  bool wanted = c->file_left > 0;
  if (wanted != c->writable_wanted) {
    c->writable_wanted = wanted;
    uint32_t events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
    watch(fd, EPOLL_CTL_MOD, events, UPSTREAM, (uint32_t)fd);
  }
  return true;
}

/* A small answer fits the socket's buffer, which is empty once the peer has asked again. */
static bool send_whole(int fd, const char *bytes, size_t n, int flags) {
  return send(fd, bytes, n, MSG_NOSIGNAL | flags) == (ssize_t)n;
}

static bool is_name(const char *line, size_t n, const char *name, size_t name_bytes) {
  return n > name_bytes && line[name_bytes] == ':' && strncasecmp(line, name, name_bytes) == 0;
}

static void count_fields(const char *line, const char *end) {
  requests++;
  while (line < end) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL) return;
    if ((*line | 32) == 'x') {
      size_t n = (size_t)(stop - line);
      if (is_name(line, n, "x-forwarded-for", 15)) forwarded_for++;
      if (is_name(line, n, "x-request-id", 12)) request_ids++;
    }
    line = stop + 1;
  }
}

static bool answer(int fd, struct connection *c, const char *end) {
  const char *line_end = memchr(c->request, '\r', REQUEST_MAX);
  size_t n = (size_t)(line_end - c->request);
  if (n < 17 || memcmp(c->request, "GET /", 5) != 0) return false;
  const char *suffix = line_end - 12; /* "/1k HTTP/1.1" */
  count_fields(line_end + 2, end);
  if (memcmp(suffix, "/1k", 3) == 0) return send_whole(fd, small_answer, small_bytes, 0);
  if (memcmp(suffix, "/1m", 3) == 0) {
    c->file_from = 0;
    c->file_left = LARGE;
    return send_whole(fd, large_head, large_head_bytes, MSG_MORE) && continue_file(fd, c);
  }
  return send_whole(fd, missing, missing_bytes, 0);
}

static bool receive(int fd, struct connection *c) {
  ssize_t n = recv(fd, c->request + c->request_bytes, REQUEST_MAX - c->request_bytes, 0);
  if (n < 0 && errno == EAGAIN) return true;
  if (n <= 0) return false;
  c->request_bytes += (uint32_t)n;
  char *end = memmem(c->request, c->request_bytes, "\r\n\r\n", 4);
  if (end == NULL) return c->request_bytes < REQUEST_MAX;
  if (end + 4 != c->request + c->request_bytes || c->file_left > 0) return false;
  c->request_bytes = 0;
  return answer(fd, c, end + 2);
}

void upstream_event(int fd, uint32_t events) {
  struct connection *c = connections[fd];
  if (c == NULL) return;
  bool kept = true;
  if (events & EPOLLOUT) kept = continue_file(fd, c);
  if (kept && (events & ~(uint32_t)EPOLLOUT)) kept = receive(fd, c);
  if (kept) return;
  connections[fd] = NULL;
  free(c);
  close(fd);
}

void upstream_print_counts(void) {
  printf("{\"connections\":%llu,\"refused\":%llu,\"requests\":%llu,\"forwardedFor\":%llu,"
         "\"requestIds\":%llu}\n",
         (unsigned long long)accepted, (unsigned long long)refused, (unsigned long long)requests,
         (unsigned long long)forwarded_for, (unsigned long long)request_ids);
  fflush(stdout);
}

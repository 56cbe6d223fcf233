/*
 * libmodsecurity on the same requests. Arguments: a rules file and a corpus (WafRequest.java writes it:
 * big-endian u32 counts and lengths; a request is method, URI, version, fields, body).
 * Standard input, one command a line:
 *   fired FROM TO     for each request a line: status, then the ids that were logged
 *   run FROM TO MS    requests in turn for so many milliseconds: "requests, CPU ns of this process, refused"
 */
#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { const unsigned char *at; uint32_t len; } text;
typedef struct { text method, uri, version, body; uint32_t fields; text *names, *values; } request;

static ModSecurity *engine;
static RulesSet *rules;
static request *requests;
static uint32_t count;
static int tell;

static uint32_t number(const unsigned char **p) {
  const unsigned char *s = *p;
  *p += 4;
  return (uint32_t)s[0] << 24 | (uint32_t)s[1] << 16 | (uint32_t)s[2] << 8 | s[3];
}

/* A NUL follows each string in the file, since libmodsecurity takes some as C strings. */
static text string(const unsigned char **p) {
  text t;
  t.len = number(p);
  t.at = *p;
  *p += t.len + 1;
  return t;
}

static void read_corpus(const char *file) {
  FILE *f = fopen(file, "rb");
  if (!f) { perror(file); exit(2); }
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  unsigned char *all = malloc((size_t)size);
  if (fread(all, 1, (size_t)size, f) != (size_t)size) { perror(file); exit(2); }
  fclose(f);
  const unsigned char *p = all;
  count = number(&p);
  requests = calloc(count, sizeof *requests);
  for (uint32_t i = 0; i < count; i++) {
    request *r = &requests[i];
    r->method = string(&p);
    r->uri = string(&p);
    r->version = string(&p);
    r->fields = number(&p);
    r->names = calloc(r->fields, sizeof(text));
    r->values = calloc(r->fields, sizeof(text));
    for (uint32_t k = 0; k < r->fields; k++) {
      r->names[k] = string(&p);
      r->values[k] = string(&p);
    }
    r->body = string(&p);
  }
}

static void on_log(void *data, const void *message) {
  (void)data;
  const char *id = tell ? strstr((const char *)message, "[id \"") : NULL;
  if (id) printf(" %ld", strtol(id + 5, NULL, 10));
}

static int refused(Transaction *t) {
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  int status = 0;
  if (msc_intervention(t, &it)) {
    status = it.status;
    if (it.log) on_log(NULL, it.log);
  }
  free(it.log);
  free(it.url);
  return status;
}

static int inspect(const request *r) {
  Transaction *t = msc_new_transaction(engine, rules, NULL);
  msc_process_connection(t, "192.0.2.7", 33333, "192.0.2.1", 80);
  msc_process_uri(t, (const char *)r->uri.at, (const char *)r->method.at, (const char *)r->version.at);
  for (uint32_t i = 0; i < r->fields; i++)
    msc_add_n_request_header(t, r->names[i].at, r->names[i].len, r->values[i].at, r->values[i].len);
  msc_process_request_headers(t);
  int status = refused(t);
  if (!status) {
    msc_append_request_body(t, r->body.at, r->body.len);
    msc_process_request_body(t);
    status = refused(t);
  }
  msc_process_logging(t);
  msc_transaction_cleanup(t);
  return status;
}

static int64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char **argv) {
  const char *error = NULL;
  if (argc != 3) return 2;
  engine = msc_init();
  msc_set_log_cb(engine, on_log);
  rules = msc_create_rules_set();
  if (msc_rules_add_file(rules, argv[1], &error) < 0) {
    printf("error %s\n", error ? error : "?");
    return 2;
  }
  read_corpus(argv[2]);
  printf("ready %u\n", count);
  fflush(stdout);
  char line[256], command[16];
  while (fgets(line, sizeof line, stdin)) {
    unsigned from = 0, to = 0, ms = 0;
    if (sscanf(line, "%15s %u %u %u", command, &from, &to, &ms) < 3 || from >= to || to > count) return 2;
    if (strcmp(command, "fired") == 0) {
      tell = 1;
      for (unsigned i = from; i < to; i++) {
        printf("ids");
        int status = inspect(&requests[i]);
        printf(" status %d\n", status);
      }
      tell = 0;
    } else {
      int64_t begin = now(CLOCK_PROCESS_CPUTIME_ID), end = now(CLOCK_MONOTONIC) + (int64_t)ms * 1000000;
      long done = 0, blocked = 0;
      for (unsigned i = from; now(CLOCK_MONOTONIC) < end; i = i + 1 < to ? i + 1 : from) {
        blocked += inspect(&requests[i]) != 0;
        done++;
      }
      printf("%ld %lld %ld\n", done, (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - begin), blocked);
    }
    fflush(stdout);
  }
  return 0;
}

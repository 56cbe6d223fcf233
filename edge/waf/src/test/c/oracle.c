/*
 * Asks libmodsecurity itself. Arguments: a rules file, then optionally rules as text.
 * Standard input, one command a line, byte strings in hex ("-" for empty):
 *   R METHOD URI VERSION     starts a transaction (method and version as text, URI in hex)
 *   H NAME VALUE             request header
 *   B BODY                   request body
 *   S STATUS PROTOCOL        response status
 *   h NAME VALUE             response header
 *   b BODY                   response body
 *   .                        runs it: one "M message" line per rule that logged, "I status", then "."
 */
#include <modsecurity/modsecurity.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (8 << 20)

static unsigned char *unhex(char *s, size_t *n) {
  if (s == NULL || strcmp(s, "-") == 0) {
    *n = 0;
    return (unsigned char *)calloc(1, 1);
  }
  *n = strlen(s) / 2;
  unsigned char *out = (unsigned char *)malloc(*n + 1);
  for (size_t i = 0; i < *n; i++) {
    unsigned v;
    sscanf(s + 2 * i, "%2x", &v);
    out[i] = (unsigned char)v;
  }
  out[*n] = 0;
  return out;
}

static void on_log(void *data, const void *message) {
  (void)data;
  const char *m = (const char *)message;
  printf("M ");
  for (; *m; m++) putchar(*m == '\n' ? ' ' : *m);
  putchar('\n');
}

static int intervened;

static void check(Transaction *t) {
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  if (!intervened && msc_intervention(t, &it)) {
    intervened = it.status;
    if (it.log) printf("M %s\n", it.log);
  }
  free(it.log);
  free(it.url);
}

int main(int argc, char **argv) {
  ModSecurity *m = msc_init();
  msc_set_log_cb(m, on_log);
  RulesSet *rules = msc_create_rules_set();
  const char *error = NULL;
  if (argc < 2 || msc_rules_add_file(rules, argv[1], &error) < 0) {
    printf("E %s\n", error ? error : "no rules file");
    return 2;
  }
  char *line = (char *)malloc(LINE_MAX_BYTES);
  Transaction *t = NULL;
  int status = 200, have_response = 0;
  char protocol[32] = "HTTP/1.1";
  printf("ready\n");
  fflush(stdout);
  while (fgets(line, LINE_MAX_BYTES, stdin)) {
    line[strcspn(line, "\n")] = 0;
    char *command = strtok(line, " "), *a = strtok(NULL, " "), *b = strtok(NULL, " "), *c = strtok(NULL, " ");
    size_t an, bn;
    if (command == NULL) continue;
    switch (command[0]) {
      case 'R': {
        t = msc_new_transaction(m, rules, NULL);
        intervened = 0;
        have_response = 0;
        unsigned char *uri = unhex(b, &bn), *method = unhex(a, &an);
        msc_process_connection(t, "127.0.0.1", 33333, "127.0.0.1", 80);
        msc_process_uri(t, (char *)uri, (char *)method, c ? c : "");
        free(uri);
        free(method);
        break;
      }
      case 'H': case 'h': {
        unsigned char *name = unhex(a, &an), *value = unhex(b, &bn);
        if (command[0] == 'H') msc_add_n_request_header(t, name, an, value, bn);
        else msc_add_n_response_header(t, name, an, value, bn);
        free(name);
        free(value);
        break;
      }
      case 'B':
        check(t);
        { unsigned char *body = unhex(a, &an); msc_append_request_body(t, body, an); free(body); }
        break;
      case 'S':
        msc_process_request_headers(t);
        msc_process_request_body(t);
        check(t);
        status = atoi(a);
        snprintf(protocol, sizeof protocol, "%s", b ? b : "HTTP/1.1");
        have_response = 1;
        break;
      case 'b':
        { unsigned char *body = unhex(a, &an); msc_append_response_body(t, body, an); free(body); }
        break;
      case '.':
        if (!have_response) {
          msc_process_request_headers(t);
          check(t);
          msc_process_request_body(t);
          check(t);
        } else {
          msc_process_response_headers(t, status, protocol);
          check(t);
          msc_process_response_body(t);
          check(t);
        }
        msc_process_logging(t);
        msc_transaction_cleanup(t);
        printf("I %d\n.\n", intervened);
        fflush(stdout);
        break;
    }
  }
  return 0;
}

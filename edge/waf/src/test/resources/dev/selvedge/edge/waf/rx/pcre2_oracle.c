/*
 * Answers what PCRE2 makes of patterns and subjects. Little-endian 32-bit ints on stdin and stdout.
 *
 * In:  flags, pattern length, pattern, number of subjects, then for each:
 *      start, match options, length, bytes.
 * Out: compile error (0 if none), its offset; without error for each subject:
 *      return code, then for a match that many pairs of places (-1: unset).
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int get(int32_t *value) { return fread(value, 4, 1, stdin) == 1; }

static void put(int32_t value) { fwrite(&value, 4, 1, stdout); }

static unsigned char *bytes(int32_t length) {
  unsigned char *text = malloc(length + 1);
  if (text == NULL || fread(text, 1, length, stdin) != (size_t)length) exit(1);
  return text;
}

int main(void) {
  int32_t flags, length, subjects;
  pcre2_match_context *context = pcre2_match_context_create(NULL);
  pcre2_set_match_limit(context, 2000000);
  while (get(&flags)) {
    if (!get(&length)) return 1;
    unsigned char *pattern = bytes(length);
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile(pattern, length, flags, &error, &offset, NULL);
    put(code == NULL ? error : 0);
    put((int32_t)offset);
    if (!get(&subjects)) return 1;
    pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
    for (int32_t i = 0; i < subjects; i++) {
      int32_t start, options, size;
      if (!get(&start) || !get(&options) || !get(&size)) return 1;
      unsigned char *subject = bytes(size);
      if (code != NULL) {
        int rc = pcre2_match(code, subject, size, start, options, data, context);
        PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
        put(rc);
        for (int g = 0; g < 2 * rc; g++) {
          put(places[g] == PCRE2_UNSET ? -1 : (int32_t)places[g]);
        }
      }
      free(subject);
    }
    fflush(stdout);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    free(pattern);
  }
  return 0;
}

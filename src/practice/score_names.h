/* What a piece is called and who wrote it, as far as its file says; for libraries of scores. */
#ifndef COCH_PRACTICE_SCORE_NAMES_H
#define COCH_PRACTICE_SCORE_NAMES_H

#include "music/smf.h"

#include <stddef.h>

#define COCH_SCORE_TITLE 128 /* bytes, with the end */
#define COCH_SCORE_COMPOSER 96

typedef struct coch_score_names {
    char title[COCH_SCORE_TITLE]; /* never empty */
    char composer[COCH_SCORE_COMPOSER];
} coch_score_names;

/* The title is the name of a first track without notes, the composer a text of it ("Composer: ...", "by ...",
 * or its first line); what the file does not say comes from its own name ("Composer - Title.mid"). `smf` may
 * be NULL. All is UTF-8. [any] */
void coch_score_names_find(coch_score_names *names, const coch_smf *smf, const char *path);

/* Copies text as UTF-8, cut to `size` bytes between characters: bytes that are none are taken for Latin-1,
 * control characters left out. [any] */
void coch_text_utf8(char *to, size_t size, const char *from);

#endif

/* Targets of the hybridizer as the command line names them. */
#ifndef COCHLEA_STANDALONE_HYBRID_TARGETS_H
#define COCHLEA_STANDALONE_HYBRID_TARGETS_H

#include "timbre/hybrid.h"

/* Opens the weights that "NAME[,NAME2]" (inside the program), "FILE.gguf" or "FILE.gguf:NAME[,NAME2]" are in
 * and finds the targets; nothing before the comma is the first one of the weights. *two says whether a second
 * one is named; *second is the first else. "list" for the names finds none. Returns EXIT_DONE, or EXIT_FAILED
 * or EXIT_USAGE with a line in `why`; the caller frees the model in any case. [main] */
int hybrid_targets_open(cochlea_hybrid_model **model, const char *text, unsigned *first, unsigned *second,
                        int *two, char *why, size_t why_size);

/* The method of that name, -1 for none. */
int hybrid_targets_method(const char *name);

#endif

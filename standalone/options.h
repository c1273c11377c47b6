/* What the command lines of the commands have in common: the loop over the options, the refusal of a wrong
 * call in one line, and numbers in a range. [main] */
#ifndef COCHLEA_STANDALONE_OPTIONS_H
#define COCHLEA_STANDALONE_OPTIONS_H

#include <getopt.h>

#if defined(__GNUC__)
#define OPTIONS_FORMAT __attribute__((format(printf, 2, 3)))
#else
#define OPTIONS_FORMAT
#endif

typedef struct options_command {
    const char *name;           /* "live" */
    const char *help;           /* what --help prints */
    const char *letters;        /* as getopt() has them, a colon first and an h among them */
    const struct option *table; /* with --help as 'h' */
} options_command;

/* Takes one option; returns 0, or the exit status to end with. `value` is NULL where there is none. */
typedef int options_set(void *context, int option, const char *value);

/* Hands every option to `set`. Returns -1 to go on (what is no option is at argv[optind] and after), else the
 * exit status. */
int options_parse(const options_command *command, int argc, char **argv, options_set *set, void *context);

/* Prints "cochlea NAME: " and the rest in one line on stderr; returns EXIT_USAGE. */
int options_usage(const char *name, const char *format, ...) OPTIONS_FORMAT;

/* Nonzero when all of `text` is a number within low..high. */
int options_number(const char *text, double low, double high, double *value);

#endif

#include "options.h"

#include "commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int options_parse(const options_command *command, int argc, char **argv, options_set *set, void *context)
{
    int option, status;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, command->letters, command->table, NULL)) != -1) {
        if (option == 'h') {
            fputs(command->help, stdout);
            return EXIT_DONE;
        }
        if (option == ':')
            return options_usage(command->name, "'%s' needs a value", argv[optind - 1]);
        if (option == '?')
            return options_usage(command->name, "unknown option '%s'; 'cochlea %s --help' lists them",
                                 argv[optind - 1], command->name);
        if ((status = set(context, option, optarg)) != 0)
            return status;
    }
    return -1;
}

int options_usage(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "cochlea %s: ", name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_USAGE;
}

int options_number(const char *text, double low, double high, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value >= low && *value <= high;
}

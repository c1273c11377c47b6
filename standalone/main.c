/* The program: finds the command and runs it. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct command {
    const char *name, *does;
    int (*run)(int argc, char **argv); /* NULL: a later version has it */
} command;

static const command commands[] = {
    {"transcribe", "a recording of a piano to a MIDI file", cmd_transcribe},
    {"live", "a piano heard by a microphone to MIDI, at once", cmd_live},
    {"practice", "hears you play a score and says what was right", cmd_practice},
    {"detect", "which instrument plays", cmd_detect},
    {"hybridize", "the sound of one instrument in the timbre of another", cmd_hybridize},
    {"features", "the front end by itself", cmd_features},
    {"models", "the weights found, and their cards", cmd_models},
    {"devices", "audio and MIDI devices", cmd_devices},
    {"bench", "what each stage costs on this machine", cmd_bench},
};

static void print_help(void)
{
    printf("Cochlea hears music as it is played: a piano becomes MIDI.\n\n"
           "Usage: cochlea COMMAND [options]     cochlea COMMAND --help\n\nCommands:\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].run)
            printf("  %-12s %s\n", commands[i].name, commands[i].does);
}

/* What a command printed may still wait to be written, and fail then. */
static int flush(int result)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return result;
    fprintf(stderr, "cochlea: standard output: %s\n", errno ? strerror(errno) : "could not be written");
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "cochlea: no command given; 'cochlea --help' lists them\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return flush(EXIT_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("cochlea %s\n", COCHLEA_VERSION);
        return flush(EXIT_DONE);
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (commands[i].run)
            return flush(commands[i].run(argc - 1, argv + 1));
        fprintf(stderr, "cochlea: '%s' is not part of this version yet\n", argv[1]);
        return EXIT_USAGE;
    }
    fprintf(stderr, "cochlea: unknown command '%s'; 'cochlea --help' lists them\n", argv[1]);
    return EXIT_USAGE;
}

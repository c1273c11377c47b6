/* cochlea devices: what sound can come from and MIDI can go to, as each library sees it. */
#include "backend.h"
#include "commands.h"
#ifdef HAVE_RTMIDI
#include "midi_out.h"
#endif

#include <string.h>

static const char help[] =
    "Usage: cochlea devices\n\n"
    "Lists where sound can come from and MIDI can go to, as JACK, PortAudio and RtMidi see it, with\n"
    "rates and latencies. 'cochlea live --input' and '--midi-out' take the number or a part of the name.\n";

static void list(const char *title, int (*function)(FILE *, char *, size_t))
{
    char why[BACKEND_WHY_SIZE] = "";
    if (!function)
        printf("%s: not part of this build\n", title);
    else if (function(stdout, why, sizeof why) < 0)
        printf("%s: %s\n", title, why);
}

int cmd_devices(int argc, char **argv)
{
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(help, stdout);
        return EXIT_DONE;
    }
    if (argc > 1) {
        fprintf(stderr, "cochlea devices: takes no '%s'\n", argv[1]);
        return EXIT_USAGE;
    }
    const backend_kind *jack = backend_find("jack"), *portaudio = backend_find("portaudio");
    list("JACK", jack ? jack->list : NULL);
    list("PortAudio", portaudio ? portaudio->list : NULL);
#ifdef HAVE_RTMIDI
    list("RtMidi", midi_out_list);
#else
    list("RtMidi", NULL);
#endif
    return EXIT_DONE;
}

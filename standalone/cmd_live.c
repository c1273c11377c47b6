/* cochlea live: a piano heard by a microphone to MIDI, at once. */
#include "commands.h"
#include "hybrid_targets.h"
#include "live_session.h"
#include "live_status.h"
#include "live_window.h"
#include "options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_SECONDS 0.1

#define usage(...) options_usage("live", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea live [options]\n\n"
    "Listens to a piano and sends what it hears as MIDI, at once. Shows it in a window, if there is a\n"
    "display. Ends with Ctrl-C, or when the window is closed.\n\n"
    "  --input DEV           what to listen to: a number or part of a name of 'cochlea devices'\n"
    "  --midi-out PORT       where to send: the same, or none (a port of its own, to be connected)\n"
    "  --backend NAME        jack, portaudio or auto (JACK if it runs, else PortAudio)\n"
    "  --timing fast         a note is sent as soon as it is sure (default)\n"
    "  --timing steady[:MS]  every note is sent MS after its onset, 20 to 200 (60): later, but even\n"
    "  --lookahead MS        how long a note may be considered, 20 to 200 (100): longer is more accurate\n"
    "  --sensitivity X       0.5 to 2 (1): higher hears more, also what was not played\n"
    "  --min-confidence P    0 to 1 (0): leaves out notes less sure than that\n"
    "  --velocity-curve X    0.25 to 4 (1): below 1 makes soft notes louder, above 1 softer\n"
    "  --transpose N         semitones, -48 to 48 (0)\n"
    "  --channel N           MIDI channel, 1 to 16 (1)\n"
    "  --range LO:HI         notes listened for, as numbers or names (A0:C8)\n"
    "  --a4 HZ               how the piano is tuned, 400 to 480 (440)\n"
    "  --sustain on|off      the pedal as controller 64 (on)\n"
    "  --record FILE.mid     also writes what was heard; --record-audio FILE.wav: the sound;\n"
    "  --events FILE.jsonl   every event with its time of sending. All are whole at every moment.\n"
    "  --hybrid NAME[,NAME2] also plays what it hears in the timbre of a target, to headphones (a "
    "loudspeaker\n"
    "                        would be heard again); 'cochlea hybridize --target list' names the targets\n"
    "  --morph X | NAME2:X   0 to 1 (0): from NAME to NAME2; --mix X: from the sound itself to it (1);\n"
    "  --method, --attack, --detail, --sustain-sound, --gain, --latency: see 'cochlea hybridize --help'\n"
    "  --monitor DB          how loud it is played, -60 (nothing) to 12 (0)\n"
    "  --output DEV          where it is played; none: a port of its own, to be connected (JACK)\n"
    "  --seconds S           ends after that much sound\n"
    "  --wait S              how long to wait for a device that is lost\n"
    "                        (a JACK server: 0, a sound card: until stopped)\n"
    "  --model FILE          other weights than those inside the program\n"
    "  --headless            without a window\n";

/* Options without a letter. */
enum { TARGETS = 256, MORPH, MIX, METHOD, ATTACK, DETAIL, HOLD, GAIN, LATENCY, MONITOR, OUTPUT };

/* ---- Options that are numbers ---- */

typedef enum target { IN_DOUBLE, IN_FLOAT, IN_INT } target;

typedef struct number_option {
    int letter;
    const char *name;
    double low, high;
    target type;
    size_t offset; /* in live_options */
} number_option;

#define HYBRID(member) (offsetof(live_options, hybrid.settings) + offsetof(cochlea_hybrid_settings, member))
#define SETTING(member) (offsetof(live_options, settings) + offsetof(cochlea_settings, member))

static const number_option numbers[] = {
    {'L', "--lookahead", 20, 200, IN_DOUBLE, SETTING(lookahead_ms)},
    {'S', "--sensitivity", 0.5, 2, IN_FLOAT, SETTING(sensitivity)},
    {'C', "--min-confidence", 0, 1, IN_FLOAT, SETTING(min_confidence)},
    {'V', "--velocity-curve", 0.25, 4, IN_FLOAT, SETTING(velocity_curve)},
    {'T', "--transpose", -48, 48, IN_INT, SETTING(transpose)},
    {'A', "--a4", 400, 480, IN_DOUBLE, SETTING(tuning_hz)},
    {'N', "--seconds", 0.01, 1e7, IN_DOUBLE, offsetof(live_options, seconds)},
    {MIX, "--mix", 0, 1, IN_FLOAT, HYBRID(mix)},
    {ATTACK, "--attack", 0, 1, IN_FLOAT, HYBRID(attack)},
    {DETAIL, "--detail", 0, 1, IN_FLOAT, HYBRID(detail)},
    {HOLD, "--sustain-sound", 0, 1, IN_FLOAT, HYBRID(sustain)},
    {GAIN, "--gain", -24, 24, IN_FLOAT, HYBRID(gain_db)},
    {MONITOR, "--monitor", -60, 12, IN_FLOAT, offsetof(live_options, hybrid.monitor_db)},
    {'W', "--wait", 0, 1e7, IN_DOUBLE, offsetof(live_options, wait)},
};

static int set_number(live_options *o, const number_option *n, const char *text)
{
    double value;
    char *to = (char *)o + n->offset;
    if (!options_number(text, n->low, n->high, &value) || (n->type == IN_INT && value != (int)value))
        return usage("%s is %g to %g, not '%s'", n->name, n->low, n->high, text);
    if (n->type == IN_DOUBLE)
        *(double *)(void *)to = value;
    else if (n->type == IN_FLOAT)
        *(float *)(void *)to = (float)value;
    else
        *(int *)(void *)to = (int)value;
    return 0;
}

/* ---- The others ---- */

static int set_timing(live_options *o, const char *text)
{
    char *end;
    if (strcmp(text, "fast") == 0) {
        o->settings.timing = COCHLEA_FAST;
        return 0;
    }
    size_t length = strlen("steady");
    if (strncmp(text, "steady", length) == 0 && (text[length] == '\0' || text[length] == ':')) {
        double ms = text[length] ? strtod(text + length + 1, &end) : o->settings.steady_ms;
        if (!text[length] || (end != text + length + 1 && *end == '\0' && ms >= 20 && ms <= 200)) {
            o->settings.timing = COCHLEA_STEADY;
            o->settings.steady_ms = ms;
            return 0;
        }
    }
    return usage("--timing is fast, steady or steady:MS with 20 to 200 ms, not '%s'", text);
}

/* A MIDI number or a name such as C4, F#3, Bb2 (C4 is 60); returns -1 for anything else. */
static int parse_note(const char *text, const char *end)
{
    static const int steps[] = {9, 11, 0, 2, 4, 5, 7}; /* of A to G */
    char *rest;
    int letter = toupper((unsigned char)text[0]), note = -1;
    if (letter >= 'A' && letter <= 'G') {
        int step = steps[letter - 'A'];
        const char *octave = text + 1;
        if (*octave == '#' || *octave == 'b')
            step += *octave++ == '#' ? 1 : -1;
        note = 12 * ((int)strtol(octave, &rest, 10) + 1) + step;
        if (rest == octave)
            return -1;
    } else {
        note = (int)strtol(text, &rest, 10);
    }
    return rest == end && rest != text && note >= 0 && note <= 127 ? note : -1;
}

static int set_range(live_options *o, const char *text)
{
    const char *colon = strchr(text, ':');
    int low = colon ? parse_note(text, colon) : -1;
    int high = colon ? parse_note(colon + 1, text + strlen(text)) : -1;
    if (low < 0 || high < low)
        return usage("--range is LO:HI such as 21:108 or A0:C8, not '%s'", text);
    o->settings.low_note = (uint8_t)low;
    o->settings.high_note = (uint8_t)high;
    return 0;
}

static int set_choice(live_options *o, int option, const char *text)
{
    if (option == 'P') {
        if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
            return usage("--sustain is on or off, not '%s'", text);
        o->settings.sustain = strcmp(text, "on") == 0;
        return 0;
    }
    if (strcmp(text, "auto") != 0 && strcmp(text, "jack") != 0 && strcmp(text, "portaudio") != 0)
        return usage("--backend is jack, portaudio or auto, not '%s'", text);
    o->backend = text;
    return 0;
}

static int set_channel(live_options *o, const char *text)
{
    char *end;
    long channel = strtol(text, &end, 10);
    if (end == text || *end != '\0' || channel < 1 || channel > 16)
        return usage("--channel is 1 to 16, not '%s'", text);
    o->channel = (unsigned)channel - 1;
    return 0;
}

/* A number, or the name of another target with or without one. */
static int set_morph(live_options *o, const char *text)
{
    double share;
    if (options_number(text, 0, 1, &share))
        o->hybrid.settings.morph = (float)share;
    else
        o->hybrid.morph_to = text;
    return 0;
}

/* What concerns the hybrid and is no number. */
static int set_hybrid(live_options *o, int option, const char *text)
{
    int method = option == METHOD ? hybrid_targets_method(text) : 0;
    switch (option) {
    case TARGETS:
        o->hybrid.targets = text;
        return 0;
    case MORPH:
        return set_morph(o, text);
    case METHOD:
        o->hybrid.settings.method = (cochlea_hybrid_method)method;
        return method >= 0 ? 0 : usage("--method is autoencoder, envelope or mosaic, not '%s'", text);
    case LATENCY:
        if (strcmp(text, "1024") != 0 && strcmp(text, "512") != 0)
            return usage("--latency is 1024 or 512, not '%s'", text);
        o->hybrid.latency = text[0] == '5' ? COCHLEA_HYBRID_LATENCY_LOW : COCHLEA_HYBRID_LATENCY_NORMAL;
        return 0;
    default:
        o->hybrid.output = text;
        return 0;
    }
}

static int set_option(void *context, int option, const char *text)
{
    live_options *o = context;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].letter == option)
            return set_number(o, &numbers[i], text);
    if (option >= TARGETS)
        return set_hybrid(o, option, text);
    switch (option) {
    case 'i':
        o->input = text;
        return 0;
    case 'm':
        o->midi_out = text;
        return 0;
    case 'r':
        o->files.midi = text;
        return 0;
    case 'w':
        o->files.sound = text;
        return 0;
    case 'e':
        o->files.events = text;
        return 0;
    case 'M':
        o->weights = text;
        return 0;
    case 't':
        return set_timing(o, text);
    case 'R':
        return set_range(o, text);
    case 'c':
        return set_channel(o, text);
    case 'H':
        o->headless = 1;
        return 0;
    default:
        return set_choice(o, option, text);
    }
}

/* Returns -1 to go on, else the exit status. */
static int parse(live_options *o, int argc, char **argv)
{
    static const struct option options[] = {
        {"input", required_argument, NULL, 'i'},
        {"midi-out", required_argument, NULL, 'm'},
        {"backend", required_argument, NULL, 'b'},
        {"timing", required_argument, NULL, 't'},
        {"lookahead", required_argument, NULL, 'L'},
        {"sensitivity", required_argument, NULL, 'S'},
        {"min-confidence", required_argument, NULL, 'C'},
        {"velocity-curve", required_argument, NULL, 'V'},
        {"transpose", required_argument, NULL, 'T'},
        {"channel", required_argument, NULL, 'c'},
        {"range", required_argument, NULL, 'R'},
        {"a4", required_argument, NULL, 'A'},
        {"sustain", required_argument, NULL, 'P'},
        {"record", required_argument, NULL, 'r'},
        {"record-audio", required_argument, NULL, 'w'},
        {"events", required_argument, NULL, 'e'},
        {"seconds", required_argument, NULL, 'N'},
        {"wait", required_argument, NULL, 'W'},
        {"model", required_argument, NULL, 'M'},
        {"hybrid", required_argument, NULL, TARGETS},
        {"morph", required_argument, NULL, MORPH},
        {"mix", required_argument, NULL, MIX},
        {"method", required_argument, NULL, METHOD},
        {"attack", required_argument, NULL, ATTACK},
        {"detail", required_argument, NULL, DETAIL},
        {"sustain-sound", required_argument, NULL, HOLD},
        {"gain", required_argument, NULL, GAIN},
        {"latency", required_argument, NULL, LATENCY},
        {"monitor", required_argument, NULL, MONITOR},
        {"output", required_argument, NULL, OUTPUT},
        {"headless", no_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const options_command command = {"live", help, ":h", options};
    int status = options_parse(&command, argc, argv, set_option, o);
    if (status >= 0)
        return status;
    if (optind < argc)
        return usage("takes no '%s'; recordings are for 'cochlea transcribe'", argv[optind]);
    return -1;
}

/* ---- The session ---- */

static void announce(const live_session *s)
{
    const backend_info *info = &s->audio->info;
    printf("hears %s at %.0f Hz", info->input[0] ? info->input : "what is connected to its input",
           info->rate);
    if (info->period)
        printf(", %u frames a block", info->period);
    printf("; sends to %s\n", info->output[0] ? info->output : "no MIDI port");
    if (s->hybrid)
        printf("plays %s to %s: use headphones, a loudspeaker would be heard again\n",
               s->options.hybrid.targets, info->sound);
    fflush(stdout);
}

static void summarize(live_session *s)
{
    printf("%u notes in %.1f s; %lld hops dropped, %lld notes late\n", atomic_load(&s->process.notes),
           (double)atomic_load(&s->process.heard) / s->rate, (long long)s->stats.dropped_hops,
           (long long)s->stats.late_notes);
}

/* Without a window it goes on as well. */
static live_window *show(live_session *s)
{
    char why[LIVE_WHY_SIZE];
    live_window *window = NULL;
    if (!s->options.headless && live_window_open(&window, s, why, sizeof why) != 0)
        fprintf(stderr, "cochlea live: no window: %s; --headless asks for none\n", why);
    return window;
}

static int run(live_session *s, live_window *window, char *why, size_t why_size)
{
    live_end end = LIVE_END_DONE;
    live_status status = {0};
    if (live_session_start(s, why, why_size) != 0)
        return -1;
    announce(s);
    do {
        live_window_apply(window);
        live_status_update(&status, s);
        live_status_draw(&status, s);
    } while (!live_session_wait(s, LOOK_SECONDS, &end));
    live_status_erase();
    return end == LIVE_END_LOST ? 1 : 0;
}

int cmd_live(int argc, char **argv)
{
    live_options options = {.backend = "auto", .wait = -1.0};
    live_session session;
    live_window *window = NULL;
    char why[LIVE_WHY_SIZE] = "";
    cochlea_settings_default(&options.settings);
    cochlea_hybrid_settings_default(&options.hybrid.settings);
    int status = parse(&options, argc, argv);
    if (status >= 0)
        return status;
    int result = live_session_open(&session, &options, why, sizeof why);
    if (result == 0)
        window = show(&session);
    if (result == 0)
        result = run(&session, window, why, sizeof why);
    if (result < 0)
        fprintf(stderr, "cochlea live: %s\n", why);
    if (live_session_close(&session, why, sizeof why) != 0 && !session.write_failed) {
        fprintf(stderr, "cochlea live: %s\n", why);
        result = -1;
    }
    live_window_close(window);
    if (session.listening)
        summarize(&session);
    if (session.usage)
        return EXIT_USAGE;
    return result != 0 || session.write_failed ? EXIT_FAILED : EXIT_DONE;
}

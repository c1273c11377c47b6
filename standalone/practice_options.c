#include "practice_options.h"

#include "commands.h"
#include "options.h"
#include "practice_shelf.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define usage(...) options_usage("practice", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea practice [SCORE.mid | FOLDER] [options]\n\n"
    "Hears you play the score and says what was right: each note hit, early, late, wrong, missed or\n"
    "not sure, and which bars to practise. Listens in a window, or takes a recording. With a folder\n"
    "(without anything: the last one) the window shows its scores to choose from. Device, port, mode,\n"
    "tempo, hand, ... are remembered for the next time; what is given here counts more.\n\n"
    "  --input DEVICE         what to listen to: a number or part of a name of 'cochlea devices'\n"
    "  --midi-out PORT        where clicks and the other hand go: the same (a port of its own)\n"
    "  --backend NAME         jack, portaudio or auto\n"
    "  --wait-device SECONDS  how long to wait for a device that is lost (window: until it is back; without\n"
    "                         one: sound cards until they are back, JACK not at all)\n"
    "  --headless             listens without a window\n"
    "  --record-audio FILE    writes what was heard as WAV\n"
    "  --seconds S            ends after that much playing\n"
    "  --window               plays the recording of --from-file in the window\n"
    "  --from-file FILE       a recording of the playing (- is the standard input)\n"
    "  --from-midi FILE       the playing as a MIDI file, from a keyboard\n"
    "  --report FILE          the report as JSON\n"
    "  --hand left|right|both the hand that is practised (both)\n"
    "  --parts N[,N...]       tracks with notes, counted from 1 (those of the piano)\n"
    "  --loop A:B             bars A to B, again and again\n"
    "  --tempo PERCENT        25 to 150: play to the clock at this share of the score's tempo;\n"
    "                         without it the program follows your own\n"
    "  --count-in BARS        0 to 8 (1): the clock starts after so many bars; without it, with a\n"
    "                         recording, from the first note\n"
    "  --wait                 the score waits for the right notes\n"
    "  --free                 the program follows you (as without --tempo and --wait, unless remembered)\n"
    "  --tolerance MS         30 to 500 (90): early or late beyond that\n"
    "  --latency MS           -500 to 500 (0): from the clock's sound to your sound, as set up\n"
    "  --accompany[=off]      the other hand is played along: as sound where a sound font is installed,\n"
    "                         and to a MIDI port\n"
    "  --metronome[=off]      clicks are played along\n"
    "  --headphones[=off]     the microphone does not hear what is played along\n"
    "  --band FILE            what is played along, FILE.mid or, by FluidSynth, FILE.wav\n"
    "  --soundfont FILE       the sound font for that and for live sound (one that is installed; none: no\n"
    "                         live sound)\n"
    "  --follow FILE          where in the score you are, every 20 ms, one JSON object a line\n"
    "  --sensitivity X        1 to 4 (2): how much more readily a note is heard where the score has it\n"
    "  --store FILE           the database of sittings ($XDG_DATA_HOME/cochlea/practice.db)\n"
    "  --no-store             remembers nothing\n"
    "  --model FILE           other weights than those inside the program\n"
    "  --quiet                no text on the standard output\n\n"
    "Without playing:\n"
    "  cochlea practice --library FOLDER    the scores of a folder with their last results\n"
    "  cochlea practice SCORE --history     the sittings over a score\n"
    "  cochlea practice --export FILE       all sittings and bars, FILE.csv or FILE.json\n"
    "  cochlea practice --set-up RECORDING  measures a device: 5 s of silence, 10 s of the A above\n"
    "                                       middle C, 10 s of loud playing, 5 s of clicks\n";

static int set_hand(practice_options *o, const char *text)
{
    static const char *const names[] = {"both", "left", "right"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            o->session.hand = (coch_hand)i;
            return 0;
        }
    return usage("--hand is left, right or both, not '%s'", text);
}

static int set_loop(practice_options *o, const char *text)
{
    int end = 0;
    if (sscanf(text, "%u:%u%n", &o->loop_first, &o->loop_last, &end) != 2 || text[end] || o->loop_first < 1 ||
        o->loop_last < o->loop_first || o->loop_last > 1000000)
        return usage("--loop is A:B, two bar numbers from 1 on, not '%s'", text);
    o->session.loop = 1;
    return 0;
}

static int set_parts(practice_options *o, const char *text)
{
    const char *at = text;
    for (;;) {
        char *end;
        long part = strtol(at, &end, 10);
        if (end == at || part < 1 || part > COCH_PARTS_MAX || (*end && *end != ','))
            return usage("--parts is a list of numbers from 1 to %d, not '%s'", COCH_PARTS_MAX, text);
        o->parts |= (uint64_t)1 << (part - 1);
        if (!*end)
            return 0;
        at = end + 1;
    }
}

static int set_number(practice_options *o, int option, const char *text)
{
    double value;
    switch (option) {
    case 'T':
        if (!options_number(text, 25, 150, &value))
            return usage("--tempo is 25 to 150 %%, not '%s'", text);
        o->session.tempo = value / 100.0;
        if (o->session.mode == COCH_MODE_FREE)
            o->session.mode = COCH_MODE_TEMPO;
        return 0;
    case 'C':
        if (!options_number(text, 0, 8, &value) || value != (int)value)
            return usage("--count-in is 0 to 8 bars, not '%s'", text);
        o->session.count_in = (int)value;
        return 0;
    case 'O':
        if (!options_number(text, 30, 500, &value))
            return usage("--tolerance is 30 to 500 ms, not '%s'", text);
        o->session.tolerance_ms = value;
        return 0;
    case 'Y':
        if (!options_number(text, -500, 500, &value))
            return usage("--latency is -500 to 500 ms, not '%s'", text);
        o->session.latency_ms = value;
        return 0;
    case 'N':
        if (!options_number(text, 0.1, 1e6, &value))
            return usage("--seconds is 0.1 to 1000000, not '%s'", text);
        o->seconds = value;
        return 0;
    case 'A':
        if (!options_number(text, 0, 1e6, &value))
            return usage("--wait-device is 0 to 1000000 seconds, not '%s'", text);
        o->wait = value;
        return 0;
    default:
        if (!options_number(text, 1, 4, &value))
            return usage("--sensitivity is 1 to 4, not '%s'", text);
        o->session.keen = (float)(0.6 / value);
        return 0;
    }
}

/* Options whose value is kept as it is, and where. */
static const struct {
    int option;
    size_t place;
} names[] = {{'F', offsetof(practice_options, from_file)}, {'M', offsetof(practice_options, from_midi)},
             {'I', offsetof(practice_options, input)},     {'b', offsetof(practice_options, backend)},
             {'o', offsetof(practice_options, midi_out)},  {'r', offsetof(practice_options, record)},
             {'R', offsetof(practice_options, report)},    {'W', offsetof(practice_options, follow)},
             {'B', offsetof(practice_options, band)},      {'f', offsetof(practice_options, font)},
             {'D', offsetof(practice_options, weights)},   {'S', offsetof(practice_options, store)},
             {'l', offsetof(practice_options, library)},   {'x', offsetof(practice_options, export_to)},
             {'u', offsetof(practice_options, set_up)}};

static int keep_name(practice_options *o, int option, const char *text)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].option == option) {
            *(const char **)((char *)o + names[i].place) = text;
            return 1;
        }
    return 0;
}

/* What the store would remember. */
static void mark_given(practice_options *o, int option)
{
    static const char letters[] = "bIofwHTOmaeY"; /* in the order of the bits; several give the mode */
    const char *at = strchr(letters, option);
    if (at)
        o->given |= 1u << (at - letters);
    if (option == 'T' || option == 'g')
        o->given |= 1u << PRACTICE_GIVEN_MODE;
}

static int set_switch(const char *name, const char *text, int *to)
{
    *to = !text || strcmp(text, "on") == 0;
    return *to || strcmp(text, "off") == 0 ? 0 : usage("--%s is on or off, not '%s'", name, text);
}

static int set_option(void *context, int option, const char *text)
{
    practice_options *o = context;
    mark_given(o, option);
    if (keep_name(o, option, text))
        return 0;
    switch (option) {
    case 'H':
        return set_hand(o, text);
    case 'L':
        return set_loop(o, text);
    case 'P':
        return set_parts(o, text);
    case 'w':
        o->session.mode = COCH_MODE_WAIT;
        return 0;
    case 'g':
        o->session.mode = COCH_MODE_FREE;
        return 0;
    case 'a':
        return set_switch("accompany", text, &o->session.accompaniment);
    case 'm':
        return set_switch("metronome", text, &o->session.metronome);
    case 'e':
        return set_switch("headphones", text, &o->session.headphones);
    case 'k':
        o->headless = 1;
        return 0;
    case 'v':
        o->window = 1;
        return 0;
    case 'n':
        o->no_store = 1;
        return 0;
    case 'q':
        o->quiet = 1;
        return 0;
    case 'y':
        o->history = 1;
        return 0;
    default:
        return set_number(o, option, text);
    }
}

/* A library is for choosing by hand. */
static int check_library(practice_options *o)
{
    if (o->from_file || o->from_midi || o->headless || o->history || o->report || o->follow || o->band)
        return usage("no score given; 'cochlea practice --help' tells more");
    return -1;
}

static int check_score(practice_options *o)
{
    practice_shelf_key(o->score, o->key);
    o->session.exact = o->from_midi != NULL;
    if (o->from_file && o->from_midi)
        return usage("give --from-file or --from-midi, not both");
    if (o->window && (!o->from_file || o->headless))
        return usage("--window shows a recording: it goes with --from-file, not with --headless");
    if (o->session.accompaniment && o->session.hand == COCH_HAND_BOTH &&
        (o->given & 1u << PRACTICE_GIVEN_HAND || !practice_is_live(o)))
        return usage("--accompany needs --hand left or right: the other one is played along");
    return -1;
}

static int check(practice_options *o, int argc, char **argv)
{
    struct stat about;
    if (o->library || o->export_to || o->set_up)
        return optind < argc ? usage("no score is needed here; what is '%s'?", argv[optind]) : -1;
    if (optind + 1 < argc)
        return usage("one score at a time; what is '%s'?", argv[optind + 1]);
    if (optind == argc)
        return check_library(o);
    if (stat(argv[optind], &about) == 0 && S_ISDIR(about.st_mode)) {
        practice_shelf_key(argv[optind], o->folder);
        return check_library(o);
    }
    o->score = argv[optind];
    return check_score(o);
}

int practice_is_live(const practice_options *o)
{
    return !o->from_file && !o->from_midi;
}

int practice_parse(practice_options *o, int argc, char **argv)
{
    static const struct option options[] = {
        {"from-file", required_argument, NULL, 'F'},
        {"from-midi", required_argument, NULL, 'M'},
        {"input", required_argument, NULL, 'I'},
        {"report", required_argument, NULL, 'R'},
        {"follow", required_argument, NULL, 'W'},
        {"band", required_argument, NULL, 'B'},
        {"model", required_argument, NULL, 'D'},
        {"store", required_argument, NULL, 'S'},
        {"hand", required_argument, NULL, 'H'},
        {"loop", required_argument, NULL, 'L'},
        {"parts", required_argument, NULL, 'P'},
        {"tempo", required_argument, NULL, 'T'},
        {"count-in", required_argument, NULL, 'C'},
        {"tolerance", required_argument, NULL, 'O'},
        {"latency", required_argument, NULL, 'Y'},
        {"sensitivity", required_argument, NULL, 'E'},
        {"soundfont", required_argument, NULL, 'f'},
        {"backend", required_argument, NULL, 'b'},
        {"midi-out", required_argument, NULL, 'o'},
        {"seconds", required_argument, NULL, 'N'},
        {"record-audio", required_argument, NULL, 'r'},
        {"headless", no_argument, NULL, 'k'},
        {"window", no_argument, NULL, 'v'},
        {"headphones", optional_argument, NULL, 'e'},
        {"wait", no_argument, NULL, 'w'},
        {"wait-device", required_argument, NULL, 'A'},
        {"free", no_argument, NULL, 'g'},
        {"accompany", optional_argument, NULL, 'a'},
        {"metronome", optional_argument, NULL, 'm'},
        {"no-store", no_argument, NULL, 'n'},
        {"quiet", no_argument, NULL, 'q'},
        {"history", no_argument, NULL, 'y'},
        {"library", required_argument, NULL, 'l'},
        {"export", required_argument, NULL, 'x'},
        {"set-up", required_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    memset(o, 0, sizeof *o);
    coch_session_default(&o->session);
    o->session.count_in = -1;
    o->wait = -1.0;
    const options_command command = {"practice", help, ":h", options};
    int status = options_parse(&command, argc, argv, set_option, o);
    if (status >= 0)
        return status;
    return check(o, argc, argv);
}

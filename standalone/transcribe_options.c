#include "transcribe_options.h"

#include "commands.h"
#include "music/quantize.h"
#include "options.h"
#include "picture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define usage(...) options_usage("transcribe", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea transcribe IN... [options]\n\n"
    "Hears recordings of a piano and writes a MIDI file for each. IN is any file that libsndfile\n"
    "reads; - is the standard input. Without -o or -d the MIDI file lies in the current folder.\n\n"
    "  -o FILE               the MIDI file, for one recording\n"
    "  -d FOLDER             the folder of the MIDI files, for any number of recordings\n"
    "  --events FILE         also every event with its time of sending, one JSON object a line\n"
    "  --picture FILE        also a picture of the notes, FILE.png or FILE.svg\n"
    "  --lookahead MS        how long a note may be considered, 20 to 200 (100): longer is more accurate\n"
    "  --sensitivity X       0.5 to 2 (1): higher hears more, also what was not played\n"
    "  --min-confidence P    0 to 1 (0): leaves out notes less sure than that\n"
    "  --sustain on|off      on: notes end with their keys, the pedal is written; off: they end with the "
    "sound (off)\n"
    "  --quantize GRID       1/4, 1/8, 1/16, 1/32, 1/8t, 1/16t or auto: to the beats of a score\n"
    "  --key auto|KEY|off    auto: writes the key found; a key (F#m, Bb): drops doubtful notes outside of it "
    "(off)\n"
    "  --only-piano          no notes while something else than a piano clearly plays\n"
    "  --model FILE          other weights than those inside the program\n"
    "  --show                draws the notes in the terminal\n"
    "  -j N                  recordings heard at once (1)\n";

const char *transcribe_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *transcribe_stem(const char *input, int *length)
{
    const char *name = transcribe_name(input);
    if (strcmp(input, "-") == 0)
        name = "stdin";
    const char *dot = strrchr(name, '.');
    *length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    return name;
}

static int set_number(transcribe_options *o, int option, const char *text)
{
    double value;
    switch (option) {
    case 'L':
        if (!options_number(text, 20, 200, &value))
            return usage("--lookahead is 20 to 200 ms, not '%s'", text);
        o->settings.lookahead_ms = value;
        return 0;
    case 'S':
        if (!options_number(text, 0.5, 2, &value))
            return usage("--sensitivity is 0.5 to 2, not '%s'", text);
        o->settings.sensitivity = (float)value;
        return 0;
    case 'C':
        if (!options_number(text, 0, 1, &value))
            return usage("--min-confidence is 0 to 1, not '%s'", text);
        o->settings.min_confidence = (float)value;
        return 0;
    default:
        if (!options_number(text, 1, TRANSCRIBE_JOBS_MAX, &value) || value != (int)value)
            return usage("-j is 1 to %d, not '%s'", TRANSCRIBE_JOBS_MAX, text);
        o->threads = (int)value;
        return 0;
    }
}

static int set_choice(transcribe_options *o, int option, const char *text)
{
    switch (option) {
    case 'P':
        if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
            return usage("--sustain is on or off, not '%s'", text);
        o->settings.sustain = strcmp(text, "on") == 0;
        return 0;
    case 'Q':
        o->midi.quantize = 1;
        o->midi.grid = coch_grid_parse(text);
        return o->midi.grid < 0
                   ? usage("--quantize is 1/4, 1/8, 1/16, 1/32, 1/8t, 1/16t or auto, not '%s'", text)
                   : 0;
    default:
        o->midi.estimate_key = strcmp(text, "auto") == 0;
        o->midi.filter_key = !o->midi.estimate_key && strcmp(text, "off") != 0;
        if (o->midi.filter_key && coch_key_parse(text, &o->midi.key) != COCHLEA_OK)
            return usage("--key is auto, off or a key such as C, F#m or Bb, not '%s'", text);
        return 0;
    }
}

static int set_picture(transcribe_options *o, const char *path)
{
#ifdef COCHLEA_PICTURES
    if (picture_format_of(path) == PICTURE_NONE)
        return usage("--picture is FILE.png or FILE.svg, not '%s'", path);
    o->picture = path;
    return 0;
#else
    (void)o;
    return usage("--picture %s: this program was built without Cairo", path);
#endif
}

static int set_option(void *context, int option, const char *text)
{
    transcribe_options *o = context;
    switch (option) {
    case 'o':
        o->output = text;
        return 0;
    case 'd':
        o->folder = text;
        return 0;
    case 'E':
        o->events = text;
        return 0;
    case 'I':
        return set_picture(o, text);
    case 'M':
        o->weights = text;
        return 0;
    case 'V':
        o->show = 1;
        return 0;
    case 'P':
    case 'Q':
    case 'K':
        return set_choice(o, option, text);
    case 'O':
        o->settings.only_piano = 1;
        return 0;
    default:
        return set_number(o, option, text);
    }
}

/* The same regular file, there already or to be made. */
static int same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) == 0 && stat(b, &y) == 0)
        return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    return strcmp(a, b) == 0;
}

/* No output may replace a recording or another output. */
static int check_names(const transcribe_options *o)
{
    const char *const outputs[] = {o->output, o->events};
    for (int i = 0; i < 2; i++)
        if (outputs[i] && same_file(outputs[i], o->inputs[0]))
            return usage("'%s' is the recording itself", outputs[i]);
    if (o->output && o->events && same_file(o->output, o->events))
        return usage("'%s' cannot be both the MIDI file and the events", o->events);
    for (int i = 0; i < o->count; i++) {
        int length, other_length;
        const char *name = transcribe_stem(o->inputs[i], &length);
        for (int k = 0; k < i; k++) {
            const char *other = transcribe_stem(o->inputs[k], &other_length);
            if (length == other_length && memcmp(name, other, (size_t)length) == 0)
                return usage("'%s' and '%s' would both become %.*s.mid", o->inputs[k], o->inputs[i], length,
                             name);
        }
    }
    return EXIT_DONE;
}

static int check(const transcribe_options *o)
{
    struct stat status;
    if (o->count == 0)
        return usage("no recording given; 'cochlea transcribe --help' tells more");
    if (o->count > 1 && !o->folder)
        return usage("several recordings need -d FOLDER");
    if (o->output && o->folder)
        return usage("give -o or -d, not both");
    if (o->count > 1 && o->events)
        return usage("--events is for one recording");
    if (o->count > 1 && o->picture)
        return usage("--picture is for one recording");
    if (o->folder && (stat(o->folder, &status) != 0 || !S_ISDIR(status.st_mode))) {
        fprintf(stderr, "cochlea: %s: is not a folder\n", o->folder);
        return EXIT_FAILED;
    }
    return check_names(o);
}

int transcribe_parse(transcribe_options *o, int argc, char **argv)
{
    static const struct option options[] = {
        {"events", required_argument, NULL, 'E'},
        {"picture", required_argument, NULL, 'I'},
        {"lookahead", required_argument, NULL, 'L'},
        {"sensitivity", required_argument, NULL, 'S'},
        {"min-confidence", required_argument, NULL, 'C'},
        {"sustain", required_argument, NULL, 'P'},
        {"quantize", required_argument, NULL, 'Q'},
        {"key", required_argument, NULL, 'K'},
        {"only-piano", no_argument, NULL, 'O'},
        {"model", required_argument, NULL, 'M'},
        {"show", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *o = (transcribe_options){.threads = 1};
    cochlea_settings_default(&o->settings);
    o->settings.sustain = 0;
    const options_command command = {"transcribe", help, ":o:d:j:h", options};
    int status = options_parse(&command, argc, argv, set_option, o);
    if (status >= 0)
        return status;
    o->inputs = argv + optind;
    o->count = argc - optind;
    status = check(o);
    return status == EXIT_DONE ? -1 : status;
}

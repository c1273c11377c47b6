#include "practice/score.h"

#include "practice/score_hands.h"
#include "practice/score_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 1 << 18, CHANNELS = 16, DRUM_CHANNEL = 9, PITCHES = 128 };
enum { META = 0xFF, META_TEXT = 0x01, META_NAME = 0x03, META_LYRIC = 0x05, PIANO_PROGRAMS = 8 };
enum { FINGER_REACH = 64 /* events around a note in which its finger is looked for */ };

static int is_note_on(const coch_smf_event *event)
{
    return (event->bytes[0] & 0xF0) == 0x90 && event->bytes[2] > 0;
}

static int is_note_off(const coch_smf_event *event)
{
    return (event->bytes[0] & 0xF0) == 0x80 || ((event->bytes[0] & 0xF0) == 0x90 && event->bytes[2] == 0);
}

/* ---- Parts ---- */

/* The part of a track, part_count when it has none. */
static size_t part_of(const coch_score *score, uint16_t track)
{
    size_t i = 0;
    while (i < score->part_count && score->parts[i].track != track)
        i++;
    return i;
}

/* One part for each track with notes. */
static cochlea_status find_parts(coch_score *score, const coch_smf *smf)
{
    uint8_t program[CHANNELS] = {0}, known[CHANNELS] = {0};
    score->parts = calloc(COCH_PARTS_MAX, sizeof *score->parts);
    if (!score->parts)
        return COCHLEA_ERROR_MEMORY;
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        unsigned channel = event->bytes[0] & 0x0F;
        if ((event->bytes[0] & 0xF0) == 0xC0 && !known[channel]) {
            program[channel] = event->bytes[1];
            known[channel] = 1;
        }
    }
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        if (!is_note_on(event))
            continue;
        size_t part = part_of(score, event->track);
        if (part == COCH_PARTS_MAX)
            return COCHLEA_ERROR_UNSUPPORTED;
        if (part == score->part_count) {
            unsigned channel = event->bytes[0] & 0x0F;
            score->parts[score->part_count++] = (coch_score_part){
                .track = event->track, .program = program[channel], .drums = channel == DRUM_CHANNEL};
        }
        score->parts[part].notes++;
    }
    return COCHLEA_OK;
}

static int by_track(const void *a, const void *b)
{
    return (int)((const coch_score_part *)a)->track - (int)((const coch_score_part *)b)->track;
}

static void name_parts(coch_score *score, const coch_smf *smf)
{
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        if (event->bytes[0] != META || event->bytes[1] != META_NAME)
            continue;
        size_t part = part_of(score, event->track);
        if (part < score->part_count && !score->parts[part].name[0])
            strncpy(score->parts[part].name, smf->text + event->value, COCH_PART_NAME - 1);
    }
}

static void choose_parts(coch_score *score, uint64_t wanted)
{
    int pianos = 0;
    for (size_t i = 0; i < score->part_count; i++)
        pianos += !score->parts[i].drums && score->parts[i].program < PIANO_PROGRAMS;
    for (size_t i = 0; i < score->part_count; i++) {
        coch_score_part *part = &score->parts[i];
        if (wanted)
            part->chosen = wanted >> i & 1;
        else
            part->chosen = !part->drums && (pianos == 0 || part->program < PIANO_PROGRAMS);
    }
}

/* ---- Notes ---- */

/* Reads the number of a finger, also of a change ("4-5", the first one counts); 0 for any other text. */
static uint8_t finger_of(const char *text)
{
    while (*text == ' ')
        text++;
    if (*text < '1' || *text > '5')
        return 0;
    const char *rest = text + 1 + strspn(text + 1, "-12345 ");
    return *rest == '\0' && strlen(text) <= 4 ? (uint8_t)(*text - '0') : 0;
}

/* Gives the fingers written at a tick, in their order, to the notes of the same part there. `first` is the
 * first event of that tick. */
static uint8_t finger_at(const coch_smf *smf, size_t first, size_t event)
{
    size_t place = 0;
    if (event > FINGER_REACH && first < event - FINGER_REACH)
        first = event - FINGER_REACH;
    for (size_t i = first; i < event; i++)
        place += smf->events[i].track == smf->events[event].track && is_note_on(&smf->events[i]);
    for (size_t i = first; i < smf->count && i < event + FINGER_REACH; i++) {
        const coch_smf_event *e = &smf->events[i];
        if (e->tick != smf->events[event].tick)
            break;
        if (e->track != smf->events[event].track || e->bytes[0] != META ||
            (e->bytes[1] != META_TEXT && e->bytes[1] != META_LYRIC))
            continue;
        uint8_t finger = finger_of(smf->text + e->value);
        if (finger && place-- == 0)
            return finger;
    }
    return 0;
}

/* The note that starts with an event: without its end. */
static coch_score_note start_note(const coch_score *score, const coch_smf *smf, size_t first, size_t event)
{
    const coch_smf_event *e = &smf->events[event];
    double beat = (double)e->tick / smf->division;
    return (coch_score_note){.beat = beat,
                             .seconds = coch_score_seconds(score, beat),
                             .pitch = e->bytes[1],
                             .velocity = e->bytes[2],
                             .finger = finger_at(smf, first, event),
                             .part = (uint16_t)part_of(score, e->track)};
}

static void end_note(const coch_score *score, const coch_smf *smf, coch_score_note *note, int64_t tick)
{
    double beat = (double)tick / smf->division;
    note->beats = beat - note->beat;
    note->length = coch_score_seconds(score, beat) - note->seconds;
}

static cochlea_status collect_notes(coch_score *score, const coch_smf *smf, uint32_t *open)
{
    size_t total = 0, first = 0;
    for (size_t i = 0; i < score->part_count; i++)
        total += score->parts[i].chosen ? score->parts[i].notes : 0;
    if (total == 0 || total > NOTES_MAX)
        return total ? COCHLEA_ERROR_UNSUPPORTED : COCHLEA_ERROR_MISSING;
    score->notes = calloc(total, sizeof *score->notes);
    if (!score->notes)
        return COCHLEA_ERROR_MEMORY;
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        if (event->tick != smf->events[first].tick)
            first = i;
        size_t part = part_of(score, event->track);
        if (part == score->part_count || !score->parts[part].chosen ||
            (!is_note_on(event) && !is_note_off(event)))
            continue;
        uint32_t *sounding = &open[part * PITCHES + event->bytes[1]]; /* index + 1 */
        if (*sounding)
            end_note(score, smf, &score->notes[*sounding - 1], event->tick);
        *sounding = 0;
        if (is_note_on(event)) {
            score->notes[score->note_count++] = start_note(score, smf, first, i);
            *sounding = (uint32_t)score->note_count;
        }
    }
    return COCHLEA_OK;
}

static int by_onset(const void *a, const void *b)
{
    const coch_score_note *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return x->pitch != y->pitch ? x->pitch - y->pitch : x->part - y->part;
}

static int by_pitch(const void *a, const void *b)
{
    const coch_score_note *x = a, *y = b;
    return x->pitch != y->pitch ? x->pitch - y->pitch
                                : (x->velocity > y->velocity ? -1 : x->velocity < y->velocity);
}

/* Sorts the notes [first, last) of one chord by pitch and merges those of one key; returns how many are left.
 */
static uint32_t tidy_chord(coch_score_note *notes, uint32_t count)
{
    uint32_t left = 0;
    qsort(notes, count, sizeof *notes, by_pitch);
    for (uint32_t i = 0; i < count; i++) {
        if (left > 0 && notes[left - 1].pitch == notes[i].pitch) {
            notes[left - 1].beats = fmax(notes[left - 1].beats, notes[i].beats);
            notes[left - 1].length = fmax(notes[left - 1].length, notes[i].length);
            notes[left - 1].finger = notes[left - 1].finger ? notes[left - 1].finger : notes[i].finger;
        } else {
            notes[left++] = notes[i];
        }
    }
    return left;
}

static cochlea_status find_chords(coch_score *score)
{
    size_t kept = 0;
    score->chords = calloc(score->note_count, sizeof *score->chords);
    if (!score->chords)
        return COCHLEA_ERROR_MEMORY;
    for (size_t first = 0, last; first < score->note_count; first = last) {
        double start = score->notes[first].seconds, beat = score->notes[first].beat;
        for (last = first; last < score->note_count; last++)
            if (score->notes[last].seconds - start > COCH_CHORD_SECONDS)
                break;
        uint32_t count = tidy_chord(score->notes + first, (uint32_t)(last - first));
        memmove(score->notes + kept, score->notes + first, count * sizeof *score->notes);
        for (size_t i = kept; i < kept + count; i++)
            score->notes[i].chord = (uint32_t)score->chord_count;
        score->chords[score->chord_count++] =
            (coch_score_chord){.beat = beat, .seconds = start, .first = (uint32_t)kept, .count = count};
        kept += count;
    }
    score->note_count = kept;
    return COCHLEA_OK;
}

/* Ties notes, chords and bars together. */
static void number_bars(coch_score *score)
{
    uint32_t chord = 0;
    for (size_t b = 0; b < score->bar_count; b++) {
        double end = b + 1 < score->bar_count ? score->bars[b + 1].beat : INFINITY;
        score->bars[b].first_chord = chord;
        for (; chord < score->chord_count && score->chords[chord].beat < end - 1e-9; chord++)
            score->chords[chord].bar = (uint32_t)b;
    }
    for (size_t i = 0; i < score->note_count; i++) {
        score->notes[i].bar = score->chords[score->notes[i].chord].bar;
        score->seconds = fmax(score->seconds, score->notes[i].seconds + score->notes[i].length);
    }
}

cochlea_status coch_score_build(coch_score *score, const coch_smf *smf, const coch_score_options *options)
{
    *score = (coch_score){0};
    cochlea_status status = find_parts(score, smf);
    if (status != COCHLEA_OK)
        return status;
    qsort(score->parts, score->part_count, sizeof *score->parts, by_track);
    name_parts(score, smf);
    choose_parts(score, options ? options->parts : 0);
    uint32_t *open = calloc((size_t)COCH_PARTS_MAX * PITCHES, sizeof *open);
    status = open ? coch_score_map_tempo(score, smf) : COCHLEA_ERROR_MEMORY;
    if (status == COCHLEA_OK)
        status = collect_notes(score, smf, open);
    free(open);
    if (status != COCHLEA_OK)
        return status;
    qsort(score->notes, score->note_count, sizeof *score->notes, by_onset);
    status = find_chords(score);
    if (status == COCHLEA_OK)
        status = coch_score_map_bars(score, smf);
    if (status != COCHLEA_OK)
        return status;
    number_bars(score);
    return coch_score_hands(score);
}

cochlea_status coch_score_read(coch_score *score, const char *path, const coch_score_options *options)
{
    coch_smf smf;
    *score = (coch_score){0};
    cochlea_status status = coch_smf_read(&smf, path);
    if (status == COCHLEA_OK)
        status = coch_score_build(score, &smf, options);
    coch_smf_free(&smf);
    return status;
}

void coch_score_free(coch_score *score)
{
    free(score->notes);
    free(score->chords);
    free(score->bars);
    free(score->tempi);
    free(score->parts);
    *score = (coch_score){0};
}

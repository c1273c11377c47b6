#include "practice/band.h"

#include "music/midi.h"

#include <math.h>

static const double click_length = 0.05; /* seconds */
static const uint8_t accent_velocity = 112, beat_velocity = 84;

void coch_band_init(coch_band *band, const coch_score *score, coch_hand hand, int metronome, float gain)
{
    *band = (coch_band){.score = score, .hand = hand, .metronome = metronome, .gain = gain};
}

typedef struct writer {
    coch_band_event *events;
    size_t count, capacity;
} writer;

/* Inserts by time; what comes later among equals stays later. */
static void put(writer *w, double time, const uint8_t bytes[3])
{
    if (w->count == w->capacity)
        return;
    size_t at = w->count++;
    for (; at > 0 && w->events[at - 1].time > time; at--)
        w->events[at] = w->events[at - 1];
    w->events[at] = (coch_band_event){time, {bytes[0], bytes[1], bytes[2]}};
}

static double when(const coch_band_span *span, double score)
{
    return span->time + (score - span->from) / span->rate;
}

static void end_notes(coch_band *band, const coch_band_span *span, writer *w)
{
    size_t left = 0;
    uint8_t bytes[3];
    for (size_t i = 0; i < band->sounding_count; i++) {
        coch_band_note note = band->sounding[i];
        if (note.end >= span->to) {
            band->sounding[left++] = note;
            continue;
        }
        coch_midi_note_off(bytes, COCH_BAND_CHANNEL, note.pitch);
        put(w, when(span, fmax(note.end, span->from)), bytes);
    }
    band->sounding_count = left;
}

static void begin_note(coch_band *band, const coch_score_note *note, const coch_band_span *span, writer *w)
{
    uint8_t bytes[3];
    unsigned velocity = (unsigned)lrintf(fminf(fmaxf((float)note->velocity * band->gain, 1.0f), 127.0f));
    if (band->sounding_count == COCH_BAND_SOUNDING)
        return;
    coch_midi_note_on(bytes, COCH_BAND_CHANNEL, note->pitch, velocity);
    put(w, when(span, note->seconds), bytes);
    double end = note->seconds + fmax(note->length * 0.95, 0.05);
    if (end < span->to) {
        coch_midi_note_off(bytes, COCH_BAND_CHANNEL, note->pitch);
        put(w, when(span, end), bytes);
        return;
    }
    band->sounding[band->sounding_count++] = (coch_band_note){end, note->pitch};
}

/* The first chord at or after a score second. */
static size_t chord_from(const coch_score *score, double seconds)
{
    size_t low = 0, high = score->chord_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (score->chords[middle].seconds < seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void click(const coch_band_span *span, double score, int accent, writer *w)
{
    uint8_t bytes[3], pitch = accent ? COCH_CLICK_ACCENT : COCH_CLICK_BEAT;
    coch_midi_note_on(bytes, COCH_CLICK_CHANNEL, pitch, accent ? accent_velocity : beat_velocity);
    put(w, when(span, score), bytes);
    coch_midi_note_off(bytes, COCH_CLICK_CHANNEL, pitch);
    put(w, when(span, score) + click_length, bytes);
}

/* Beats of the bars within the span; before the start of the range, those of a bar like its first. */
static void click_beats(const coch_band *band, const coch_band_span *span, writer *w)
{
    const coch_score *score = band->score;
    size_t bar = coch_score_bar_at(score, span->start);
    const coch_score_bar *first = &score->bars[bar];
    double step = 4.0 / first->denominator;
    for (int i = first->numerator * 4; i > 0 && span->from < span->start; i--) {
        double beat = first->beat - i * step;
        double seconds = first->seconds + (beat - first->beat) *
                                              (coch_score_seconds(score, first->beat + 1.0) - first->seconds);
        if (seconds >= span->from - 1e-9 && seconds < span->to - 1e-9)
            click(span, seconds, i % first->numerator == 0, w);
    }
    for (bar = coch_score_bar_at(score, fmax(span->from, span->start)); bar < score->bar_count; bar++) {
        const coch_score_bar *b = &score->bars[bar];
        if (b->seconds >= span->to)
            break;
        for (int i = 0; i * 4.0 / b->denominator < b->beats - 1e-9; i++) {
            double seconds = coch_score_seconds(score, b->beat + i * 4.0 / b->denominator);
            if (seconds >= fmax(span->from, span->start) - 1e-9 && seconds < span->to - 1e-9)
                click(span, seconds, i == 0, w);
        }
    }
}

size_t coch_band_play(coch_band *band, const coch_band_span *span, coch_band_event *events,
                      size_t capacity) COCH_REALTIME
{
    writer w = {events, 0, capacity};
    const coch_score *score = band->score;
    end_notes(band, span, &w);
    if (band->metronome)
        click_beats(band, span, &w);
    if (band->hand == COCH_HAND_BOTH)
        return w.count;
    for (size_t c = chord_from(score, fmax(span->from, span->start) - 1e-9); c < score->chord_count; c++) {
        const coch_score_chord *chord = &score->chords[c];
        if (chord->seconds >= span->to - 1e-9)
            break;
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
            if (score->notes[i].hand == band->hand)
                begin_note(band, &score->notes[i], span, &w);
    }
    return w.count;
}

size_t coch_band_stop(coch_band *band, double time, coch_band_event *events, size_t capacity) COCH_REALTIME
{
    writer w = {events, 0, capacity};
    uint8_t bytes[3];
    for (size_t i = 0; i < band->sounding_count; i++) {
        coch_midi_note_off(bytes, COCH_BAND_CHANNEL, band->sounding[i].pitch);
        put(&w, time, bytes);
    }
    band->sounding_count = 0;
    return w.count;
}

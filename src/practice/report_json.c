#include "practice/report.h"

#include <math.h>
#include <string.h>

static const char *const hands[] = {"both", "left", "right"};
static const char *const modes[] = {"free", "tempo", "wait"};

/* Length of the UTF-8 sequence at `text`, 0 when it is none. */
static size_t sequence(const unsigned char *text)
{
    size_t length = *text < 0x80                    ? 1
                    : *text >= 0xC2 && *text < 0xE0 ? 2
                    : *text >= 0xE0 && *text < 0xF0 ? 3
                    : *text >= 0xF0 && *text < 0xF5 ? 4
                                                    : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if ((*text == 0xE0 && text[1] < 0xA0) || (*text == 0xED && text[1] > 0x9F) ||
        (*text == 0xF0 && text[1] < 0x90) || (*text == 0xF4 && text[1] > 0x8F))
        return 0; /* too long, a surrogate, too large */
    return length;
}

void coch_json_string(const char *text, FILE *file)
{
    const unsigned char *at = (const unsigned char *)text;
    putc('"', file);
    while (*at) {
        size_t length = sequence(at);
        if (*at == '"' || *at == '\\')
            fprintf(file, "\\%c", *at);
        else if (*at < 0x20)
            fprintf(file, "\\u%04x", *at);
        else if (length == 0)
            putc('?', file);
        else
            fwrite(at, 1, length, file);
        at += length ? length : 1;
    }
    putc('"', file);
}

static void number(const char *name, double value, const char *format, FILE *file)
{
    fprintf(file, "\"%s\":", name);
    if (isfinite(value))
        fprintf(file, format, value);
    else
        fputs("null", file);
}

/* The state of a verdict: a word without spaces. */
static const char *state(unsigned verdict)
{
    return verdict == COCH_UNSURE  ? "unsure"
           : verdict <= COCH_HEARD ? "unplayed"
                                   : coch_verdict_name(verdict);
}

static void write_head(const coch_session *session, const coch_report_names *names, FILE *file)
{
    const coch_session_options *o = coch_session_get_options(session);
    fputs("{\"report\":\"cochlea practice\",\"version\":1,\n\"score\":", file);
    coch_json_string(names->score ? names->score : "", file);
    if (names->source) {
        fputs(",\"source\":", file);
        coch_json_string(names->source, file);
    }
    if (names->device) {
        fputs(",\"device\":", file);
        coch_json_string(names->device, file);
    }
    fprintf(file, ",\"mode\":\"%s\",\"hand\":\"%s\",", modes[o->mode], hands[o->hand]);
    number("tempo_percent", 100.0 * o->tempo, "%.1f", file);
    if (o->first_bar < o->end_bar)
        fprintf(file, ",\"first_bar\":%u,\"last_bar\":%u", o->first_bar + 1, o->end_bar);
    putc(',', file);
    number("tolerance_ms", o->tolerance_ms, "%.0f", file);
    putc(',', file);
    number("latency_ms", o->latency_ms, "%.17g", file);
    putc(',', file);
    number("margin_db", o->margin_db, "%.1f", file);
    putc(',', file);
    number("seconds", names->seconds, "%.3f", file);
    fputs(",\n", file);
}

static void write_totals(const coch_report *r, FILE *file)
{
    fprintf(file, "\"totals\":{\"expected\":%u,\"judged\":%u", r->expected, r->reached);
    for (unsigned v = COCH_HIT; v < COCH_VERDICTS; v++)
        fprintf(file, ",\"%s\":%u", state(v), r->verdicts[v]);
    fprintf(file, ",\"unplayed\":%u,\"extra\":%u,\"doubtful\":%u,\"mistakes\":%u", r->verdicts[COCH_PENDING],
            r->extra, r->doubtful, r->mistakes);
    for (unsigned k = 0; k < 4; k++)
        fprintf(file, ",\"%s\":%u", coch_break_name(k), r->breaks[k]);
    putc(',', file);
    number("accuracy", r->accuracy, "%.4f", file);
    putc(',', file);
    number("in_time", r->in_time, "%.4f", file);
    fputs("},\n\"timing\":{", file);
    number("mean_ms", r->mean_ms, "%.1f", file);
    putc(',', file);
    number("sd_ms", r->sd_ms, "%.1f", file);
    fprintf(file, ",\"bin_ms\":%d,\"first_bin_ms\":%d,\"histogram\":[", COCH_HISTOGRAM_BIN_MS,
            -COCH_HISTOGRAM_BIN_MS * (COCH_HISTOGRAM_BINS / 2));
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++)
        fprintf(file, "%s%u", i ? "," : "", r->histogram[i]);
    fputs("]},\n\"dynamics\":{", file);
    number("mean_velocity", r->velocity[0], "%.1f", file);
    putc(',', file);
    number("left", r->velocity[1], "%.1f", file);
    putc(',', file);
    number("right", r->velocity[2], "%.1f", file);
    putc(',', file);
    number("sd", r->velocity_sd, "%.1f", file);
    putc(',', file);
    number("correlation", r->dynamics, "%.3f", file);
    fputs("},\n", file);
}

static void write_bars(const coch_report *r, const coch_score *score, FILE *file)
{
    const char *between = "";
    fputs("\"bars\":[", file);
    for (size_t b = 0; b < r->bar_count; b++) {
        const coch_bar_result *bar = &r->bars[b];
        if (bar->expected == 0)
            continue;
        fprintf(file, "%s\n{\"bar\":%u,\"expected\":%u", between, bar->bar + 1, bar->expected);
        for (unsigned v = COCH_HIT; v < COCH_VERDICTS; v++)
            fprintf(file, ",\"%s\":%u", state(v), bar->verdicts[v]);
        fprintf(file, ",\"unplayed\":%u,\"extra\":%u,\"breaks\":%u,\"attempts\":%u,",
                bar->verdicts[COCH_PENDING], bar->extra, bar->breaks, bar->attempts);
        number("error_ms", bar->error_ms, "%.1f", file);
        putc(',', file);
        number("tempo", bar->tempo, "%.1f", file);
        putc(',', file);
        number("score_tempo",
               60.0 * score->bars[b].beats /
                   (coch_score_seconds(score, score->bars[b].beat + score->bars[b].beats) -
                    score->bars[b].seconds),
               "%.1f", file);
        putc(',', file);
        number("velocity", bar->velocity, "%.1f", file);
        putc(',', file);
        number("trouble", bar->trouble, "%.3f", file);
        putc('}', file);
        between = ",";
    }
    fputs("],\n\"worst_bars\":[", file);
    for (size_t i = 0; i < r->worst_count; i++)
        fprintf(file, "%s%u", i ? "," : "", r->bars[r->worst[i]].bar + 1);
    fputs("],\n", file);
}

static void write_note(const coch_score_note *note, const coch_judgement *j, FILE *file)
{
    unsigned verdict = j->attempts ? j->verdict : COCH_PENDING;
    fprintf(file, "{\"note\":%u,\"bar\":%u,\"beat\":%.4f,\"hand\":\"%s\",\"state\":\"%s\"", note->pitch,
            note->bar + 1, note->beat, hands[note->hand], state(verdict));
    if (note->finger)
        fprintf(file, ",\"finger\":%u", note->finger);
    if (verdict == COCH_WRONG)
        fprintf(file, ",\"played\":%u", j->played);
    if (!isnan(j->time)) {
        fprintf(file, ",\"t\":%.4f,\"velocity\":%u,\"confidence\":%.2f,", j->time, j->velocity,
                (double)j->confidence);
        number("error_ms", j->error_ms, "%.1f", file);
    }
    fprintf(file, ",\"attempts\":%u", j->attempts);
    if (j->attempts > 1)
        fprintf(file, ",\"first\":\"%s\",\"mistakes\":%u", state(j->first), j->mistakes);
    putc('}', file);
}

static void write_notes(const coch_picture *picture, const coch_session_options *o, FILE *file)
{
    const char *between = "";
    fputs("\"notes\":[", file);
    for (size_t i = 0; i < picture->score->note_count; i++) {
        const coch_score_note *note = &picture->score->notes[i];
        int outside = o->first_bar < o->end_bar && (note->bar < o->first_bar || note->bar >= o->end_bar);
        if (outside || (o->hand != COCH_HAND_BOTH && note->hand != o->hand))
            continue;
        fprintf(file, "%s\n", between);
        write_note(note, &picture->notes[i], file);
        between = ",";
    }
    fputs("],\n", file);
}

static void write_rest(const coch_picture *picture, FILE *file)
{
    const coch_score *score = picture->score;
    fputs("\"extra\":[", file);
    for (size_t i = 0; i < picture->extra_count; i++) {
        const coch_extra *e = &picture->extras[i];
        fprintf(
            file,
            "%s\n{\"note\":%u,\"t\":%.4f,\"bar\":%u,\"velocity\":%u,\"confidence\":%.2f,\"state\":\"%s\"}",
            i ? "," : "", e->pitch, e->time, score->chords[e->chord].bar + 1, e->velocity,
            (double)e->confidence, e->sure ? "wrong" : "unsure");
    }
    fputs("],\n\"breaks\":[", file);
    for (size_t i = 0; i < picture->break_count; i++) {
        const coch_break *b = &picture->breaks[i];
        fprintf(file, "%s\n{\"kind\":\"%s\",\"t\":%.4f,\"from_bar\":%u,\"to_bar\":%u,\"pause\":%.3f}",
                i ? "," : "", coch_break_name(b->kind), b->time, score->chords[b->from].bar + 1,
                score->chords[b->to].bar + 1, b->pause);
    }
    fprintf(file, "],\n\"heard\":%u,\"excluded\":%u}\n", picture->heard, picture->excluded);
}

void coch_report_json(const coch_report *report, const coch_session *session, const coch_report_names *names,
                      FILE *file)
{
    coch_picture picture;
    coch_session_picture(session, &picture);
    write_head(session, names, file);
    write_totals(report, file);
    write_bars(report, picture.score, file);
    write_notes(&picture, coch_session_get_options(session), file);
    write_rest(&picture, file);
}

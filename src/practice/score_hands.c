#include "practice/score_hands.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 89, LOWEST = 21 }; /* line i separates pitches below LOWEST + i from the rest */

static const char *const left_names[] = {"left", "l.h.",     "lh",   "links", "linke", "gauche",
                                         "m.g.", "sinistra", "m.s.", "bass",  "lower", "down"};
static const char *const right_names[] = {"right", "r.h.",   "rh",     "rechts", "rechte", "droite",
                                          "m.d.",  "destra", "treble", "upper",  "melody", "up"};

/* Whether `word` stands in `name` as a word of its own. */
static int has_word(const char *name, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = name; (at = strstr(at, word)); at++) {
        int before = at > name && isalpha((unsigned char)at[-1]);
        if (!before && !isalpha((unsigned char)at[length]))
            return 1;
    }
    return 0;
}

coch_hand coch_hand_of_name(const char *name)
{
    char lower[COCH_PART_NAME];
    size_t n = 0;
    for (; name[n] && n + 1 < sizeof lower; n++)
        lower[n] = (char)tolower((unsigned char)name[n]);
    lower[n] = '\0';
    for (size_t i = 0; i < sizeof left_names / sizeof *left_names; i++)
        if (has_word(lower, left_names[i]))
            return COCH_HAND_LEFT;
    for (size_t i = 0; i < sizeof right_names / sizeof *right_names; i++)
        if (has_word(lower, right_names[i]))
            return COCH_HAND_RIGHT;
    return COCH_HAND_BOTH;
}

/* Of two parts of which no name tells: the higher one is the right hand, if it is clearly higher. */
static void by_height(const coch_score *score, coch_hand *hands)
{
    size_t part[2] = {0}, found = 0;
    double sum[2] = {0}, count[2] = {0};
    for (size_t i = 0; i < score->part_count; i++) {
        if (!score->parts[i].chosen)
            continue;
        if (found < 2)
            part[found] = i;
        found++;
    }
    if (found != 2 || (hands[part[0]] && hands[part[1]]))
        return;
    if (hands[part[0]] || hands[part[1]]) {
        size_t known = hands[part[0]] ? 0 : 1;
        hands[part[1 - known]] = hands[part[known]] == COCH_HAND_LEFT ? COCH_HAND_RIGHT : COCH_HAND_LEFT;
        return;
    }
    for (size_t i = 0; i < score->note_count; i++) {
        int which = score->notes[i].part == part[1];
        sum[which] += score->notes[i].pitch;
        count[which]++;
    }
    if (count[0] == 0 || count[1] == 0 || fabs(sum[0] / count[0] - sum[1] / count[1]) < 5.0)
        return;
    int first_higher = sum[0] / count[0] > sum[1] / count[1];
    hands[part[0]] = first_higher ? COCH_HAND_RIGHT : COCH_HAND_LEFT;
    hands[part[1]] = first_higher ? COCH_HAND_LEFT : COCH_HAND_RIGHT;
}

/* What a hand pays for a span of semitones: nothing up to a tenth. */
static float span_cost(int low, int high)
{
    return high - low > 15 ? 0.6f * (float)(high - low - 15) : 0.0f;
}

/* What it costs to cut the open notes of a chord at a line. */
static float cut_cost(const coch_score *score, const coch_score_chord *chord, const coch_hand *hands,
                      int line)
{
    int low[2] = {128, 128}, high[2] = {-1, -1};
    int split = LOWEST + line;
    float nearest = 128.0f;
    for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
        const coch_score_note *note = &score->notes[i];
        if (hands[note->part])
            continue;
        int right = note->pitch >= split;
        nearest = fminf(nearest, fabsf((float)(note->pitch - split) + 0.5f));
        low[right] = note->pitch < low[right] ? note->pitch : low[right];
        high[right] = note->pitch > high[right] ? note->pitch : high[right];
    }
    float cost = 0.004f * fabsf((float)(split - 60)) * fabsf((float)(split - 60)) / 12.0f;
    cost += 0.5f / (0.5f + nearest); /* the line runs where nothing is played */
    cost += 0.5f / (0.5f + nearest); /* the line runs where nothing is played */
    for (int hand = 0; hand < 2; hand++)
        if (high[hand] >= 0)
            cost += span_cost(low[hand], high[hand]);
    if (high[0] >= 0 && high[1] >= 0) /* a close interval is most often in one hand */
        cost += 2.0f / (float)(low[1] - high[0]);
    return cost;
}

/* One step of the path: from costs before to costs after a chord, keeping where each line came from. */
static void step(const float *before, float *after, uint8_t *from, float moved)
{
    for (int line = 0; line < LINES; line++) {
        float best = INFINITY;
        for (int other = 0; other < LINES; other++) {
            float cost = before[other] + moved * fabsf((float)(line - other));
            if (cost < best) {
                best = cost;
                from[line] = (uint8_t)other;
            }
        }
        after[line] = best;
    }
}

static void assign(coch_score *score, const coch_hand *hands, const uint8_t *from, const float *last)
{
    int line = 0;
    for (int i = 1; i < LINES; i++)
        if (last[i] < last[line])
            line = i;
    for (size_t c = score->chord_count; c-- > 0;) {
        const coch_score_chord *chord = &score->chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            coch_score_note *note = &score->notes[i];
            coch_hand split = note->pitch >= LOWEST + line ? COCH_HAND_RIGHT : COCH_HAND_LEFT;
            note->hand = (uint8_t)(hands[note->part] ? hands[note->part] : split);
        }
        line = from[c * LINES + (size_t)line];
    }
}

static void follow(coch_score *score, const coch_hand *hands, uint8_t *from)
{
    float costs[2][LINES] = {{0}};
    int now = 0;
    for (size_t c = 0; c < score->chord_count; c++, now = 1 - now) {
        double gap = c ? score->chords[c].seconds - score->chords[c - 1].seconds : 10.0;
        step(costs[now], costs[1 - now], from + c * LINES, gap < 1.0 ? 0.12f : 0.04f);
        for (int line = 0; line < LINES; line++)
            costs[1 - now][line] += cut_cost(score, &score->chords[c], hands, line);
    }
    assign(score, hands, from, costs[now]);
}

cochlea_status coch_score_hands(coch_score *score)
{
    coch_hand hands[COCH_PARTS_MAX] = {COCH_HAND_BOTH};
    for (size_t i = 0; i < score->part_count; i++)
        hands[i] = coch_hand_of_name(score->parts[i].name);
    by_height(score, hands);
    uint8_t *from = malloc(score->chord_count * LINES + 1);
    if (!from)
        return COCHLEA_ERROR_MEMORY;
    follow(score, hands, from);
    free(from);
    return COCHLEA_OK;
}

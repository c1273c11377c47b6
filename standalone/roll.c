#include "roll.h"

#include <math.h>
#include <string.h>

#define MARGIN 6 /* columns for the names of the keys */
#define COLUMNS_MAX 240

/* From dark blue over green to yellow: readable on black and white, and by colour-blind eyes. */
static const unsigned char palette[] = {24, 30, 36, 42, 78, 114, 150, 186, 222, 220};

typedef struct canvas {
    unsigned char cell[128][COLUMNS_MAX]; /* velocity of what sounds at a key in a column, 0 for nothing */
    int columns, low, high;
} canvas;

static void paint(canvas *c, const coch_note *notes, size_t count, double seconds)
{
    for (size_t i = 0; i < count; i++) {
        int note = notes[i].note & 127;
        int first = (int)(notes[i].on / seconds * c->columns);
        int last = (int)(notes[i].off / seconds * c->columns);
        c->low = note < c->low ? note : c->low;
        c->high = note > c->high ? note : c->high;
        for (int x = first < 0 ? 0 : first; x <= last && x < c->columns; x++)
            c->cell[note][x] = notes[i].velocity;
        if (first > 0 && first < c->columns && last > first)
            c->cell[note][first - 1] = 0; /* a gap shows that the key was struck again */
    }
}

static int colour_of(unsigned char velocity)
{
    return palette[velocity * sizeof palette / 128];
}

static void draw_cell(FILE *out, unsigned char upper, unsigned char lower, int colour)
{
    static const char *const glyph[] = {" ", "▀", "▄", "█"};
    int kind = (upper > 0) | (lower > 0) << 1;
    if (!colour || kind == 0)
        fputs(glyph[kind], out);
    else if (kind == 3 && upper != lower)
        fprintf(out, "\033[38;5;%d;48;5;%dm▀\033[0m", colour_of(upper), colour_of(lower));
    else
        fprintf(out, "\033[38;5;%dm%s\033[0m", colour_of(upper ? upper : lower), glyph[kind]);
}

static void draw_axis(FILE *out, double seconds, int columns)
{
    double step = seconds > 300 ? 60 : seconds > 60 ? 10 : seconds > 20 ? 5 : 1;
    int x = 0;
    fprintf(out, "%*s", MARGIN, "");
    for (int tick = 0; tick * step < seconds; tick++) {
        double t = tick * step;
        int at = (int)(t / seconds * columns);
        if (at < x || at + 6 > columns)
            continue;
        x += fprintf(out, "%*s%.0fs", at - x, "", t);
    }
    fputc('\n', out);
}

void roll_draw(FILE *out, const coch_note *notes, size_t count, double seconds, int columns, int colour)
{
    static const char *const name[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
    canvas c = {.low = 127, .high = 0, .columns = columns - MARGIN};
    if (c.columns > COLUMNS_MAX)
        c.columns = COLUMNS_MAX;
    if (count == 0 || c.columns < 10 || !(seconds > 0.0))
        return;
    paint(&c, notes, count, seconds);
    for (int note = c.high | 1; note >= c.low; note -= 2) {
        int lower = note - 1;
        if (lower % 12 == 0 || note == (c.high | 1))
            fprintf(out, "%3s%-2d ", name[lower % 12], lower / 12 - 1);
        else
            fprintf(out, "%*s", MARGIN, "");
        for (int x = 0; x < c.columns; x++)
            draw_cell(out, note < 128 ? c.cell[note][x] : 0, c.cell[lower][x], colour);
        fputc('\n', out);
    }
    draw_axis(out, seconds, c.columns);
}

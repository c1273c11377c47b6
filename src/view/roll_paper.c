/* The paper that the roll moves over its window, kept from picture to picture: a row is one of all time, and
 * is drawn anew only when something that lies on it has changed. */
#include "view/roll_paper.h"

#include "view/layout.h"
#include "view/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void coch_view_paper_free(coch_view_paper *paper)
{
    free(paper->rows);
    free(paper->edges);
    free(paper->changed);
    free(paper->lit);
    free(paper->shown);
    free(paper->dirty);
    memset(paper, 0, sizeof *paper);
}

static uint32_t *row_of(const coch_view_paper *p, int64_t row)
{
    return p->rows + (size_t)(row - p->base) * (size_t)p->width;
}

static unsigned char *edges_of(const coch_view_paper *p, int64_t row)
{
    return p->edges + (size_t)(row - p->base) * (size_t)p->blocks;
}

/* The row of an instant; all instants before the present one have theirs. */
static int64_t row_at(const coch_view_paper *p, double time)
{
    int64_t row = (int64_t)round(time * p->speed);
    return row < p->end ? row : p->end;
}

/* ---- What has changed ---- */

static void mark(coch_view_paper *p, int64_t from, int64_t to)
{
    int64_t first = p->end - p->height;
    from = from > first ? from - first : 0;
    to = to < p->end ? to - first : p->height;
    if (to > from)
        memset(p->dirty + from, 1, (size_t)(to - from));
}

static int is_empty(const coch_view_bar *bar)
{
    return bar->bottom <= bar->top;
}

static int same_head(const coch_view_bar *a, const coch_view_bar *b)
{
    return a->top == b->top && a->x == b->x && a->w == b->w && a->radius == b->radius && a->face == b->face &&
           a->head == b->head;
}

/* A bar in place of another. Most just grow at their foot. */
static void replace(coch_view_paper *p, coch_view_bar *kept, const coch_view_bar *bar)
{
    int64_t low = kept->bottom < bar->bottom ? kept->bottom : bar->bottom;
    int64_t high = kept->bottom < bar->bottom ? bar->bottom : kept->bottom;
    if (is_empty(kept) && is_empty(bar))
        return;
    if (is_empty(kept) || is_empty(bar) || !same_head(kept, bar)) {
        mark(p, kept->top, kept->bottom);
        mark(p, bar->top, bar->bottom);
    } else if (low < high) {
        mark(p, low - (int64_t)ceil(bar->radius) - 1, high);
    }
    *kept = *bar;
}

/* ---- Bars ---- */

/* What is not seen is nothing. */
static coch_view_bar seen(const coch_view_paper *p, coch_view_bar bar)
{
    const coch_view_bar nothing = {0};
    return bar.bottom > p->end - p->height && bar.top < p->end ? bar : nothing;
}

static coch_view_bar pedal_bar(const coch_view_paper *p, const coch_view_model *model, int slot)
{
    const coch_view_pedal *pedal = &model->pedals[slot];
    coch_view_bar bar = {.w = p->width};
    if ((size_t)slot < model->pedal_count) {
        bar.top = row_at(p, pedal->down);
        bar.bottom = row_at(p, pedal->held ? model->now : pedal->up);
    }
    return seen(p, bar);
}

/* When the sound of a note ends whose key is up: a pedal holds it, until the key is struck again. `first` is
 * the oldest pedal that is seen. */
static double end_of_sound(const coch_view_model *model, const coch_view_note *note, size_t first,
                           double struck_again)
{
    double end = note->off;
    for (size_t i = first; i < model->pedal_count; i++) {
        const coch_view_pedal *p = &model->pedals[i % COCH_VIEW_PEDALS];
        double up = p->held ? model->now : p->up;
        if (p->down <= note->off && up > end)
            end = up;
    }
    return fmin(end, struck_again);
}

/* The oldest pedal that is still seen. */
static size_t first_seen(const coch_view_model *model)
{
    size_t i = coch_view_first_pedal(model);
    while (i < model->pedal_count && !model->pedals[i % COCH_VIEW_PEDALS].held &&
           model->pedals[i % COCH_VIEW_PEDALS].up <= model->now - model->span)
        i++;
    return i;
}

/* What the pedal holds of a note: a thin bar. */
static coch_view_bar tail_bar(const coch_view_paper *p, const coch_view_model *model,
                              const coch_view_note *note, size_t first, double struck_again)
{
    coch_view_bar bar = {0};
    double left, width;
    if (note->sounding)
        return bar;
    bar.top = row_at(p, note->off);
    bar.bottom = row_at(p, end_of_sound(model, note, first, struck_again));
    bar = seen(p, bar);
    if (is_empty(&bar))
        return bar;
    coch_view_key(note->note, &left, &width);
    bar.w = fmax(1.0, round(0.22 * width * p->width));
    bar.x = (left + width / 2.0) * p->width - bar.w / 2.0;
    bar.face = coch_view_pack(p->colour[note->velocity & 127], 0.15 + 0.3 * note->confidence);
    return bar;
}

static coch_view_bar note_bar(const coch_view_paper *p, const coch_view_model *model,
                              const coch_view_note *note)
{
    double left, width;
    coch_view_bar bar = {.top = row_at(p, note->on)};
    int64_t bottom = note->sounding ? p->end : row_at(p, note->off), least = (int64_t)round(2.0 * p->unit);
    double tall = (double)(bottom - bar.top);
    bar.bottom = tall < (double)least ? bar.top + least : bottom;
    bar = seen(p, bar);
    if (is_empty(&bar) || note->on > model->now)
        return (coch_view_bar){0};
    coch_view_key(note->note, &left, &width);
    double alpha = 0.22 + 0.78 * note->confidence * note->confidence;
    bar.x = round(left * p->width);
    bar.w = fmax(2.0, round(width * p->width) - 1.0);
    bar.radius = fmin(fmin(3.0 * p->unit, bar.w / 3.0), tall / 2.5);
    bar.face = coch_view_pack(p->colour[note->velocity & 127], note->sounding ? alpha : alpha * 0.88);
    if (tall > 8.0 * p->unit)
        bar.head = coch_view_pack(coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.55 * alpha);
    return bar;
}

/* Nothing of it is seen, nor was. */
static int is_gone(const coch_view_paper *p, const coch_view_model *model, const coch_view_note *note,
                   size_t first, size_t slot)
{
    double past = model->now - model->span - (2.0 * p->unit + 2.0) / p->speed;
    return !p->present[slot] && !note->sounding && end_of_sound(model, note, first, past) < past;
}

static void read_notes(coch_view_paper *p, const coch_view_model *model)
{
    double struck[128];
    size_t first = first_seen(model), oldest = coch_view_first_note(model);
    const coch_view_bar nothing = {0};
    for (int n = 0; n < 128; n++)
        struck[n] = model->now;
    p->seen = 0;
    for (size_t i = model->note_count; i > oldest; i--) {
        size_t slot = (i - 1) % COCH_VIEW_NOTES;
        const coch_view_note *note = &model->notes[slot];
        if (is_gone(p, model, note, first, slot)) {
            struck[note->note & 127] = note->on;
            continue;
        }
        coch_view_bar tail = tail_bar(p, model, note, first, struck[note->note & 127]);
        coch_view_bar body = note_bar(p, model, note);
        struck[note->note & 127] = note->on;
        p->present[slot] = !is_empty(&tail) || !is_empty(&body);
        if (p->present[slot])
            p->slot[p->seen++] = (uint16_t)(slot | (coch_view_black(note->note) ? COCH_VIEW_NOTES : 0));
        replace(p, &p->tail[slot], &tail);
        replace(p, &p->note[slot], &body);
    }
    for (size_t slot = model->note_count; slot < COCH_VIEW_NOTES; slot++)
        if (p->present[slot]) {
            replace(p, &p->tail[slot], &nothing);
            replace(p, &p->note[slot], &nothing);
            p->present[slot] = 0;
        }
}

/* ---- Drawing ---- */

/* A rectangle with round corners made of rows of whole pixels. */
static void fill_round(const coch_view_pixels *to, double y, const coch_view_bar *bar)
{
    double h = (double)(bar->bottom - bar->top), x = bar->x, w = bar->w, radius = bar->radius;
    int rows = 0;
    for (; rows < (int)(radius + 0.5); rows++) {
        double up = radius - rows - 0.5, inset = round(radius - sqrt(fmax(0.0, radius * radius - up * up)));
        if (inset == 0.0)
            break;
        coch_view_pixels_fill(to, x + inset, y + rows, w - 2.0 * inset, 1.0, bar->face);
        coch_view_pixels_fill(to, x + inset, y + h - rows - 1.0, w - 2.0 * inset, 1.0, bar->face);
    }
    if (h > 2.0 * rows)
        coch_view_pixels_fill(to, x, y + rows, w, h - 2.0 * rows, bar->face);
}

/* Onto rows of which the first is row `from`. */
static void draw_bar(const coch_view_paper *p, const coch_view_pixels *to, int64_t from,
                     const coch_view_bar *bar)
{
    double y = (double)(bar->top - from);
    if (is_empty(bar) || bar->bottom <= from || bar->top >= from + to->height)
        return;
    fill_round(to, y, bar);
    if (bar->head)
        coch_view_pixels_fill(to, bar->x + bar->radius, y, bar->w - 2.0 * bar->radius,
                              fmax(1.0, 1.5 * p->unit), bar->head);
}

static void draw_pedals(const coch_view_paper *p, const coch_view_pixels *to, int64_t from)
{
    uint32_t veil = coch_view_pack(coch_view_theme(COCH_VIEW_PEDAL_TONE), 0.07);
    uint32_t edge = coch_view_pack(coch_view_theme(COCH_VIEW_PEDAL_TONE), 0.85);
    double thin = 4.0 * p->unit;
    for (int i = 0; i < COCH_VIEW_PEDALS; i++) {
        const coch_view_bar *bar = &p->pedal[i];
        double y = (double)(bar->top - from), h = (double)(bar->bottom - bar->top);
        if (is_empty(bar) || bar->bottom <= from || bar->top >= from + to->height)
            continue;
        coch_view_pixels_fill(to, 0.0, y, bar->w, h, veil);
        coch_view_pixels_fill(to, 0.0, y, thin, h, edge);
        coch_view_pixels_fill(to, bar->w - thin, y, thin, h, edge);
    }
}

static void draw_seconds(const coch_view_paper *p, const coch_view_pixels *to, int64_t from)
{
    uint32_t line = coch_view_pack(coch_view_theme(COCH_VIEW_LINE), 0.55);
    double second = floor((double)from / p->speed);
    for (; (second - 1.0) * p->speed < (double)(from + to->height); second += 1.0) {
        double y = round(second * p->speed) - (double)from;
        if (y >= 0.0)
            coch_view_pixels_fill(to, 0.0, y, p->width, 1.0, line);
    }
}

/* All that lies on some rows, of which the first is row `from`, over their ground. */
static void draw_rows(const coch_view_paper *p, const coch_view_pixels *to, int64_t from)
{
    draw_pedals(p, to, from);
    draw_seconds(p, to, from);
    for (int i = p->seen - 1; i >= 0; i--)
        draw_bar(p, to, from, &p->tail[p->slot[i] % COCH_VIEW_NOTES]);
    for (int black = 0; black < 2; black++)
        for (int i = p->seen - 1; i >= 0; i--)
            if (p->slot[i] / COCH_VIEW_NOTES == black)
                draw_bar(p, to, from, &p->note[p->slot[i] % COCH_VIEW_NOTES]);
}

/* The row above the first that is kept is not known: it counts as another. */
static void find_edges(const coch_view_paper *p, int64_t row)
{
    unsigned char *edges = edges_of(p, row);
    const uint32_t *at = row_of(p, row);
    if (row == p->base) {
        memset(edges, 1, (size_t)p->blocks);
        return;
    }
    for (int b = 0, x = 0; b < p->blocks; b++, x += COCH_VIEW_BLOCK) {
        int count = p->width - x < COCH_VIEW_BLOCK ? p->width - x : COCH_VIEW_BLOCK;
        edges[b] = memcmp(at + x, at + x - p->width, (size_t)count * sizeof *at) != 0;
    }
}

static void draw_dirty(coch_view_paper *p, const coch_view_pixels *still)
{
    for (int first = 0, next; first < p->height; first = next) {
        int64_t from = p->end - p->height + first;
        for (next = first; next < p->height && p->dirty[next]; next++)
            memcpy(row_of(p, from + next - first), still->data, 4 * (size_t)p->width);
        if (next == first) {
            next++;
            continue;
        }
        coch_view_pixels rows = {(unsigned char *)row_of(p, from), 4 * p->width, p->width, next - first};
        draw_rows(p, &rows, from);
        for (int64_t row = from; row <= from + rows.height && row < p->end; row++)
            find_edges(p, row);
    }
}

/* ---- Moving it ---- */

static int begin(coch_view_paper *p, const coch_view_layout *l, const coch_view_model *model, double speed)
{
    coch_view_paper_free(p);
    p->width = (int)l->roll.w;
    p->height = (int)l->roll.h;
    p->unit = l->unit;
    p->speed = speed;
    for (int v = 0; v < 128; v++)
        p->colour[v] = coch_view_velocity(v);
    p->blocks = (p->width + COCH_VIEW_BLOCK - 1) / COCH_VIEW_BLOCK;
    p->rows = malloc(2 * (size_t)p->height * (size_t)p->width * sizeof *p->rows);
    p->edges = malloc(2 * (size_t)p->height * (size_t)p->blocks);
    p->changed = malloc((size_t)p->blocks);
    p->lit = calloc(1, (size_t)p->blocks);
    p->shown = malloc((size_t)p->height * (size_t)p->width * sizeof *p->shown);
    p->dirty = malloc((size_t)p->height);
    p->end = (int64_t)floor(model->now * speed);
    p->base = p->end - p->height;
    if (!p->rows || !p->edges || !p->changed || !p->lit || !p->shown || !p->dirty) {
        coch_view_paper_free(p);
        return -1;
    }
    memset(p->dirty, 1, (size_t)p->height);
    return 0;
}

static void move(coch_view_paper *p, int64_t end)
{
    int64_t before = p->end, first = end - p->height;
    if (end - p->base > 2 * p->height) {
        memmove(p->rows, row_of(p, first), (size_t)(before - first) * (size_t)p->width * sizeof *p->rows);
        memmove(p->edges, edges_of(p, first), (size_t)(before - first) * (size_t)p->blocks);
        p->base = first;
    }
    p->end = end;
    p->moved = end - before;
    memset(p->dirty, 0, (size_t)p->height);
    mark(p, before, end);
}

int coch_view_paper_move(coch_view_paper *p, const coch_view_layout *l, const coch_view_model *model,
                         const coch_view_pixels *still)
{
    double speed = l->roll.h / model->span;
    int64_t end = (int64_t)floor(model->now * speed);
    if (!p->rows || p->width != (int)l->roll.w || p->height != (int)l->roll.h || p->unit != l->unit ||
        p->speed != speed || end < p->end || end - p->end >= p->height) {
        if (begin(p, l, model, speed) != 0)
            return -1;
    } else {
        move(p, end);
    }
    for (int i = 0; i < COCH_VIEW_PEDALS; i++) {
        coch_view_bar bar = pedal_bar(p, model, i);
        replace(p, &p->pedal[i], &bar);
    }
    read_notes(p, model);
    draw_dirty(p, still);
    return 0;
}

const uint32_t *coch_view_paper_row(const coch_view_paper *p, int row)
{
    return row_of(p, p->end - p->height + row);
}

unsigned char *coch_view_paper_changed(const coch_view_paper *p, int row, int whole)
{
    const size_t blocks = (size_t)p->blocks;
    int64_t above = row - p->moved, at = p->end - p->height + row;
    int any = 0;
    if (whole || at - p->moved < p->base || (above >= 0 && p->dirty[above]))
        return memset(p->changed, 1, blocks);
    for (int64_t r = at - p->moved + 1; r <= at; r++) {
        const unsigned char *edges = edges_of(p, r);
        if (!memchr(edges, 1, blocks))
            continue;
        for (size_t b = 0; b < blocks; b++)
            p->changed[b] = any ? p->changed[b] | edges[b] : edges[b];
        any = 1;
    }
    return any ? p->changed : NULL;
}

int coch_view_paper_foot_height(const coch_view_paper *p)
{
    int height = (int)fmax(1.0, round(p->unit));
    return height < p->height ? height : p->height;
}

void coch_view_paper_foot(const coch_view_paper *p, const coch_view_pixels *to, const coch_view_pixels *still)
{
    coch_view_pixels foot = *to;
    foot.height = coch_view_paper_foot_height(p);
    foot.data += (long)(to->height - foot.height) * to->stride;
    for (int y = 0; y < foot.height; y++)
        memcpy(coch_view_row(&foot, y), coch_view_row(still, to->height - foot.height + y),
               4 * (size_t)to->width);
    draw_rows(p, &foot, p->end - foot.height);
}

#include "view/library.h"

#include "view/library_layout.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Finding and ordering ---- */

static int contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text; text++)
        if (strncasecmp(text, part, length) == 0)
            return 1;
    return length == 0;
}

static int is_found(const coch_library_row *row, const char *find)
{
    return contains(row->names.title, find) || contains(row->names.composer, find);
}

/* Negative when a comes before b. Rows without what it goes by come last. */
static int compare(const coch_library *l, uint32_t a, uint32_t b)
{
    const coch_library_row *x = &l->rows[a], *y = &l->rows[b];
    int by = 0;
    if (l->order == COCH_LIBRARY_BY_LENGTH && x->seconds != y->seconds)
        by = x->seconds < y->seconds ? -1 : 1;
    else if (l->order == COCH_LIBRARY_BY_LAST && x->last != y->last)
        by = x->last > y->last ? -1 : 1;
    else if (l->order == COCH_LIBRARY_BY_TROUBLE) {
        double p = isnan(x->trouble) ? -1.0 : x->trouble, q = isnan(y->trouble) ? -1.0 : y->trouble;
        by = p > q ? -1 : p < q;
    }
    if (by == 0)
        by = strcasecmp(x->names.title, y->names.title);
    return by ? by : a < b ? -1 : 1;
}

/* Merges two ordered halves; qsort() knows nothing of the library. */
static void order(const coch_library *l, uint32_t *rows, uint32_t *room, size_t count)
{
    if (count < 2)
        return;
    size_t half = count / 2, a = 0, b = half, at = 0;
    order(l, rows, room, half);
    order(l, rows + half, room, count - half);
    memcpy(room, rows, count * sizeof *rows);
    while (a < half && b < count)
        rows[at++] = compare(l, room[a], room[b]) <= 0 ? room[a++] : room[b++];
    while (a < half)
        rows[at++] = room[a++];
    while (b < count)
        rows[at++] = room[b++];
}

void coch_library_arrange(coch_library *l)
{
    uint32_t chosen = l->selected < l->shown_count ? l->shown[l->selected] : UINT32_MAX;
    uint32_t *room = malloc((l->count ? l->count : 1) * sizeof *room);
    l->shown_count = 0;
    for (size_t i = 0; i < l->count; i++)
        if (is_found(&l->rows[i], l->find))
            l->shown[l->shown_count++] = (uint32_t)i;
    if (room) /* else in the order of the files */
        order(l, l->shown, room, l->shown_count);
    free(room);
    l->selected = 0;
    for (size_t i = 0; i < l->shown_count; i++)
        if (l->shown[i] == chosen)
            l->selected = i;
}

const coch_library_row *coch_library_chosen(const coch_library *l)
{
    return l->selected < l->shown_count ? &l->rows[l->shown[l->selected]] : NULL;
}

/* ---- What the user does ---- */

static void limit_top(coch_library *l, size_t fit)
{
    size_t most = l->shown_count > fit ? l->shown_count - fit : 0;
    l->top = l->top < most ? l->top : most;
}

static void bring_into_sight(coch_library *l, size_t fit)
{
    if (l->selected < l->top)
        l->top = l->selected;
    else if (fit > 0 && l->selected >= l->top + fit)
        l->top = l->selected + 1 - fit;
    limit_top(l, fit);
}

/* What follows from another choice: over all pieces nothing changes. */
static coch_library_ask chose(coch_library *l, size_t fit)
{
    bring_into_sight(l, fit);
    return l->all ? COCH_LIBRARY_ASK_NOTHING : COCH_LIBRARY_ASK_DAYS;
}

static coch_library_ask choose(coch_library *l, int64_t place, size_t fit)
{
    int64_t last = (int64_t)l->shown_count - 1;
    l->selected = (size_t)(place < 0 || last < 0 ? 0 : place > last ? last : place);
    return chose(l, fit);
}

static coch_library_ask rearrange(coch_library *l, size_t fit)
{
    coch_library_arrange(l);
    return chose(l, fit);
}

static coch_library_ask set_order(coch_library *l, int to, size_t fit)
{
    l->order = (coch_library_order)((to + COCH_LIBRARY_ORDERS) % COCH_LIBRARY_ORDERS);
    l->top = 0;
    return rearrange(l, fit);
}

static coch_library_ask set_scope(coch_library *l, int all)
{
    l->all = all;
    return COCH_LIBRARY_ASK_DAYS;
}

static coch_library_ask find(coch_library *l, char letter, size_t fit)
{
    size_t length = strlen(l->find);
    if (letter && length + 1 < sizeof l->find) {
        l->find[length] = letter;
        l->find[length + 1] = '\0';
    } else if (!letter && length > 0) {
        l->find[length - 1] = '\0';
    }
    return rearrange(l, fit);
}

static coch_library_ask give_up_finding(coch_library *l, size_t fit)
{
    if (!l->find[0])
        return COCH_LIBRARY_ASK_BACK;
    l->find[0] = '\0';
    return rearrange(l, fit);
}

static coch_library_ask take_key(coch_library *l, const coch_view_input *in, size_t fit)
{
    int64_t at = (int64_t)l->selected, page = fit > 1 ? (int64_t)fit - 1 : 1;
    int letter = in->letter > ' ' || (in->letter == ' ' && l->find[0]);
    switch (letter ? COCH_VIEW_KEY_NONE : in->key) {
    case COCH_VIEW_KEY_MORE:
        return in->sideways ? set_order(l, (int)l->order + 1, fit) : choose(l, at - 1, fit);
    case COCH_VIEW_KEY_LESS:
        return in->sideways ? set_order(l, (int)l->order - 1, fit) : choose(l, at + 1, fit);
    case COCH_VIEW_KEY_MUCH_MORE:
        return choose(l, at - page, fit);
    case COCH_VIEW_KEY_MUCH_LESS:
        return choose(l, at + page, fit);
    case COCH_VIEW_KEY_LEAST:
        return choose(l, 0, fit);
    case COCH_VIEW_KEY_MOST:
        return choose(l, (int64_t)l->shown_count - 1, fit);
    case COCH_VIEW_KEY_ENTER:
        return coch_library_chosen(l) ? COCH_LIBRARY_ASK_OPEN : COCH_LIBRARY_ASK_NOTHING;
    case COCH_VIEW_KEY_NEXT:
    case COCH_VIEW_KEY_PREVIOUS:
        return set_scope(l, !l->all);
    case COCH_VIEW_KEY_RESET:
        return find(l, 0, fit);
    case COCH_VIEW_KEY_ESCAPE:
        return give_up_finding(l, fit);
    case COCH_VIEW_KEY_SET_UP:
        return COCH_LIBRARY_ASK_SET_UP;
    default:
        return letter ? find(l, (char)in->letter, fit) : COCH_LIBRARY_ASK_NOTHING;
    }
}

static int under(const coch_library *l, const coch_library_layout *at, double x, double y)
{
    for (int i = 0; i < COCH_LIBRARY_ORDERS; i++)
        if (coch_view_inside(&at->head[i], x, y))
            return COCH_LIBRARY_ON_HEAD - i;
    for (int i = 0; i < 2; i++)
        if (at->scope[i].w > 0.0 && coch_view_inside(&at->scope[i], x, y))
            return COCH_LIBRARY_ON_PIECE - i;
    if (at->set_up.w > 0.0 && coch_view_inside(&at->set_up, x, y))
        return COCH_LIBRARY_ON_SET_UP;
    if (coch_library_thumb(at, l).w > 0.0 && coch_view_inside(&at->bar, x, y))
        return COCH_LIBRARY_ON_BAR;
    if (!coch_view_inside(&at->table, x, y))
        return COCH_LIBRARY_NOWHERE;
    size_t place = l->top + (size_t)((y - at->table.y) / at->row);
    return place < l->shown_count && place < l->top + at->fit ? (int)place : COCH_LIBRARY_NOWHERE;
}

/* The thumb's middle goes to y. */
static void scroll_to(coch_library *l, const coch_library_layout *at, double y)
{
    coch_view_rect thumb = coch_library_thumb(at, l);
    double room = fmax(1.0, at->bar.h - thumb.h), share = (y - at->bar.y - thumb.h / 2.0) / room;
    l->top = (size_t)(fmax(0.0, fmin(1.0, share)) * (double)(l->shown_count - at->fit) + 0.5);
    limit_top(l, at->fit);
}

static coch_library_ask press(coch_library *l, const coch_library_layout *at, const coch_view_input *in)
{
    if (l->hover >= 0 && (size_t)l->hover == l->selected)
        return COCH_LIBRARY_ASK_OPEN;
    if (l->hover >= 0)
        return choose(l, l->hover, at->fit);
    if (l->hover <= COCH_LIBRARY_ON_HEAD && l->hover > COCH_LIBRARY_ON_HEAD - COCH_LIBRARY_ORDERS)
        return set_order(l, COCH_LIBRARY_ON_HEAD - l->hover, at->fit);
    if (l->hover == COCH_LIBRARY_ON_PIECE || l->hover == COCH_LIBRARY_ON_ALL)
        return set_scope(l, l->hover == COCH_LIBRARY_ON_ALL);
    if (l->hover == COCH_LIBRARY_ON_SET_UP)
        return COCH_LIBRARY_ASK_SET_UP;
    l->dragging = l->hover == COCH_LIBRARY_ON_BAR;
    if (l->dragging)
        scroll_to(l, at, in->y);
    return COCH_LIBRARY_ASK_NOTHING;
}

static void scroll(coch_library *l, double notches, size_t fit)
{
    double top = (double)l->top - 3.0 * notches;
    l->top = top > 0.0 ? (size_t)(top + 0.5) : 0;
    limit_top(l, fit);
}

coch_library_ask coch_library_take(coch_library *l, const coch_view_input *in, int width, int height,
                                   double scale)
{
    coch_library_layout at;
    coch_library_layout_of(&at, width, height, scale);
    if (in->action == COCH_VIEW_KEY)
        return take_key(l, in, at.fit);
    if (in->action == COCH_VIEW_SCROLL)
        scroll(l, in->amount, at.fit);
    if (in->action == COCH_VIEW_LEAVE || in->action == COCH_VIEW_RELEASE)
        l->dragging = 0;
    if (l->dragging && in->action == COCH_VIEW_MOVE)
        scroll_to(l, &at, in->y);
    l->hover = in->action == COCH_VIEW_LEAVE ? COCH_LIBRARY_NOWHERE : under(l, &at, in->x, in->y);
    return in->action == COCH_VIEW_PRESS ? press(l, &at, in) : COCH_LIBRARY_ASK_NOTHING;
}

#include "view/practice_input.h"

#include "view/practice_layout.h"

#include <math.h>

#define TEMPO_STEP 0.05
#define TEMPO_LOW 0.25
#define TEMPO_HIGH 1.5

/* What was asked for so far. */
typedef struct asking {
    coch_practice_model *model;
    coch_practice_request *request;
} asking;

coch_session_options coch_practice_around(const coch_session_options *options, uint32_t first, uint32_t end)
{
    coch_session_options o = *options;
    o.first_bar = first;
    o.end_bar = end;
    o.loop = first < end;
    return o;
}

static void ask(const asking *a, coch_practice_ask what, int value)
{
    a->request->ask = what;
    a->request->value = value;
}

static void change(const asking *a, const coch_session_options *options)
{
    a->request->ask = COCH_PRACTICE_ASK_CHANGE;
    a->request->options = *options;
}

static void set_range(const asking *a, uint32_t first, uint32_t end)
{
    coch_session_options o = coch_practice_around(&a->model->options, first, end);
    change(a, &o);
}

static uint32_t bar_now(const coch_practice_model *m)
{
    return (uint32_t)coch_score_bar_at(m->picture.score, m->picture.position.seconds);
}

static void set_mode(const asking *a, coch_practice_mode mode)
{
    coch_session_options o = a->model->options;
    o.mode = mode;
    if (mode != a->model->options.mode)
        change(a, &o);
}

static void set_hand(const asking *a, coch_hand hand)
{
    coch_session_options o = a->model->options;
    o.hand = hand;
    o.accompaniment = hand == COCH_HAND_BOTH ? 0 : o.accompaniment;
    if (hand != a->model->options.hand)
        change(a, &o);
}

static void set_tempo(const asking *a, double tempo)
{
    coch_session_options o = a->model->options;
    o.tempo = fmax(TEMPO_LOW, fmin(TEMPO_HIGH, TEMPO_STEP * round(tempo / TEMPO_STEP)));
    if (o.tempo != a->model->options.tempo)
        change(a, &o);
}

static void set_from(const asking *a)
{
    const coch_session_options *o = &a->model->options;
    uint32_t bar = bar_now(a->model), bars = (uint32_t)a->model->picture.score->bar_count;
    set_range(a, bar, o->first_bar < o->end_bar && o->end_bar > bar ? o->end_bar : bars);
}

static void set_to(const asking *a)
{
    const coch_session_options *o = &a->model->options;
    uint32_t bar = bar_now(a->model);
    set_range(a, o->first_bar < o->end_bar && o->first_bar <= bar ? o->first_bar : 0, bar + 1);
}

static void toggle_loop(const asking *a)
{
    const coch_session_options *o = &a->model->options;
    uint32_t bar = bar_now(a->model);
    if (o->first_bar < o->end_bar)
        set_range(a, 0, 0);
    else
        set_range(a, bar, bar + 1);
}

/* The range one bar on, or its end alone. */
static void move_range(const asking *a, int by, int end_alone)
{
    const coch_session_options *o = &a->model->options;
    int64_t first = o->first_bar, end = o->end_bar, bars = (int64_t)a->model->picture.score->bar_count;
    if (first >= end) {
        toggle_loop(a);
        return;
    }
    first += end_alone ? 0 : by;
    end += by;
    if (first >= 0 && end <= bars && end > first)
        set_range(a, (uint32_t)first, (uint32_t)end);
}

static void loop_worst(const asking *a, size_t place)
{
    int bar = coch_practice_worst(a->model, place);
    if (bar >= 0)
        set_range(a, (uint32_t)bar, (uint32_t)bar + 1);
}

static void toggle(const asking *a, int other_hand)
{
    coch_session_options o = a->model->options;
    if (other_hand && o.hand == COCH_HAND_BOTH)
        return;
    if (other_hand)
        o.accompaniment = !o.accompaniment;
    else
        o.metronome = !o.metronome;
    change(a, &o);
}

static void turn_page(const asking *a)
{
    ask(a, COCH_PRACTICE_ASK_PAGE,
        a->model->page == COCH_PRACTICE_PLAY ? COCH_PRACTICE_REPORT : COCH_PRACTICE_PLAY);
}

static void play(const asking *a)
{
    if (a->model->picture.finished && !a->model->playing)
        ask(a, COCH_PRACTICE_ASK_RESTART, 0);
    else
        ask(a, COCH_PRACTICE_ASK_PLAY, !a->model->playing);
}

static void press(const asking *a, int button)
{
    double tempo = a->model->options.tempo;
    if (button >= COCH_PRACTICE_WAIT && button <= COCH_PRACTICE_FREE)
        set_mode(a, button == COCH_PRACTICE_WAIT    ? COCH_MODE_WAIT
                    : button == COCH_PRACTICE_TEMPO ? COCH_MODE_TEMPO
                                                    : COCH_MODE_FREE);
    else if (button >= COCH_PRACTICE_SLOWER && button <= COCH_PRACTICE_FASTER)
        set_tempo(a, button == COCH_PRACTICE_PACE ? 1.0 : tempo + TEMPO_STEP * (button - COCH_PRACTICE_PACE));
    else if (button >= COCH_PRACTICE_LEFT && button <= COCH_PRACTICE_RIGHT)
        set_hand(a, button == COCH_PRACTICE_LEFT   ? COCH_HAND_LEFT
                    : button == COCH_PRACTICE_BOTH ? COCH_HAND_BOTH
                                                   : COCH_HAND_RIGHT);
    else if (button == COCH_PRACTICE_START)
        play(a);
    else if (button == COCH_PRACTICE_RESTART)
        ask(a, COCH_PRACTICE_ASK_RESTART, 0);
    else if (button == COCH_PRACTICE_FROM)
        set_from(a);
    else if (button == COCH_PRACTICE_TO)
        set_to(a);
    else if (button == COCH_PRACTICE_LOOP)
        toggle_loop(a);
    else if (button == COCH_PRACTICE_WORST)
        loop_worst(a, 0);
    else if (button == COCH_PRACTICE_CLICK || button == COCH_PRACTICE_OTHER)
        toggle(a, button == COCH_PRACTICE_OTHER);
    else if (button == COCH_PRACTICE_PAGES)
        turn_page(a);
    else if (button == COCH_PRACTICE_ON_HOME)
        ask(a, COCH_PRACTICE_ASK_HOME, 0);
    else if (button == COCH_PRACTICE_ON_INPUT)
        ask(a, COCH_PRACTICE_ASK_SET_UP, 0);
    else if (button >= COCH_PRACTICE_ON_WORST)
        loop_worst(a, (size_t)(button - COCH_PRACTICE_ON_WORST));
}

/* ---- Keys ---- */

static int button_of_letter(unsigned letter)
{
    switch (letter) {
    case ' ':
        return COCH_PRACTICE_START;
    case 'r':
        return COCH_PRACTICE_RESTART;
    case 'a':
        return COCH_PRACTICE_FROM;
    case 'b':
        return COCH_PRACTICE_TO;
    case 'l':
        return COCH_PRACTICE_LOOP;
    case 'w':
        return COCH_PRACTICE_WORST;
    case 'c':
        return COCH_PRACTICE_CLICK;
    case 'o':
        return COCH_PRACTICE_OTHER;
    case '0':
        return COCH_PRACTICE_PACE;
    case '+':
    case '=':
        return COCH_PRACTICE_FASTER;
    case '-':
        return COCH_PRACTICE_SLOWER;
    default:
        return letter >= '1' && letter <= '8' ? COCH_PRACTICE_ON_WORST + (int)(letter - '1') : -1;
    }
}

static void take_letter(const asking *a, unsigned letter)
{
    static const coch_hand next[] = {COCH_HAND_RIGHT, COCH_HAND_BOTH,
                                     COCH_HAND_LEFT}; /* of both, left, right */
    const coch_session_options *o = &a->model->options;
    letter = letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
    int button = button_of_letter(letter);
    if (button >= 0)
        press(a, button);
    else if (letter == 'm')
        set_mode(a, o->mode == COCH_MODE_WAIT    ? COCH_MODE_TEMPO
                    : o->mode == COCH_MODE_TEMPO ? COCH_MODE_FREE
                                                 : COCH_MODE_WAIT);
    else if (letter == 'h')
        set_hand(a, next[o->hand % 3]);
    else if (letter == 's' && a->model->at_home)
        ask(a, COCH_PRACTICE_ASK_SET_UP, 0);
}

static void take_key(const asking *a, const coch_view_input *input)
{
    double tempo = a->model->options.tempo;
    switch (input->key) {
    case COCH_VIEW_KEY_MORE:
    case COCH_VIEW_KEY_LESS:
        if (input->sideways)
            move_range(a, input->key == COCH_VIEW_KEY_MORE ? 1 : -1, input->fine);
        else
            set_tempo(a, tempo + (input->key == COCH_VIEW_KEY_MORE ? TEMPO_STEP : -TEMPO_STEP));
        break;
    case COCH_VIEW_KEY_LEAST:
        ask(a, COCH_PRACTICE_ASK_RESTART, 0);
        break;
    case COCH_VIEW_KEY_NEXT:
    case COCH_VIEW_KEY_PREVIOUS:
    case COCH_VIEW_KEY_ENTER:
        turn_page(a);
        break;
    case COCH_VIEW_KEY_ESCAPE:
        if (a->model->page != COCH_PRACTICE_PLAY)
            ask(a, COCH_PRACTICE_ASK_PAGE, COCH_PRACTICE_PLAY);
        else if (a->model->at_home)
            ask(a, COCH_PRACTICE_ASK_HOME, 0);
        break;
    case COCH_VIEW_KEY_SET_UP:
        if (a->model->at_home)
            ask(a, COCH_PRACTICE_ASK_SET_UP, 0);
        break;
    default:
        break;
    }
}

/* ---- Pointer ---- */

static int button_under(const coch_practice_model *m, const coch_practice_layout *l, double x, double y)
{
    for (int i = 0; i < COCH_PRACTICE_BUTTONS; i++)
        if (l->button[i].w > 0.0 && coch_view_inside(&l->button[i], x, y))
            return i;
    for (int i = 0; i < COCH_PRACTICE_WORST_SHOWN && m->page == COCH_PRACTICE_REPORT; i++)
        if (coch_practice_worst(m, (size_t)i) >= 0 && coch_view_inside(&l->worst[i], x, y))
            return COCH_PRACTICE_ON_WORST + i;
    if (m->at_home && l->header.w > 0.0 && coch_view_inside(&l->home, x, y))
        return COCH_PRACTICE_ON_HOME;
    if (m->at_home && l->header.w > 0.0 && coch_view_inside(&l->input, x, y))
        return COCH_PRACTICE_ON_INPUT;
    return -1;
}

static void point_at(coch_practice_model *m, const coch_practice_layout *l, const coch_view_input *input)
{
    m->hover = button_under(m, l, input->x, input->y);
    m->hover_bar = m->drag_bar >= 0 || (l->bars.w > 0.0 && coch_view_inside(&l->bars, input->x, input->y))
                       ? (int)coch_practice_bar_at(l, m->picture.score, input->x)
                       : -1;
}

static void release(const asking *a)
{
    coch_practice_model *m = a->model;
    if (m->drag_bar >= 0 && m->hover_bar >= 0) {
        int from = m->drag_bar < m->hover_bar ? m->drag_bar : m->hover_bar;
        int to = m->drag_bar < m->hover_bar ? m->hover_bar : m->drag_bar;
        set_range(a, (uint32_t)from, (uint32_t)to + 1);
    }
    m->drag_bar = -1;
}

void coch_practice_take(coch_practice_model *m, const coch_view_input *input, int width, int height,
                        double scale, coch_practice_request *request)
{
    coch_practice_layout l;
    *request = (coch_practice_request){.ask = COCH_PRACTICE_ASK_NOTHING};
    const asking a = {m, request};
    coch_practice_layout_of(&l, width, height, scale);
    if (input->action == COCH_VIEW_KEY && input->letter)
        take_letter(&a, input->letter);
    else if (input->action == COCH_VIEW_KEY)
        take_key(&a, input);
    else if (input->action == COCH_VIEW_SCROLL)
        set_tempo(&a, m->options.tempo + (input->amount > 0.0 ? TEMPO_STEP : -TEMPO_STEP));
    else if (input->action == COCH_VIEW_LEAVE)
        m->hover = m->hover_bar = m->drag_bar = -1;
    else
        point_at(m, &l, input);
    if (input->action == COCH_VIEW_PRESS && m->hover >= 0)
        press(&a, m->hover);
    else if (input->action == COCH_VIEW_PRESS)
        m->drag_bar = m->hover_bar;
    else if (input->action == COCH_VIEW_RELEASE)
        release(&a);
}

#include "practice_tuner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What the page says of the port. */
static void name_port(practice_tuner *t)
{
    const practice_source *source = practice_live_source(t->live);
    const char *name = t->page.port < t->page.port_count ? t->ports[t->page.port] : "";
    snprintf(t->page.port_name, sizeof t->page.port_name, "%s",
             !name[0]                    ? "a port of its own"
             : strcmp(name, "none") == 0 ? "nowhere"
                                         : name);
    t->page.clicks = practice_source_sounds(source) || practice_source_sends(source);
}

void practice_tuner_open(practice_tuner *t, practice_live *live, practice_store *store)
{
    practice_source *source = practice_live_source(live);
    *t = (practice_tuner){.live = live, .store = store};
    t->page.hover = -1;
    t->page.result = (coch_setup_result){NAN, NAN, NAN, NAN};
    t->page.input_count = practice_source_inputs(source, t->inputs, PRACTICE_TUNER_INPUTS, &t->page.input);
    t->page.port_count = practice_source_ports(source, t->ports, PRACTICE_TUNER_INPUTS, &t->page.port);
    name_port(t);
    snprintf(t->page.device, sizeof t->page.device, "%s", practice_source_name(source));
    if (store && practice_store_get_device(store, t->page.device, &t->page.result, &t->page.known) != 0)
        snprintf(t->page.notice, sizeof t->page.notice, "%.100s", practice_store_why(store));
}

void practice_tuner_close(practice_tuner *t)
{
    if (t->setup)
        practice_live_measure(t->live, NULL);
    coch_setup_free(t->setup);
    t->setup = NULL;
}

static void begin(practice_tuner *t)
{
    double rate = practice_source_rate(practice_live_source(t->live));
    practice_tuner_close(t);
    cochlea_status status = coch_setup_new(&t->setup, rate);
    if (status != COCHLEA_OK) {
        snprintf(t->page.notice, sizeof t->page.notice, "%s", cochlea_status_text(status));
        return;
    }
    practice_live_measure(t->live, t->setup);
    t->page.state = COCH_SET_UP_RUNS;
    t->page.notice[0] = '\0';
    practice_tuner_look(t);
}

void practice_tuner_look(practice_tuner *t)
{
    coch_set_up *page = &t->page;
    page->peak = fmaxf(practice_source_peak(practice_live_source(t->live)), 0.94f * page->peak);
    if (page->state != COCH_SET_UP_RUNS)
        return;
    page->stage = practice_live_measured(t->live, &page->left, &page->result);
    if (page->stage < COCH_SETUP_DONE)
        return;
    practice_tuner_close(t);
    page->state = COCH_SET_UP_MEASURED;
}

static int keep(practice_tuner *t)
{
    if (!t->store ||
        practice_store_set_device(t->store, t->page.device, &t->page.result, (int64_t)time(NULL)) == 0)
        return 1;
    snprintf(t->page.notice, sizeof t->page.notice, "%.100s", practice_store_why(t->store));
    return 0;
}

/* Another device: nothing of the former one is shown. */
static practice_tuner_news move(practice_tuner *t)
{
    char why[COCH_SET_UP_TEXT] = "";
    practice_source *source = practice_live_source(t->live);
    int failed = practice_source_choose(source, t->inputs[t->page.input], why, sizeof why);
    practice_tuner_open(t, t->live, t->store);
    if (!failed)
        return PRACTICE_TUNER_MOVED;
    memcpy(t->page.notice, why, sizeof why);
    return PRACTICE_TUNER_STAYS;
}

/* Another port for MIDI; the measured input stays what it is. */
static practice_tuner_news send_to(practice_tuner *t)
{
    practice_source *source = practice_live_source(t->live);
    size_t count = t->page.port_count;
    t->page.notice[0] = '\0';
    int failed =
        practice_source_choose_port(source, t->ports[t->page.port], t->page.notice, sizeof t->page.notice);
    if (failed)
        practice_source_ports(source, t->ports, count, &t->page.port);
    name_port(t);
    return failed ? PRACTICE_TUNER_STAYS : PRACTICE_TUNER_SENDS;
}

practice_tuner_news practice_tuner_obey(practice_tuner *t, coch_set_up_ask ask)
{
    int kept = ask == COCH_SET_UP_ASK_KEEP && t->page.state == COCH_SET_UP_MEASURED && keep(t);
    if (ask == COCH_SET_UP_ASK_INPUT && !t->setup)
        return move(t);
    if (ask == COCH_SET_UP_ASK_PORT && !t->setup)
        return send_to(t);
    if (ask == COCH_SET_UP_ASK_BEGIN)
        begin(t);
    if (ask != COCH_SET_UP_ASK_BACK && !kept)
        return PRACTICE_TUNER_STAYS;
    practice_tuner_close(t);
    return kept ? PRACTICE_TUNER_KEPT : PRACTICE_TUNER_LEAVES;
}

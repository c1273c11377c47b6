#include "view/practice_model.h"

#include <math.h>
#include <string.h>

void coch_practice_model_init(coch_practice_model *model)
{
    memset(model, 0, sizeof *model);
    coch_session_default(&model->options);
    model->hover = model->hover_bar = model->drag_bar = -1;
}

int coch_practice_in_range(const coch_practice_model *model, uint32_t bar)
{
    const coch_session_options *o = &model->options;
    return o->first_bar >= o->end_bar || (bar >= o->first_bar && bar < o->end_bar);
}

int coch_practice_wanted(const coch_practice_model *model, const coch_score_note *note)
{
    coch_hand hand = model->options.hand;
    return (hand == COCH_HAND_BOTH || note->hand == hand) && coch_practice_in_range(model, note->bar);
}

double coch_practice_beat(const coch_practice_model *model)
{
    const coch_picture *p = &model->picture;
    return coch_score_beat(p->score, p->position.seconds - p->lead);
}

double coch_practice_accuracy(const coch_practice_model *model)
{
    const coch_picture *p = &model->picture;
    unsigned struck = 0, judged = 0;
    for (size_t i = 0; i < p->score->note_count; i++) {
        unsigned verdict = p->notes[i].attempts ? p->notes[i].verdict : COCH_PENDING;
        int hit = verdict == COCH_HIT || verdict == COCH_EARLY || verdict == COCH_LATE;
        struck += (unsigned)hit;
        judged += (unsigned)(hit || verdict == COCH_WRONG || verdict == COCH_MISSED);
    }
    return judged ? (double)struck / judged : NAN;
}

int coch_practice_worst(const coch_practice_model *model, size_t n)
{
    const coch_report *r = model->report;
    return r && n < r->worst_count ? (int)r->bars[r->worst[n]].bar : -1;
}

/* What the main thread sees of the live session: copies made under the lock. */
#include "practice_live_state.h"

#include <stdlib.h>
#include <string.h>

static int room_for(practice_live *l, size_t notes)
{
    if (!l->extras)
        l->extras = calloc(COCH_EXTRAS_MAX, sizeof *l->extras);
    if (!l->breaks)
        l->breaks = calloc(COCH_BREAKS_MAX, sizeof *l->breaks);
    if (notes > l->note_capacity) {
        free(l->notes);
        l->notes = calloc(notes, sizeof *l->notes);
        l->note_capacity = l->notes ? notes : 0;
    }
    return l->extras && l->breaks && l->notes ? 0 : -1;
}

/* The lock is held. */
static int copy(practice_live *l, coch_practice_model *m)
{
    coch_picture *p = &m->picture;
    coch_session_picture(l->session, p);
    if (l->failed || room_for(l, p->score->note_count) != 0)
        return -1;
    memcpy(l->notes, p->notes, p->score->note_count * sizeof *l->notes);
    memcpy(l->extras, p->extras, p->extra_count * sizeof *l->extras);
    memcpy(l->breaks, p->breaks, p->break_count * sizeof *l->breaks);
    p->notes = l->notes;
    p->extras = l->extras;
    p->breaks = l->breaks;
    m->options = *coch_session_get_options(l->session);
    memcpy(m->flashes, l->flashes, sizeof m->flashes);
    m->flash_count = l->flash_count;
    m->playing = l->playing;
    return 0;
}

int practice_live_look(practice_live *l, coch_practice_model *m)
{
    pthread_mutex_lock(&l->lock);
    int failed = copy(l, m);
    pthread_mutex_unlock(&l->lock);
    return failed;
}

cochlea_status practice_live_report(practice_live *l, coch_report *report)
{
    pthread_mutex_lock(&l->lock);
    cochlea_status status = coch_report_make(report, l->session);
    pthread_mutex_unlock(&l->lock);
    return status;
}

double practice_live_seconds(practice_live *l)
{
    pthread_mutex_lock(&l->lock);
    double seconds = practice_live_time(l);
    pthread_mutex_unlock(&l->lock);
    return seconds;
}

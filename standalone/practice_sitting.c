#include "practice_sitting.h"

#include <time.h>

void practice_sitting_keep(practice_sitting_keeper *k, practice_store *store, const char *score_path,
                           const coch_score *score, const char *source)
{
    *k =
        (practice_sitting_keeper){.store = store, .score_path = score_path, .source = source, .score = score};
}

void practice_sitting_begin(practice_sitting_keeper *k, const coch_session_options *options)
{
    k->options = *options;
    k->sitting = 0;
}

static void save(practice_sitting_keeper *k, const coch_report *report, double seconds, int finished)
{
    if (!k->store || report->reached == 0)
        return;
    int begun = k->sitting != 0 || practice_store_begin(k->store, k->score_path, k->score, k->source,
                                                        &k->options, (int64_t)time(NULL), &k->sitting) == 0;
    k->failed = !begun || practice_store_save(k->store, k->sitting, report, seconds, finished) != 0;
}

void practice_sitting_save(practice_sitting_keeper *k, const coch_report *report, double seconds)
{
    save(k, report, seconds, 0);
}

void practice_sitting_end(practice_sitting_keeper *k, const coch_report *report, double seconds)
{
    save(k, report, seconds, 1);
}

const char *practice_sitting_trouble(const practice_sitting_keeper *k)
{
    return k->failed ? practice_store_why(k->store) : "";
}

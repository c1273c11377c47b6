/* What a sitting comes to: totals, bars ranked by trouble, timing, tempo, dynamics; as JSON and as text. */
#ifndef COCH_PRACTICE_REPORT_H
#define COCH_PRACTICE_REPORT_H

#include "practice/session.h"

#include <stdio.h>

enum {
    COCH_HISTOGRAM_BINS = 21,
    COCH_HISTOGRAM_BIN_MS = 20
}; /* centred on 0 ms; the outer ones take all beyond */

typedef struct coch_bar_result {
    uint32_t bar;                     /* index in the score */
    uint32_t expected;                /* notes of the hand */
    uint32_t verdicts[COCH_VERDICTS]; /* of the last attempts */
    uint32_t mistakes;                /* wrong or missed, all attempts */
    uint32_t extra;                   /* sure notes that were not expected */
    uint32_t breaks;                  /* stumbles and hesitations */
    uint32_t attempts;                /* the most that a note of the bar had */
    float error_ms;                   /* mean magnitude, NAN when nothing was heard */
    float tempo;                      /* quarter notes per minute as last played, NAN when not known */
    float velocity;                   /* mean, NAN when nothing was heard */
    float trouble;                    /* what to rank by; 0 for a bar without fault */
} coch_bar_result;

typedef struct coch_report {
    uint32_t expected, reached;       /* notes of the hand in the range; of these judged at least once */
    uint32_t verdicts[COCH_VERDICTS]; /* of the last attempts */
    uint32_t mistakes, extra, doubtful, breaks[4];
    float accuracy; /* share of the notes judged for sure that were struck, 0..1; NAN when none */
    float in_time;  /* share of the notes struck that were neither early nor late; NAN */
    float mean_ms, sd_ms;
    uint32_t histogram[COCH_HISTOGRAM_BINS];
    float velocity[3], velocity_sd; /* means: both, left, right */
    float pace;     /* tempo of the bars played as a share of the score's own; NAN when not known */
    float dynamics; /* correlation of velocities with the score's; NAN when that has only one */
    size_t bar_count;
    coch_bar_result *bars; /* [bar_count], in the order of the score */
    uint32_t *worst;       /* [worst_count] indices in bars with trouble, worst first */
    size_t worst_count;
} coch_report;

/* Errors: MEMORY. Free with coch_report_free, also after errors. [main] */
cochlea_status coch_report_make(coch_report *report, const coch_session *session);
void coch_report_free(coch_report *report);

/* Names that the report speaks of; any may be NULL. */
typedef struct coch_report_names {
    const char *score, *source, *device;
    double seconds; /* length of the sitting */
} coch_report_names;

/* Writing to an open file; whether that worked is for the caller to ask of the file. [main] */
void coch_report_json(const coch_report *report, const coch_session *session, const coch_report_names *names,
                      FILE *file);
void coch_report_text(const coch_report *report, const coch_session *session, FILE *file);

/* A JSON string with its quotes; bytes that are no UTF-8 become question marks. [main] */
void coch_json_string(const char *text, FILE *file);

#endif

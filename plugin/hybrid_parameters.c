#include "hybrid.h"

const char *const coch_hybrid_targets[COCH_HYBRID_INSIDE] = {
    "violin", "clarinet", "flute", "trumpet", "tenor_sax", "distorted_guitar", "female_voice", "organ"};

#define INSIDE                                                                                               \
    "Violin", "Clarinet", "Flute", "Trumpet", "Tenor sax", "Distorted guitar", "Female voice", "Organ"
static const char *const targets[COCH_HYBRID_INSIDE + 1] = {INSIDE, "Own file"};
static const char *const seconds[COCH_HYBRID_INSIDE] = {INSIDE};
static const char *const methods[COCHLEA_HYBRID_METHODS] = {"Autoencoder", "Envelope", "Mosaic"};
static const char *const channels[] = {"Linked", "Middle"};
static const char *const latencies[] = {"1024 samples", "512 samples"};

const coch_parameter coch_hybrid_parameters[COCH_HYBRID_PARAMETERS] = {
    [COCH_HYBRID_BYPASS] = {.id = 1,
                            .symbol = "bypass",
                            .name = "Bypass",
                            .group = "Main",
                            .comment = "The sound as it came in, delayed alike.",
                            .kind = COCH_PARAMETER_BYPASS,
                            .maximum = 1},
    [COCH_HYBRID_TARGET] = {.id = 2,
                            .symbol = "target",
                            .name = "Target",
                            .group = "Timbre",
                            .comment = "Whose timbre the sound takes on. Own file: the target in the file "
                                       "that was chosen, Violin while there is none.",
                            .kind = COCH_PARAMETER_CHOICE,
                            .maximum = COCH_HYBRID_INSIDE,
                            .labels = targets},
    [COCH_HYBRID_SECOND] = {.id = 3,
                            .symbol = "second",
                            .name = "Second target",
                            .group = "Timbre",
                            .comment = "What morph leads to. With an own file: its target of that name, else "
                                       "its second one.",
                            .kind = COCH_PARAMETER_CHOICE,
                            .maximum = COCH_HYBRID_INSIDE - 1,
                            .initial = 3,
                            .labels = seconds},
    [COCH_HYBRID_MORPH] = {.id = 4,
                           .symbol = "morph",
                           .name = "Morph",
                           .group = "Timbre",
                           .comment = "0: the target; 1: the second one.",
                           .maximum = 1},
    [COCH_HYBRID_MIX] = {.id = 5,
                         .symbol = "mix",
                         .name = "Mix",
                         .group = "Main",
                         .comment = "0: the sound that came in; 1: the hybrid.",
                         .maximum = 1,
                         .initial = 1},
    [COCH_HYBRID_METHOD] = {.id = 6,
                            .symbol = "method",
                            .name = "Method",
                            .group = "Timbre",
                            .comment =
                                "Autoencoder: a net that learned the target; Envelope: its mean spectral "
                                "envelope; Mosaic: the most similar moments of its recordings.",
                            .kind = COCH_PARAMETER_CHOICE,
                            .maximum = COCHLEA_HYBRID_METHODS - 1,
                            .labels = methods},
    [COCH_HYBRID_GAIN] = {.id = 7,
                          .symbol = "gain",
                          .name = "Input gain",
                          .group = "Main",
                          .comment = "Of the sound that comes in.",
                          .unit = COCH_UNIT_DECIBELS,
                          .minimum = -24,
                          .maximum = 24},
    [COCH_HYBRID_ATTACK] = {.id = 8,
                            .symbol = "attack",
                            .name = "Attack",
                            .group = "Playing",
                            .comment = "How much the attacks stay those of the sound that came in.",
                            .maximum = 1},
    [COCH_HYBRID_DETAIL] = {.id = 9,
                            .symbol = "detail",
                            .name = "Detail",
                            .group = "Timbre",
                            .comment = "Stored detail of the target, added to what the net says.",
                            .maximum = 1,
                            .initial = 0.5f},
    [COCH_HYBRID_SUSTAIN] = {.id = 10,
                             .symbol = "hold",
                             .name = "Sustain",
                             .group = "Playing",
                             .comment =
                                 "After the attack holds a note that decays, as a bow or a breath would.",
                             .maximum = 1},
    [COCH_HYBRID_GUARD] = {.id = 11,
                           .symbol = "guard",
                           .name = "Noise guard",
                           .group = "Playing",
                           .comment = "Overtones of the sound instead of lifted noise, where the target has "
                                      "partials and the sound has none.",
                           .maximum = 1,
                           .initial = 0.4f},
    [COCH_HYBRID_CHANNELS] = {.id = 12,
                              .symbol = "channels",
                              .name = "Channels",
                              .group = "Main",
                              .comment = "Linked: two channels under the same gains; Middle: their mean on "
                                         "both.",
                              .kind = COCH_PARAMETER_CHOICE,
                              .maximum = 1,
                              .labels = channels},
    [COCH_HYBRID_LATENCY] = {.id = 13,
                             .symbol = "latency_mode",
                             .name = "Delay",
                             .group = "Main",
                             .comment = "At 44.1 and 48 kHz; reported as latency. 512 costs twice the "
                                        "transforms.",
                             .kind = COCH_PARAMETER_CHOICE,
                             .maximum = 1,
                             .labels = latencies},
    [COCH_HYBRID_COHERENCE] = {.id = 14,
                               .symbol = "coherence",
                               .name = "Coherence",
                               .group = "Playing",
                               .comment =
                                   "On: all of a partial changes alike (vertical phase coherence); off: "
                                   "every bin of the spectrum by itself, which is rougher.",
                               .kind = COCH_PARAMETER_TOGGLE,
                               .maximum = 1,
                               .initial = 1},
};

/* In the order of the indices. */
static const float violin[COCH_HYBRID_PARAMETERS] = {0, 0, 3, 0, 1, 0, 0, 0, 0.5f, 0, 1, 0, 0, 1};
static const float bowed[COCH_HYBRID_PARAMETERS] = {0, 0, 7, 0, 1, 0, 0, 0, 0.5f, 0.6f, 1, 0, 0, 1};
static const float brass[COCH_HYBRID_PARAMETERS] = {0, 3, 4, 0.5f, 1, 0, 0, 0.3f, 0.5f, 0, 1, 0, 0, 1};
static const float singing[COCH_HYBRID_PARAMETERS] = {0, 6, 2, 0.25f, 1, 0, 0, 0, 0.5f, 0, 1, 0, 0, 1};
static const float shadow[COCH_HYBRID_PARAMETERS] = {0, 7, 6, 0.3f, 0.5f, 0, 0, 0.5f, 0.5f, 0, 1, 0, 0, 1};
static const float stage[COCH_HYBRID_PARAMETERS] = {0, 1, 2, 0, 1, 0, 0, 0, 0.5f, 0, 1, 0, 1, 1};

const coch_preset coch_hybrid_presets[COCH_HYBRID_PRESETS] = {
    {"violin", "Violin", violin},
    {"bowed", "Bowed strings from a plucked one", bowed},
    {"brass", "Between trumpet and saxophone", brass},
    {"singing", "A voice with flute in it", singing},
    {"shadow", "Organ behind the sound itself", shadow},
    {"stage", "Clarinet, least delay", stage},
};

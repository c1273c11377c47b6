/* Tests that every format's plugin must pass. */
#ifndef COCH_TESTS_PLUGIN_SUITE_H
#define COCH_TESTS_PLUGIN_SUITE_H

#include "host.h"

void passes_the_sound_on(void **state);
void delays_the_sound_in_steady_timing(void **state);
void hears_what_the_engine_hears(void **state);
void hears_what_transcribe_hears(void **state);
void hears_live_what_it_hears_offline(void **state);
void works_in_place(void **state);
void survives_any_input(void **state);
void bypass_releases(void **state);
void stop_releases(void **state);
void restart_releases(void **state);
void channels_are_kept(void **state);
void waits_for_room(void **state);
void opens_and_closes(void **state);
void twenty_at_once(void **state);
void nothing_hangs_in_a_soak(void **state);
void tells_what_plays(void **state);

#define SUITE                                                                                                \
    cmocka_unit_test(passes_the_sound_on), cmocka_unit_test(delays_the_sound_in_steady_timing),              \
        cmocka_unit_test(hears_what_the_engine_hears), cmocka_unit_test(hears_what_transcribe_hears),        \
        cmocka_unit_test(hears_live_what_it_hears_offline), cmocka_unit_test(works_in_place),                \
        cmocka_unit_test(survives_any_input), cmocka_unit_test(bypass_releases),                             \
        cmocka_unit_test(stop_releases), cmocka_unit_test(restart_releases),                                 \
        cmocka_unit_test(channels_are_kept), cmocka_unit_test(waits_for_room),                               \
        cmocka_unit_test(opens_and_closes), cmocka_unit_test(twenty_at_once),                                \
        cmocka_unit_test(nothing_hangs_in_a_soak), cmocka_unit_test(tells_what_plays)

/* The program of a format's tests: of that processor, in the file that is its argument. */
#define PLUGIN_MAIN(processor, ...)                                                                          \
    int main(int argc, char **argv)                                                                          \
    {                                                                                                        \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                                     \
        if (argc != 2)                                                                                       \
            return 2;                                                                                        \
        host_start(argv[1], processor);                                                                      \
        int failed = cmocka_run_group_tests(tests, NULL, NULL);                                              \
        host_stop();                                                                                         \
        return failed;                                                                                       \
    }

#endif

/* What making scores, sessions, reports and set-ups does when the n-th allocation fails, for every n. Linked
 * with the allocating functions wrapped (see meson.build). */
#include "practice/report.h"
#include "practice/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static long left = -1; /* allocations before the one that fails; negative: none fails */
static long live;      /* blocks allocated and not freed */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static int fails(void)
{
    return left >= 0 && left-- == 0;
}

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    void *grown = __real_realloc(block, size);
    live += grown && !block;
    return grown;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
    live -= block != NULL;
    __real_free(block);
}

/* Two notes with texts and a change of metre. */
static const uint8_t file[] =
    "MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\x20"
    "\0\xff\3\4hand\0\xff\x58\4\3\2\x18\x08\0\x90\x3c\x40\x30\x90\x40\x40\x30\x80\x3c\0\0\x80\x40\0";

static cochlea_status make_all(void)
{
    coch_smf smf;
    coch_score score = {0};
    coch_session *session = NULL;
    coch_session_options options;
    coch_report report = {0};
    coch_setup *setup = NULL;
    coch_session_default(&options);
    cochlea_status status = coch_smf_parse(&smf, file, sizeof file - 1);
    if (status == COCHLEA_OK)
        status = coch_score_build(&score, &smf, NULL);
    if (status == COCHLEA_OK)
        status = coch_session_new(&session, &score, &options);
    if (status == COCHLEA_OK)
        status = coch_report_make(&report, session);
    if (status == COCHLEA_OK)
        status = coch_setup_new(&setup, 16000);
    coch_setup_free(setup);
    coch_report_free(&report);
    coch_session_free(session);
    coch_score_free(&score);
    coch_smf_free(&smf);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    cochlea_status status = COCHLEA_ERROR_MEMORY;
    int n = 0;
    (void)state;
    make_all(); /* what the libraries keep for good is allocated now */
    for (; status != COCHLEA_OK && n < 200; n++) {
        long before = live;
        left = n;
        status = make_all();
        left = -1;
        assert_true(status == COCHLEA_OK || status == COCHLEA_ERROR_MEMORY);
        assert_int_equal(live, before);
    }
    assert_int_equal(status, COCHLEA_OK);
    assert_true(n > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

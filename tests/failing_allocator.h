/* Everything that takes memory, replaced by versions that count and that fail when they are told to. A test
 * includes this in its one file and is linked with the `--wrap` options of tests/meson.build. */
#ifndef COCH_TESTS_FAILING_ALLOCATOR_H
#define COCH_TESTS_FAILING_ALLOCATOR_H

#include "base/status.h"

#include <errno.h>
#include <fftw3.h>
#include <samplerate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <cmocka.h>

static long failing_left = -1; /* pieces handed out before one is refused; negative: none is */
static int failing_for_good;   /* all after that one are refused too */
static int failing_refused;    /* since that was set last */
static long failing_live;      /* pieces handed out and not given back */

static int failing_now(void)
{
    if (failing_left != 0) {
        failing_left -= failing_left > 0;
        return 0;
    }
    failing_left = failing_for_good ? 0 : -1;
    failing_refused = 1;
    errno = ENOMEM;
    return 1;
}

static void *failing_count(void *piece)
{
    failing_live += piece != NULL;
    return piece;
}

/* A function that hands out a piece. */
#define FAILING_TAKE(TYPE, NAME, PARAMETERS, ARGUMENTS)                                                      \
    TYPE __real_##NAME PARAMETERS;                                                                           \
    TYPE __wrap_##NAME PARAMETERS;                                                                           \
    TYPE __wrap_##NAME PARAMETERS                                                                            \
    {                                                                                                        \
        return failing_now() ? NULL : failing_count(__real_##NAME ARGUMENTS);                                \
    }

/* A function that takes one back. */
#define FAILING_GIVE(TYPE, NAME)                                                                             \
    void __real_##NAME(TYPE piece);                                                                          \
    void __wrap_##NAME(TYPE piece);                                                                          \
    void __wrap_##NAME(TYPE piece)                                                                           \
    {                                                                                                        \
        failing_live -= piece != NULL;                                                                       \
        __real_##NAME(piece);                                                                                \
    }

FAILING_TAKE(void *, malloc, (size_t size), (size))
FAILING_TAKE(void *, calloc, (size_t count, size_t size), (count, size))
FAILING_TAKE(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
FAILING_TAKE(char *, strdup, (const char *text), (text))
FAILING_GIVE(void *, free)

FAILING_TAKE(float *, fftwf_alloc_real, (size_t count), (count))
FAILING_TAKE(fftwf_complex *, fftwf_alloc_complex, (size_t count), (count))
FAILING_GIVE(void *, fftwf_free)
FAILING_TAKE(fftwf_plan, fftwf_plan_dft_r2c_1d, (int size, float *in, fftwf_complex *out, unsigned flags),
             (size, in, out, flags))
FAILING_TAKE(fftwf_plan, fftwf_plan_dft_c2r_1d, (int size, fftwf_complex *in, float *out, unsigned flags),
             (size, in, out, flags))
FAILING_GIVE(fftwf_plan, fftwf_destroy_plan)
FAILING_TAKE(SRC_STATE *, src_new, (int kind, int channels, int *error), (kind, channels, error))

void *__real_realloc(void *piece, size_t size);
void *__wrap_realloc(void *piece, size_t size);
void *__wrap_realloc(void *piece, size_t size)
{
    if (failing_now()) {
        return NULL;
    }
    void *moved = __real_realloc(piece, size);
    failing_live += !piece && moved;
    return moved;
}

SRC_STATE *__real_src_delete(SRC_STATE *converter);
SRC_STATE *__wrap_src_delete(SRC_STATE *converter);
SRC_STATE *__wrap_src_delete(SRC_STATE *converter)
{
    failing_live -= converter != NULL;
    return __real_src_delete(converter);
}

/* Maps of files are counted too; they never fail here. Meson asks for 64-bit file offsets, which makes mmap
 * this. */
void *__real_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    void *map = __real_mmap64(address, size, protection, flags, file, offset);
    failing_live += map != MAP_FAILED;
    return map;
}

int __real_munmap(void *map, size_t size);
int __wrap_munmap(void *map, size_t size);
int __wrap_munmap(void *map, size_t size)
{
    failing_live--;
    return __real_munmap(map, size);
}

/* Makes something; returns nonzero when it was made, 0 when that failed in the one way that is right. */
typedef int (*failing_maker)(void *context);

/* Refuses each piece of a maker in turn, alone and with all after it, until it is made; returns how many
 * pieces it takes, or -1 when a failure was not reported or left something behind. */
static inline long failing_each(failing_maker make, void *context)
{
    for (long n = 0;; n++) {
        for (failing_for_good = 1; failing_for_good >= 0; failing_for_good--) {
            long before = failing_live;
            failing_left = n;
            failing_refused = 0;
            int made = make(context);
            failing_left = -1;
            if (!failing_refused) {
                return made ? n : -1;
            }
            if (made || failing_live != before) {
                return -1;
            }
        }
    }
}

/* Makes an object; returns the status. */
typedef cochlea_status (*failing_object_maker)(void **object, const void *context);

/* Refuses each piece of an object's making in turn, until it is made, which takes `least` pieces or more;
 * returns the object. */
static inline void *failing_object(failing_object_maker make, const void *context, long least)
{
    for (long n = 0;; n++) {
        void *object = &object;
        long before = failing_live;
        failing_left = n;
        failing_for_good = 0;
        failing_refused = 0;
        cochlea_status status = make(&object, context);
        failing_left = -1;
        if (!failing_refused) {
            assert_int_equal(status, COCHLEA_OK);
            assert_true(n >= least);
            return object;
        }
        assert_int_equal(status, COCHLEA_ERROR_MEMORY);
        assert_null(object);
        assert_int_equal(failing_live, before);
        assert_true(n < 1000);
    }
}

#endif

/* Lets every allocation of an object's making fail in turn. For executables that are linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=aligned_alloc,--wrap=free; include it in one file after cmocka.h. */
#ifndef COCH_TESTS_FAILING_ALLOCATOR_H
#define COCH_TESTS_FAILING_ALLOCATOR_H

#include "base/status.h"

#include <stddef.h>

static long allocator_left = -1; /* allocations before the one that fails; negative: none fails */
static long allocator_live;      /* blocks allocated and not freed */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static int allocator_fails(void)
{
    return allocator_left >= 0 && allocator_left-- == 0;
}

static void *allocator_counted(void *block)
{
    allocator_live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return allocator_fails() ? NULL : allocator_counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocator_fails() ? NULL : allocator_counted(__real_calloc(count, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return allocator_fails() ? NULL : allocator_counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
    allocator_live -= block != NULL;
    __real_free(block);
}

/* Makes an object; returns the status. */
typedef cochlea_status (*allocator_maker)(void **object, const void *context);

/* Lets every allocation of a maker fail in turn, until it succeeds, which takes `least` allocations or more;
 * returns what it then made. */
static void *allocator_fail_each(allocator_maker make, const void *context, long least)
{
    for (long n = 0;; n++) {
        void *object = &object;
        long before = allocator_live;
        allocator_left = n;
        cochlea_status status = make(&object, context);
        int failed = allocator_left < 0;
        allocator_left = -1;
        if (!failed) {
            assert_int_equal(status, COCHLEA_OK);
            assert_true(n >= least);
            return object;
        }
        assert_int_equal(status, COCHLEA_ERROR_MEMORY);
        assert_null(object);
        assert_int_equal(allocator_live, before);
        assert_true(n < 1000);
    }
}

#endif

#include "dsp/stft.h"

#include "base/arena.h"
#include "dsp/fft.h"
#include "dsp/window.h"

#include <stdlib.h>
#include <string.h>

typedef struct view {
    coch_stft_window shape;
    float *window; /* [length] */
    float *power;  /* [fft_size / 2 + 1] */
    coch_fft *fft;
} view;

/* Every sample is stored twice, `longest` apart, so that the last `longest` samples always lie in one piece,
 * from `position` on: a window reads straight from the history, and a push costs the same each time. */
struct coch_stft {
    coch_arena arena;
    const coch_kernels *kernels;
    size_t count;
    size_t longest;
    size_t position; /* where the next sample goes, < longest */
    float *history;  /* [2 * longest] */
    view views[COCH_STFT_WINDOWS_MAX];
};

static int valid(const coch_stft_window *w)
{
    return w->length >= 1 && w->fall < w->length && w->fft_size >= w->length && w->fft_size >= 2 &&
           w->fft_size <= 65536 && w->fft_size % 2 == 0;
}

static void layout(coch_stft *stft)
{
    stft->history = coch_arena_take(&stft->arena, 2 * stft->longest, sizeof(float));
    for (size_t i = 0; i < stft->count; i++) {
        view *v = &stft->views[i];
        v->window = coch_arena_take(&stft->arena, v->shape.length, sizeof(float));
        v->power = coch_arena_take(&stft->arena, v->shape.fft_size / 2 + 1, sizeof(float));
    }
}

static cochlea_status fill_view(view *v)
{
    if (v->shape.fall == 0) {
        coch_window_hann(v->window, v->shape.length);
    } else {
        coch_window_asymmetric(v->window, v->shape.length, v->shape.fall);
    }
    return coch_fft_new(&v->fft, v->shape.fft_size);
}

static cochlea_status fill(coch_stft *stft)
{
    layout(stft);
    cochlea_status status = coch_arena_allocate(&stft->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(stft);
    for (size_t i = 0; i < stft->count && status == COCHLEA_OK; i++) {
        status = fill_view(&stft->views[i]);
    }
    return status;
}

cochlea_status coch_stft_new(coch_stft **stft, const coch_kernels *kernels, const coch_stft_window *windows,
                             size_t count)
{
    *stft = NULL;
    if (count < 1 || count > COCH_STFT_WINDOWS_MAX) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_stft *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->kernels = kernels;
    made->count = count;
    cochlea_status status = COCHLEA_OK;
    for (size_t i = 0; i < count; i++) {
        if (!valid(&windows[i])) {
            status = COCHLEA_ERROR_ARGUMENT;
        }
        made->views[i].shape = windows[i];
        made->longest = windows[i].length > made->longest ? windows[i].length : made->longest;
    }
    if (status == COCHLEA_OK) {
        status = fill(made);
    }
    if (status != COCHLEA_OK) {
        coch_stft_free(made);
        return status;
    }
    *stft = made;
    return COCHLEA_OK;
}

void coch_stft_free(coch_stft *stft)
{
    if (!stft) {
        return;
    }
    for (size_t i = 0; i < stft->count; i++) {
        coch_fft_free(stft->views[i].fft);
    }
    coch_arena_free(&stft->arena);
    free(stft);
}

void coch_stft_reset(coch_stft *stft)
{
    memset(stft->history, 0, 2 * stft->longest * sizeof *stft->history);
    stft->position = 0;
}

/* Stores samples that do not reach over the end of the first copy. */
static void store(coch_stft *stft, const float *samples, size_t count)
{
    memcpy(stft->history + stft->position, samples, count * sizeof *samples);
    memcpy(stft->history + stft->position + stft->longest, samples, count * sizeof *samples);
    stft->position = stft->position + count == stft->longest ? 0 : stft->position + count;
}

void coch_stft_push(coch_stft *stft, const float *samples, size_t count)
{
    if (count > stft->longest) { /* what no window can see */
        samples += count - stft->longest;
        count = stft->longest;
    }
    size_t room = stft->longest - stft->position;
    size_t head = count < room ? count : room;
    store(stft, samples, head);
    store(stft, samples + head, count - head);
}

const float *coch_stft_power(coch_stft *stft, size_t index)
{
    view *v = &stft->views[index];
    size_t length = v->shape.length;
    float *frame = coch_fft_input(v->fft);
    const float *newest = stft->history + stft->position + stft->longest - length;
    stft->kernels->multiply(frame, newest, v->window, length);
    memset(frame + length, 0, (v->shape.fft_size - length) * sizeof *frame);
    stft->kernels->power(v->power, coch_fft_process(v->fft), v->shape.fft_size / 2 + 1);
    return v->power;
}

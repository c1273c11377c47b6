#include "dsp/cqt.h"

#include "base/arena.h"
#include "dsp/fft.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REACH 3.0 /* lobes of a kernel that are kept on each side of its middle */
#define TURN 6.283185307179586476925

/* The kernels of a group as rows for coch_kernels.bands over the interleaved spectrum: two a bin, which give
 * real and imaginary part. */
typedef struct group {
    size_t first, bins, count;
    size_t weights; /* floats of all rows */
    coch_fft *fft;
    size_t fft_size;
    float *weight;                            /* [weights] */
    int *row_first, *row_length, *row_offset; /* [2 * bins] */
} group;

/* Every sample is stored twice, `length` apart, so that the newest always lie in one piece. */
struct coch_cqt {
    coch_arena arena;
    const coch_kernels *kernels;
    coch_cqt_shape shape;
    size_t length;   /* of the history: the longest transform and a hop */
    size_t position; /* where the next sample goes, a multiple of the hop */
    float *history;  /* [2 * length] */
    float *parts;    /* [2 * bins] real and imaginary */
    float *power;    /* [bins] */
    float *out;      /* [bins] */
    group group[COCH_CQT_GROUPS_MAX];
};

static double frequency(const coch_cqt_shape *s, size_t bin)
{
    return s->lowest * exp2((double)bin / (double)s->per_octave);
}

static size_t window_length(const coch_cqt_shape *s, size_t bin)
{
    double q = 1.0 / (exp2(1.0 / (double)s->per_octave) - 1.0);
    return (size_t)lrint(q * s->rate / frequency(s, bin));
}

/* IEC 61672, as a factor of the amplitude, before it is made 1 at 1 kHz. */
static double a_curve(double f)
{
    double f2 = f * f, top = 12194.217 * 12194.217;
    return top * f2 * f2 /
           ((f2 + 20.598997 * 20.598997) * sqrt((f2 + 107.65265 * 107.65265) * (f2 + 737.86223 * 737.86223)) *
            (f2 + top));
}

/* Sum over 0 <= n < count of exp(i x n). */
static double complex dirichlet(double x, size_t count)
{
    double n = (double)count, below = sin(x / 2);
    double size = fabs(below) < 1e-12 ? n : sin(n * x / 2) / below;
    return size * (cos(x / 2 * (n - 1)) + I * sin(x / 2 * (n - 1)));
}

/* What spectrum bin j of a transform contributes to a constant-Q bin: the conjugate spectrum of its window.
 */
static double complex kernel_at(const coch_cqt_shape *s, size_t bin, size_t fft_size, size_t j)
{
    size_t length = window_length(s, bin);
    double n = (double)length, size = (double)fft_size;
    double theta = TURN * (frequency(s, bin) / s->rate - (double)j / size), step = TURN / n;
    double complex hann = dirichlet(theta, length) - 0.5 * dirichlet(theta + step, length) -
                          0.5 * dirichlet(theta - step, length);
    double turn = TURN * fmod((double)j * n, size) / size; /* the window stands at the segment's end */
    return conj(2.0 / n * hann * (cos(turn) + I * sin(turn))) / size;
}

/* First spectrum bin and number of them that a constant-Q bin reads. */
static size_t kernel_range(const coch_cqt_shape *s, size_t bin, size_t fft_size, size_t *first)
{
    double size = (double)fft_size, lobe = size / (double)window_length(s, bin);
    double middle = frequency(s, bin) * size / s->rate;
    double low = ceil(middle - REACH * lobe), high = floor(middle + REACH * lobe);
    *first = low > 0 ? (size_t)low : 0;
    size_t last = high < size / 2 ? (size_t)high : fft_size / 2;
    return last - *first + 1;
}

static int valid(const coch_cqt_shape *s)
{
    int good = s->rate > 0 && s->hop > 0 && s->lowest > 0 && s->per_octave > 0 && s->bins > 0 &&
               s->bins <= COCH_CQT_BINS_MAX && s->groups > 0 && s->groups <= COCH_CQT_GROUPS_MAX &&
               s->group[s->groups - 1].end == s->bins && frequency(s, s->bins - 1) < s->rate / 2 &&
               window_length(s, 0) <= 65536;
    for (size_t g = 0, first = 0; good && g < s->groups; first = s->group[g].end, g++) {
        const coch_cqt_group *of = &s->group[g];
        good = of->end > first && of->end <= s->bins && of->count > 0 && s->hop % of->count == 0 &&
               of->fft_size % 2 == 0 && of->fft_size <= 65536 && of->fft_size >= window_length(s, first);
    }
    return good;
}

static void layout_group(coch_cqt *cqt, group *g)
{
    size_t unused, rows = 2 * g->bins;
    g->weights = 0;
    for (size_t bin = g->first; bin < g->first + g->bins; bin++) {
        g->weights += 4 * kernel_range(&cqt->shape, bin, g->fft_size, &unused);
    }
    g->weight = coch_arena_take(&cqt->arena, g->weights, sizeof(float));
    g->row_first = coch_arena_take(&cqt->arena, rows, sizeof(int));
    g->row_length = coch_arena_take(&cqt->arena, rows, sizeof(int));
    g->row_offset = coch_arena_take(&cqt->arena, rows, sizeof(int));
}

/* Run once per arena pass. */
static void layout(coch_cqt *cqt)
{
    const coch_cqt_shape *s = &cqt->shape;
    size_t longest = 0, first = 0;
    for (size_t i = 0; i < s->groups; i++) {
        group *g = &cqt->group[i];
        g->first = first;
        g->bins = s->group[i].end - first;
        g->count = s->group[i].count;
        g->fft_size = s->group[i].fft_size;
        first = s->group[i].end;
        longest = g->fft_size > longest ? g->fft_size : longest;
        layout_group(cqt, g);
    }
    cqt->length = (longest + 2 * s->hop - 1) / s->hop * s->hop;
    cqt->history = coch_arena_take(&cqt->arena, 2 * cqt->length, sizeof(float));
    cqt->parts = coch_arena_take(&cqt->arena, 2 * s->bins, sizeof(float));
    cqt->power = coch_arena_take(&cqt->arena, s->bins, sizeof(float));
    cqt->out = coch_arena_take(&cqt->arena, s->bins, sizeof(float));
}

/* The two rows of a bin: (re, im) of the sum of w * x, for x interleaved. */
static void fill_bin(coch_cqt *cqt, group *g, size_t index, size_t *used)
{
    size_t first, bin = g->first + index;
    size_t count = kernel_range(&cqt->shape, bin, g->fft_size, &first);
    double loudness = a_curve(frequency(&cqt->shape, bin)) / a_curve(1000.0);
    float *real = g->weight + *used, *imaginary = real + 2 * count;
    for (size_t i = 0; i < count; i++) {
        double complex w = loudness * kernel_at(&cqt->shape, bin, g->fft_size, first + i);
        real[2 * i] = (float)creal(w);
        real[2 * i + 1] = (float)-cimag(w);
        imaginary[2 * i] = (float)cimag(w);
        imaginary[2 * i + 1] = (float)creal(w);
    }
    for (size_t row = 2 * index; row < 2 * index + 2; row++) {
        g->row_first[row] = (int)(2 * first);
        g->row_length[row] = (int)(2 * count);
        g->row_offset[row] = (int)*used;
        *used += 2 * count;
    }
}

static cochlea_status build(coch_cqt *cqt)
{
    layout(cqt);
    cochlea_status status = coch_arena_allocate(&cqt->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(cqt);
    for (size_t i = 0; i < cqt->shape.groups && status == COCHLEA_OK; i++) {
        size_t used = 0;
        for (size_t bin = 0; bin < cqt->group[i].bins; bin++) {
            fill_bin(cqt, &cqt->group[i], bin, &used);
        }
        status = coch_fft_new(&cqt->group[i].fft, cqt->group[i].fft_size);
    }
    return status;
}

cochlea_status coch_cqt_new(coch_cqt **cqt, const coch_kernels *kernels, const coch_cqt_shape *shape)
{
    *cqt = NULL;
    if (!valid(shape)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_cqt *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->kernels = kernels;
    made->shape = *shape;
    cochlea_status status = build(made);
    if (status != COCHLEA_OK) {
        coch_cqt_free(made);
        return status;
    }
    *cqt = made;
    return COCHLEA_OK;
}

void coch_cqt_free(coch_cqt *cqt)
{
    if (!cqt) {
        return;
    }
    for (size_t i = 0; i < cqt->shape.groups; i++) {
        coch_fft_free(cqt->group[i].fft);
    }
    coch_arena_free(&cqt->arena);
    free(cqt);
}

void coch_cqt_reset(coch_cqt *cqt)
{
    memset(cqt->history, 0, 2 * cqt->length * sizeof *cqt->history);
    cqt->position = 0;
}

static void push(coch_cqt *cqt, const float *hop)
{
    float *at = cqt->history + cqt->position;
    for (size_t i = 0; i < cqt->shape.hop; i++) {
        at[i] = isfinite(hop[i]) ? hop[i] : 0.0f;
    }
    memcpy(at + cqt->length, at, cqt->shape.hop * sizeof *at);
    cqt->position = (cqt->position + cqt->shape.hop) % cqt->length;
}

/* Adds the powers of all of a hop's transforms to those of the group's bins. */
static void measure(coch_cqt *cqt, const group *g)
{
    const float *end = cqt->history + cqt->position + cqt->length; /* past the newest sample */
    size_t step = cqt->shape.hop / g->count;
    float *power = cqt->power + g->first, *one = cqt->out + g->first;
    for (size_t i = 0; i < g->count; i++) {
        const float *segment = end - (g->count - 1 - i) * step - g->fft_size;
        memcpy(coch_fft_input(g->fft), segment, g->fft_size * sizeof *segment);
        const float *spectrum = coch_fft_process(g->fft);
        cqt->kernels->bands(cqt->parts, spectrum, g->weight, g->row_first, g->row_length, g->row_offset,
                            2 * g->bins);
        cqt->kernels->power(one, cqt->parts, g->bins);
        for (size_t bin = 0; bin < g->bins; bin++) {
            power[bin] += one[bin];
        }
    }
    for (size_t bin = 0; bin < g->bins; bin++) {
        power[bin] /= (float)g->count;
    }
}

const float *coch_cqt_process(coch_cqt *cqt, const float *hop)
{
    push(cqt, hop);
    memset(cqt->power, 0, cqt->shape.bins * sizeof *cqt->power);
    for (size_t i = 0; i < cqt->shape.groups; i++) {
        measure(cqt, &cqt->group[i]);
    }
    for (size_t bin = 0; bin < cqt->shape.bins; bin++) {
        cqt->out[bin] = sqrtf(cqt->power[bin]);
    }
    return cqt->out;
}

size_t coch_cqt_operations(const coch_cqt *cqt)
{
    size_t sum = 0;
    for (size_t i = 0; i < cqt->shape.groups; i++) {
        sum += cqt->group[i].weights / 4 * cqt->group[i].count;
    }
    return sum;
}

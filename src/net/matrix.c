#include "net/matrix.h"

#include <math.h>
#include <string.h>

void coch_matrix_layout(coch_matrix *matrix, coch_arena *arena, size_t taps, size_t k, size_t n)
{
    matrix->taps = taps;
    matrix->k = k;
    matrix->n = n;
    matrix->columns = COCH_PAD(n);
    matrix->w = coch_arena_take(arena, taps * k * matrix->columns, sizeof(float));
}

/* Moves packed rows of n apart to rows of `columns`, the last one first, so that none is overwritten unread.
 */
static void spread(coch_matrix *matrix)
{
    for (size_t row = matrix->taps * matrix->k; row-- > 0;) {
        float *target = matrix->w + row * matrix->columns;
        memmove(target, matrix->w + row * matrix->n, matrix->n * sizeof *target);
        memset(target + matrix->n, 0, (matrix->columns - matrix->n) * sizeof *target);
    }
}

cochlea_status coch_matrix_load(coch_matrix *matrix, const coch_gguf *file, const char *name,
                                const size_t *shape, unsigned dims)
{
    cochlea_status status = coch_gguf_floats(file, name, shape, dims, matrix->w);
    if (status != COCHLEA_OK) {
        return status;
    }
    for (size_t i = 0; i < matrix->taps * matrix->k * matrix->n; i++) {
        if (!isfinite(matrix->w[i])) {
            return COCHLEA_ERROR_FORMAT;
        }
    }
    spread(matrix);
    return COCHLEA_OK;
}

void coch_matrix_add(const coch_matrix *matrix, const coch_kernels *kernels, float *out, size_t out_stride,
                     const float *const *a, size_t a_stride, size_t rows)
{
    kernels->matmul(out, out_stride, a, a_stride, matrix->taps, matrix->w, rows, matrix->columns, matrix->k);
}

void coch_matrix_add_one(const coch_matrix *matrix, const coch_kernels *kernels, float *out,
                         size_t out_stride, const float *a, size_t a_stride, size_t rows)
{
    coch_matrix_add(matrix, kernels, out, out_stride, &a, a_stride, rows);
}

void coch_matrix_fill(const coch_matrix *bias, float *out, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        memcpy(out + row * bias->columns, bias->w, bias->columns * sizeof *out);
    }
}

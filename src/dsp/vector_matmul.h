/* Body of the matrix product for one instruction set: included once by each kernels_*.c, after its vec_
 * operations.
 *
 * The output is cut into tiles whose sums stay in registers over all taps and all of k; a panel is a column
 * of tiles. Each sum adds its products in the same order whatever the tile, so a result does not depend on m
 * or on its row. */
#ifndef COCH_DSP_VECTOR_MATMUL_H
#define COCH_DSP_VECTOR_MATMUL_H

typedef struct product {
    const float *const *a; /* [taps] */
    size_t a_stride, taps, n, k;
    size_t out_stride, m;
} product;

enum { TILE_ROWS_MAX = 12, TILE_VECS_MAX = 4 };

/* Inlined with constant sizes, so that the loops over them unroll and `sum` becomes registers. */
static inline __attribute__((always_inline)) void tile(const product *p, float *out, const float *w,
                                                       size_t row, const size_t rows, const size_t vecs)
{
    const size_t a_stride = p->a_stride, n = p->n, k = p->k;
    vec sum[TILE_ROWS_MAX][TILE_VECS_MAX];
    out += row * p->out_stride;
    for (size_t r = 0; r < rows; r++) {
        for (size_t v = 0; v < vecs; v++) {
            sum[r][v] = vec_load(out + r * p->out_stride + v * WIDTH);
        }
    }
    for (size_t t = 0; t < p->taps; t++) {
        const float *x = p->a[t] + row * a_stride;
        for (size_t i = 0; i < k; i++, x++, w += n) {
            vec column[TILE_VECS_MAX];
            for (size_t v = 0; v < vecs; v++) {
                column[v] = vec_load(w + v * WIDTH);
            }
            for (size_t r = 0; r < rows; r++) {
                vec value = vec_set(x[r * a_stride]);
                for (size_t v = 0; v < vecs; v++) {
                    sum[r][v] = vec_fma(value, column[v], sum[r][v]);
                }
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t v = 0; v < vecs; v++) {
            vec_store(out + r * p->out_stride + v * WIDTH, sum[r][v]);
        }
    }
}

enum { AT_ONCE = 8 /* rows of weights */, WIDE = 64 /* columns that fit into no panel */ };

static inline __attribute__((always_inline)) void add_weights(float *out, const float *x, const float *w,
                                                              size_t n, const size_t rows)
{
    vec value[AT_ONCE];
    for (size_t r = 0; r < rows; r++) {
        value[r] = vec_set(x[r]);
    }
    for (size_t c = 0; c < n; c += WIDTH) {
        vec sum = vec_load(out + c);
        for (size_t r = 0; r < rows; r++) {
            sum = vec_fma(value[r], vec_load(w + r * n + c), sum);
        }
        vec_store(out + c, sum);
    }
}

/* The product for one row: each weight is used once, so they are read in the order in which they lie in
 * memory. A panel of them has a few from each page, which takes up to twice as long. The sums are the same.
 */
static void one_row(const product *p, float *out, const float *w)
{
    for (size_t t = 0; t < p->taps; t++) {
        const float *x = p->a[t];
        size_t i = 0;
        for (; i + AT_ONCE <= p->k; i += AT_ONCE, w += AT_ONCE * p->n) {
            add_weights(out, x + i, w, p->n, AT_ONCE);
        }
        for (; i < p->k; i++, w += p->n) {
            add_weights(out, x + i, w, p->n, 1);
        }
    }
}

/* A function for panels of VECS vectors: tiles of ROWS rows, the rest in narrower ones. */
#define MATMUL_PANEL(NAME, ROWS, VECS)                                                                       \
    static void NAME(const product *p, float *out, const float *w)                                           \
    {                                                                                                        \
        size_t row = 0;                                                                                      \
        for (; row + (ROWS) <= p->m; row += (ROWS)) {                                                        \
            tile(p, out, w, row, ROWS, VECS);                                                                \
        }                                                                                                    \
        for (; row + 4 <= p->m; row += 4) {                                                                  \
            tile(p, out, w, row, 4, VECS);                                                                   \
        }                                                                                                    \
        for (; row < p->m; row++) {                                                                          \
            tile(p, out, w, row, 1, VECS);                                                                   \
        }                                                                                                    \
    }

#endif

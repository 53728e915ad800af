/* Fourier transforms of real arrays of one to three dimensions: FFTW behind a thin header.
 *
 *   F(k) = sum over x of f(x) exp(-2 pi i (k0 x0 / n0 + k1 x1 / n1 + ...))
 *   f(x) = 1/N sum over k of F(k) exp(+2 pi i ...),  N = n0 n1 ...
 *
 * For diagnosis, metrics, methods and tests only. Code that makes data must not call this: FFTW
 * picks its code by processor, and with it the last bits. Plans are made with FFTW_ESTIMATE, so at
 * least repeated runs on one machine agree. */
#ifndef ASSAY_CORE_NUM_FFT_H
#define ASSAY_CORE_NUM_FFT_H
#include <stddef.h>

struct assay_fft;

/* Plan for fields [n[0], n[1], ...] (slowest first), 1 <= rank <= 3, every n >= 1. Creating and
 * destroying take a lock (FFTW's planner is not re-entrant); applying does not. The caller owns
 * *out. ASSAY_EARG, ASSAY_ENOMEM. */
int assay_fft_create(struct assay_fft **out, int rank, const int *n);
void assay_fft_destroy(struct assay_fft *fft); /* NULL is allowed */

/* Number of real values N, and of complex values: the last dimension keeps n/2 + 1 of n. */
size_t assay_fft_points(const struct assay_fft *fft);
size_t assay_fft_modes(const struct assay_fft *fft);

/* Arrays must be aligned to 16 bytes (any from assay_alloc and malloc is) and must not overlap. */

/* spectrum [.., n/2 + 1] = transform of field [n0, n1, ..]; the field is left alone. */
void assay_fft_forward(const struct assay_fft *fft, double _Complex *spectrum, const double *field);

/* field = inverse transform of spectrum, with the 1/N; the spectrum is destroyed. */
void assay_fft_inverse(const struct assay_fft *fft, double *field, double _Complex *spectrum);

#endif

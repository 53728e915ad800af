/* Measures of evenly sampled signals: what a periodic or growing oscillation is made of. x [n]
 * holds the values at times 0, dt, 2 dt, ... Everything is found by interpolation between samples,
 * in a fixed order of sums and without libm: the same bits everywhere. */
#ifndef ASSAY_CORE_NUM_SIGNAL_H
#define ASSAY_CORE_NUM_SIGNAL_H
#include <stddef.h>

struct assay_oscillation {
  double frequency; /* whole periods over the time from the first to the last upward crossing of
                       the mean */
  int periods;      /* between those two */
  double mean, rms; /* over these periods; rms of the deviation from the mean */
  double amplitude; /* half the way from lowest to highest value, mean over the periods */
  double lowest, highest;
};

/* Needs one whole period at least, and a few samples in it: the error of the frequency falls with
 * dt^3, of the rest with dt^2. Crossings count only if the signal went a tenth of its half range
 * below the mean in between. ASSAY_ENOTFOUND: it does not cross its mean twice upwards, or does not
 * change. ASSAY_EARG: n < 3, dt not positive, a value not finite. */
int assay_signal_oscillation(struct assay_oscillation *out, const double *x, ptrdiff_t n,
                             double dt);

struct assay_growth {
  double rate;      /* sigma of x = mean + A e^(sigma t) cos(2 pi f t + phase), 1/time */
  double frequency; /* f */
  int extremes;     /* that were used */
};

/* From the distances between successive turning points, which have neither the mean nor a slow
 * drift in them: least squares of their logarithms. ASSAY_ENOTFOUND: fewer than four turning
 * points. ASSAY_EARG as above. */
int assay_signal_growth(struct assay_growth *out, const double *x, ptrdiff_t n, double dt);

/* Frequency of the highest line of the spectrum of x - mean under a Hann window, the line's top
 * from a parabola through the logarithms of three neighbours: within 0.02 / (n dt) for one
 * sinusoid of several periods. O(n^2). ASSAY_ENOTFOUND: nothing oscillates; ASSAY_EARG as above
 * with n < 8; ASSAY_ENOMEM. */
int assay_signal_peak(double *frequency, const double *x, ptrdiff_t n, double dt);

/* The first place where y (t), t [n] ascending, passes `level` upwards, by a parabola through the
 * three points about it (a line where there are only two). ASSAY_ENOTFOUND. */
int assay_signal_crossing(double *at, const double *t, const double *y, ptrdiff_t n, double level);

#endif

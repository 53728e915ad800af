/* Cosines and sines of rational multiples of pi, for the tables of transforms. Correctly rounded in
 * all but about one case in 2^40, the same on every machine (no libm), slow: for plans only. */
#ifndef ASSAY_CORE_NUM_TRIG_H
#define ASSAY_CORE_NUM_TRIG_H

/* cos(pi num / den) and sin(pi num / den); den > 0, |num| and den below 2^50. Exact zeros, ones and
 * halves-of-a-turn symmetries: cospi(n, d) == sinpi(d - 2 n, 2 d) bit by bit. */
double assay_cospi(long long num, long long den);
double assay_sinpi(long long num, long long den);

#endif

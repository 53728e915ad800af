/* Genetic programming: populations of expressions on islands, bred for small error and few nodes at
 * once.
 *
 * An individual f stands for the equation a + b f with the least weighted squared error (linear
 * scaling), so that breeding looks for the shape only. Its error is what remains,
 *
 *     min_ab sum w^2 (y - a - b f)^2 / min_a sum w^2 (y - a)^2,
 *
 * on a sample of rows; islands with even numbers weigh all rows alike, the others by 1/|y|, which
 * finds laws whose target spans many decades. Parents and offspring compete by rank and crowding
 * over (error, nodes); of individuals that agree on the sample only the smallest lives. Free
 * constants of promising individuals are fitted by least squares. Every few generations the best of
 * an island visit the next one; an island that stands still is populated anew.
 *
 * References: Deb, Pratap, Agarwal and Meyarivan, IEEE Trans. Evol. Comput. 6 (2002) 182 (ranks and
 * crowding); Keijzer, EuroGP 2003 (linear scaling); Kommenda, Burlacu, Kronberger and Affenzeller,
 * Genet. Program. Evolvable Mach. 21 (2020) 471 (fitted constants). */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_H
#include "baselines/symbolic/front.h"

/* How constants are fitted, both by Levenberg and Marquardt with offset and factor eliminated. */
enum assay_sr_tuner {
  ASSAY_SR_TUNER_OWN, /* genetic_tune.c */
  ASSAY_SR_TUNER_GSL  /* gsl_multifit_nlinear: genetic_tune_gsl.c */
};

struct assay_sr_genetic_options {
  int population, islands; /* individuals of an island; islands, up to 64 */
  int nodes;               /* of an individual, 3 .. 60 */
  int first_nodes;         /* of a random one */
  int tournament;          /* individuals of which one becomes a parent */
  int rows;                /* of the sample */
  int epoch, patience;     /* generations between visits; visits without progress */
  int visitors;
  int threads;           /* 1 .. 64, which islands share */
  double fitted;         /* probability that an offspring's constants are fitted */
  int tuner;             /* enum assay_sr_tuner */
  const char *functions; /* words among: square cube sqrt exp log sin cos tanh */
};
extern const struct assay_sr_genetic_options assay_sr_genetic_defaults;

/* Offers what it finds to the front (source "genetic") until the budget is spent or a law matches
 * to rounding. Same table, budget and seed: same front, whatever
 * the number of threads. ASSAY_EARG: options out of range.
 * ASSAY_ENOMEM. */
int assay_sr_genetic(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);
int assay_sr_genetic_with(struct assay_sr_front *front, struct assay_sr_budget *budget,
                          uint64_t seed, const struct assay_sr_genetic_options *options);

#endif

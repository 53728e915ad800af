/* Several pieces of work on several threads. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_CREW_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_CREW_H

/* work(context, k) for k = 0 .. n-1, each once, on so many threads (1: here); returns when all are
 * done. Pieces must not share what they change. The first failure in the order of k is returned,
 * with its message. Where no more threads can be had, fewer do. */
int assay_sr_crew(int (*work)(void *context, int k), void *context, int n, int threads);

enum { ASSAY_SR_MAX_THREADS = 64, ASSAY_SR_MAX_PIECES = 64 };

#endif

/* A few threads that wait for work without spinning: beside another program they cost nothing.
 * Which thread does which job is left to chance, so jobs must not depend on it. */
#ifndef ASSAY_BASELINES_NEURAL_WORKERS_H
#define ASSAY_BASELINES_NEURAL_WORKERS_H

struct assay_nn_workers;

/* n threads, the caller among them (1: no other). ASSAY_EARG: n < 1; ASSAY_EENV: the system gives
 * no thread. */
int assay_nn_workers_create(struct assay_nn_workers **out, int n);
void assay_nn_workers_destroy(struct assay_nn_workers *w);

/* job(context, 0 .. n-1, worker) once each, worker telling which thread; returns when all are
 * done. */
void assay_nn_workers_run(struct assay_nn_workers *w, int n,
                          void (*job)(void *context, int i, int worker), void *context);

#endif

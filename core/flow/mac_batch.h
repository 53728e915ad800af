/* Eight cases of one grid side by side in the lanes of the vector unit, each with its own fluid,
 * walls, domain, time steps and end. A lane computes what assay_mac_run_until computes for its case
 * alone, bit for bit, whatever the other lanes do.
 *
 * The cases are solvers of core/flow/mac.h between no-slip walls with explicit viscosity and the
 * same convective scheme. While a solver is in a lane only the batch may change it; once its run
 * has ended it can be asked everything (assay_mac_sample, assay_mac_diagnose) until it is sent on.
 *
 *   put every case, assay_mac_batch_aim it at its first frame
 *   while lanes are busy
 *     assay_mac_batch_run: steps until at least one run has ended
 *     for each of those: sample, aim at the next frame; or take it out and put another one in */
#ifndef ASSAY_CORE_FLOW_MAC_BATCH_H
#define ASSAY_CORE_FLOW_MAC_BATCH_H
#include "core/flow/mac.h"

enum { ASSAY_MAC_LANES = 8 };

struct assay_mac_batch;

/* Whether cases with these settings can go side by side. */
int assay_mac_batch_fits(const struct assay_mac_settings *a, const struct assay_mac_settings *b);

/* How many such cases must go side by side to be faster than one after the other; 0: never are. By
 * a table of grid sizes in the source, not by timing. */
int assay_mac_batch_least(const struct assay_mac_settings *s);

/* Room for cases that fit to these settings. Caller owns *out. ASSAY_EUNSUPPORTED: not even such a
 * case fits to itself (walls, viscosity, body force); ASSAY_ENOMEM. */
int assay_mac_batch_create(struct assay_mac_batch **out, const struct assay_mac_settings *like);
void assay_mac_batch_destroy(struct assay_mac_batch *b);

/* Give a case a free lane (ASSAY_EARG: there is none, or it does not fit); m is borrowed. */
int assay_mac_batch_put(struct assay_mac_batch *b, int *lane, struct assay_mac *m);

/* Back to a solver on its own, in the state it would have reached alone; the lane is free. */
void assay_mac_batch_take(struct assay_mac_batch *b, int lane);

/* Send the case of a lane on to t_end; tolerance as in assay_mac_run_until, 0: none. ASSAY_EARG. */
int assay_mac_batch_aim(struct assay_mac_batch *b, int lane, double t_end, double tolerance);

/* Step all cases that have been sent on until one or more have ended: bits in *ended. */
void assay_mac_batch_run(struct assay_mac_batch *b, unsigned *ended);

/* Bring the run of one lane to its end alone, when too few others are left to go with it. */
void assay_mac_batch_finish(struct assay_mac_batch *b, int lane);

/* How the run of a lane has ended: ASSAY_OK or ASSAY_EDIVERGED, then with its message; *steady as
 * in assay_mac_run_until. */
int assay_mac_batch_result(const struct assay_mac_batch *b, int lane, int *steady);

#endif

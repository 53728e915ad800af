/* Water over a barrier, as benchmarks of two-phase flow take it: 300 x 80 cells, a side that is
 * partly an inflow and partly open, a block. */
#ifndef ASSAY_TESTS_CORE_BENCH_DAM_H
#define ASSAY_TESTS_CORE_BENCH_DAM_H
#include "core/flow/twophase.h"
#include "tests/core/bench_machine.h"

static inline struct assay_twophase_settings bench_dam(enum assay_twophase_pressure pressure)
{
  struct assay_twophase_settings s = {.nx = 300,
                                      .ny = 80,
                                      .width = 1.5,
                                      .height = 0.4,
                                      .marked = {100, 0.1},
                                      .unmarked = {1.225, 1.7894e-5},
                                      .gravity = {0, -9.81},
                                      .pressure = pressure,
                                      .n_blocks = 1,
                                      .block = {{0.5, 0.55, 0, 0.1}},
                                      .clock = bench_seconds};
  s.side[ASSAY_MAC_LEFT].n = 2;
  s.side[ASSAY_MAC_LEFT].segment[0] = (struct assay_twophase_segment){
      .to = 0.1, .kind = ASSAY_TWOPHASE_INFLOW, .velocity = 1, .fraction = 1};
  s.side[ASSAY_MAC_LEFT].segment[1] =
      (struct assay_twophase_segment){.from = 0.1, .to = 0.4, .kind = ASSAY_TWOPHASE_OPENING};
  s.side[ASSAY_MAC_RIGHT].n = 1;
  s.side[ASSAY_MAC_RIGHT].segment[0] =
      (struct assay_twophase_segment){.kind = ASSAY_TWOPHASE_OPENING};
  return s;
}

#endif

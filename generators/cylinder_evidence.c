/* Evidence for the cylinder generator: drag, wake length, shedding frequency and amplitudes in wide
 * free-slip channels and in the standard benchmark channel against published values, the Reynolds
 * number at which shedding sets in, conservation, symmetry, order. Manufactured solutions with
 * obstacles and open sides: tests/core. */
#include <math.h>

#include "core/base/err.h"
#include "core/num/vmath.h"
#include "generators/cylinder_watch.h"

/* Several rows look at one flow: the last one is remembered. */
static _Thread_local struct {
  const struct assay_cylinder_setup *setup;
  double value[ASSAY_CYLINDER_QUANTITIES];
} last_flow;

static int look(double *out, const struct assay_cylinder_setup *s, enum assay_cylinder_quantity q)
{
  int rc = ASSAY_OK;
  if (last_flow.setup != s) {
    last_flow.setup = NULL;
    ASSAY_TRY(assay_cylinder_measure(last_flow.value, s));
    last_flow.setup = s;
  }
  *out = last_flow.value[q];
done:
  return rc;
}

/* ---- the flows ------------------------------------------------------------------------------ */

static const struct assay_cylinder_setup wide_20 = {
    {ASSAY_CYLINDER_OPEN(20, 16, 20, 40, 30), .frames = 101, .frame_interval = 1}, 90};
static const struct assay_cylinder_setup wide_40 = {
    {ASSAY_CYLINDER_OPEN(40, 16, 20, 40, 30), .frames = 151, .frame_interval = 1}, 90};
static const struct assay_cylinder_setup wide_100 = {{ASSAY_CYLINDER_OPEN(100, 16, 20, 30, 30),
                                                      .frames = 1501, .frame_interval = 0.1,
                                                      .perturbation = 0.05},
                                                     100};
static const struct assay_cylinder_setup wide_200 = {{ASSAY_CYLINDER_OPEN(200, 20, 16, 24, 30),
                                                      .frames = 1201, .frame_interval = 0.1,
                                                      .perturbation = 0.05},
                                                     70};
static const struct assay_cylinder_setup onset_below = {{ASSAY_CYLINDER_OPEN(45, 12, 15, 35, 15),
                                                         .frames = 1001, .frame_interval = 0.2,
                                                         .perturbation = 0.01},
                                                        100};
static const struct assay_cylinder_setup onset_above = {{ASSAY_CYLINDER_OPEN(51, 12, 15, 35, 15),
                                                         .frames = 1001, .frame_interval = 0.2,
                                                         .perturbation = 0.01},
                                                        100};

static const struct assay_cylinder_setup channel_coarse = {
    {ASSAY_CYLINDER_BENCHMARK(0.2, 216, 40), .frames = 31, .frame_interval = 1}, 25};
static const struct assay_cylinder_setup channel_20 = {
    {ASSAY_CYLINDER_BENCHMARK(0.2, 864, 160), .frames = 61, .frame_interval = 1}, 50};
static const struct assay_cylinder_setup channel_100 = {{ASSAY_CYLINDER_BENCHMARK(1.0, 864, 160),
                                                         .frames = 1201, .frame_interval = 0.01,
                                                         .perturbation = 0.05},
                                                        8};

static int channel_drag_coarse(double *out)
{
  return look(out, &channel_coarse, ASSAY_CYLINDER_MEAN_CD);
}

static int channel_drag(double *out)
{
  return look(out, &channel_20, ASSAY_CYLINDER_MEAN_CD);
}

static int channel_lift(double *out)
{
  return look(out, &channel_20, ASSAY_CYLINDER_LAST_CL);
}

static int channel_pressure(double *out)
{
  return look(out, &channel_20, ASSAY_CYLINDER_LAST_DP);
}

static int channel_shedding_drag(double *out)
{
  return look(out, &channel_100, ASSAY_CYLINDER_HIGHEST_CD);
}

static int channel_shedding_lift(double *out)
{
  return look(out, &channel_100, ASSAY_CYLINDER_HIGHEST_CL);
}

static int channel_shedding_pressure(double *out)
{
  return look(out, &channel_100, ASSAY_CYLINDER_HALF_DP);
}

static int channel_shedding_strouhal(double *out)
{
  return look(out, &channel_100, ASSAY_CYLINDER_STROUHAL);
}

static int drag_20(double *out)
{
  return look(out, &wide_20, ASSAY_CYLINDER_MEAN_CD);
}

static int bubble_20(double *out)
{
  return look(out, &wide_20, ASSAY_CYLINDER_BUBBLE);
}

static int drag_40(double *out)
{
  return look(out, &wide_40, ASSAY_CYLINDER_MEAN_CD);
}

static int bubble_40(double *out)
{
  return look(out, &wide_40, ASSAY_CYLINDER_BUBBLE);
}

static int drag_100(double *out)
{
  return look(out, &wide_100, ASSAY_CYLINDER_MEAN_CD);
}

static int lift_100(double *out)
{
  return look(out, &wide_100, ASSAY_CYLINDER_CL_AMPLITUDE);
}

static int strouhal_100(double *out)
{
  return look(out, &wide_100, ASSAY_CYLINDER_STROUHAL);
}

static int drag_200(double *out)
{
  return look(out, &wide_200, ASSAY_CYLINDER_MEAN_CD);
}

static int lift_200(double *out)
{
  return look(out, &wide_200, ASSAY_CYLINDER_CL_AMPLITUDE);
}

static int strouhal_200(double *out)
{
  return look(out, &wide_200, ASSAY_CYLINDER_STROUHAL);
}

/* Where the growth rate of the lift passes zero, on a line between two Reynolds numbers. */
static int onset(double *out)
{
  int rc = ASSAY_OK;
  double below = 0, above = 0;
  ASSAY_TRY(look(&below, &onset_below, ASSAY_CYLINDER_GROWTH));
  ASSAY_TRY(look(&above, &onset_above, ASSAY_CYLINDER_GROWTH));
  *out = 45 + (51 - 45) * -below / (above - below);
done:
  return rc;
}

/* ---- conservation, symmetry, order ---------------------------------------------------------- */

static const struct assay_cylinder_setup small = {{ASSAY_CYLINDER_OPEN(40, 12, 4, 8, 3),
                                                   .frames = 11, .frame_interval = 0.5,
                                                   .perturbation = 0.05},
                                                  0};

static int flux_difference(double *out)
{
  int rc = ASSAY_OK;
  struct assay_cylinder_signals w = {0};
  ASSAY_TRY(assay_cylinder_watch(&w, &small));
  *out = w.flux;
done:
  assay_cylinder_forget(&w);
  return rc;
}

/* Largest lift coefficient of an undisturbed symmetric flow. */
static int symmetry(double *out)
{
  int rc = ASSAY_OK;
  struct assay_cylinder_setup s = small;
  struct assay_cylinder_signals w = {0};
  s.p.perturbation = 0;
  ASSAY_TRY(assay_cylinder_watch(&w, &s));
  *out = 0;
  for (int k = 0; k < w.n; k++) *out = fmax(*out, fabs(w.cl[k]));
done:
  assay_cylinder_forget(&w);
  return rc;
}

/* Order of the drag coefficient at Re 20: how its error falls from 10 to 40 cells across. Its limit
 * is that of 40 and 80 cells, 3.46228 and 3.46063, for any order from 1.7 to 2 (+- 0.0001). Three
 * grids alone, each twice as fine as the one before, would say 1.5 to 2 as they happen to cut the
 * circle: errors in cut cells come and go with the places of the faces. */
static int drag_order(double *out)
{
  int rc = ASSAY_OK;
  static const double limit = 3.4600;
  static const struct assay_cylinder_setup base = {
      {ASSAY_CYLINDER_OPEN(20, 10, 3, 5, 2), .frames = 2, .frame_interval = 8}, 0};
  double error[2] = {0}, value[ASSAY_CYLINDER_QUANTITIES];
  for (int k = 0; k < 2; k++) {
    struct assay_cylinder_setup s = base;
    s.p.nx <<= 2 * k;
    s.p.ny <<= 2 * k;
    ASSAY_TRY(assay_cylinder_measure(value, &s));
    error[k] = fabs(value[ASSAY_CYLINDER_MEAN_CD] - limit);
  }
  *out = assay_math_log(error[0] / error[1]) / assay_math_log(4);
done:
  return rc;
}

static const char wakes[] =
    "Dennis and Chang 1970; Coutanceau and Bouard 1977; Wu and Shu 2009; range of these";
static const char streets[] = "Park, Kwon and Choi 1998; Liu, Zheng and Sung 1998; Qu et al. 2013; "
                              "Williamson 1989; range of these";
static const char streets_200[] = "Braza et al. 1986; Liu et al. 1998; Wright and Smith 2001; "
                                  "Rosenfeld et al. 1991; range of these";
static const char nabh[] = "Nabh 1998, spectral; Schaefer and Turek 1996, test 2D-1";
static const char turek[] = "Schaefer and Turek, in Hirschel (ed.), Flow simulation with "
                            "high-performance computers II (1996) 547-566, test 2D-2, their bounds";

const struct assay_evidence assay_cylinder_evidence[] = {
    {.name = "mass flux",
     .doc = "largest difference between the flux through a column of the grid and the inflow",
     .reference = "exact projection",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-12,
     .measure = flux_difference},
    {.name = "symmetry",
     .doc = "largest lift coefficient of an undisturbed symmetric flow, Re 40",
     .reference = "symmetry of the equations",
     .kind = ASSAY_EVIDENCE_SYMMETRY,
     .limit = 1e-10,
     .measure = symmetry},
    {.name = "drag, order",
     .doc = "order with which the error of the drag at Re 20 falls from 10 to 40 cells across the "
            "cylinder; 1.75 to 2.05 by where the faces cut it",
     .reference = "second-order scheme",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .expected = 2,
     .limit = 0.3,
     .measure = drag_order},
    {.name = "channel Re 20, drag, coarse",
     .doc = "drag coefficient, 10 cells across the cylinder",
     .reference = nabh,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 5.57953523,
     .limit = 0.25,
     .measure = channel_drag_coarse},
    {.name = "channel Re 20, drag",
     .doc = "drag coefficient, 39 cells across the cylinder",
     .reference = nabh,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 5.57953523,
     .limit = 0.03,
     .slow = true,
     .measure = channel_drag},
    {.name = "channel Re 20, lift",
     .doc = "lift coefficient, the same flow",
     .reference = nabh,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.010618948,
     .limit = 0.001,
     .slow = true,
     .measure = channel_lift},
    {.name = "channel Re 20, pressure",
     .doc = "pressure between front and back, Pa, the same flow",
     .reference = nabh,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.117520167,
     .limit = 0.0024,
     .slow = true,
     .measure = channel_pressure},
    {.name = "channel Re 100, drag",
     .doc = "highest drag coefficient, 39 cells across the cylinder",
     .reference = turek,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 3.23,
     .limit = 0.01,
     .slow = true,
     .measure = channel_shedding_drag},
    {.name = "channel Re 100, lift",
     .doc =
         "highest lift coefficient, the same flow; the bounds are 0.99 to 1.01, the limit of 20 to "
         "80 cells is 0.99",
     .reference = turek,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 1.00,
     .limit = 0.04, /* 0.01 of the bounds, 0.03 that are missing at 39 cells */
     .slow = true,
     .measure = channel_shedding_lift},
    {.name = "channel Re 100, Strouhal",
     .doc = "Strouhal number, the same flow",
     .reference = turek,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.300,
     .limit = 0.005,
     .slow = true,
     .measure = channel_shedding_strouhal},
    {.name = "channel Re 100, pressure",
     .doc = "pressure between front and back half a period after the highest lift, Pa",
     .reference = turek,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 2.48,
     .limit = 0.03, /* the bounds are 2.46 to 2.50; 0.01 for what is left at 39 cells */
     .slow = true,
     .measure = channel_shedding_pressure},
    {.name = "Re 20, drag",
     .doc = "drag coefficient, channel 60 diameters wide, 16 cells across the cylinder",
     .reference = wakes,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 2.05,
     .limit = 0.05,
     .slow = true,
     .measure = drag_20},
    {.name = "Re 20, bubble",
     .doc = "length of the bubble behind the cylinder over its diameter, the same flow",
     .reference = wakes,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.93,
     .limit = 0.03,
     .slow = true,
     .measure = bubble_20},
    {.name = "Re 40, drag",
     .doc = "as at Re 20",
     .reference = wakes,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 1.54,
     .limit = 0.04,
     .slow = true,
     .measure = drag_40},
    {.name = "Re 40, bubble",
     .doc = "the same flow",
     .reference = wakes,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 2.225,
     .limit = 0.125,
     .slow = true,
     .measure = bubble_40},
    {.name = "Re 100, drag",
     .doc = "mean drag coefficient, channel 60 diameters wide, 16 cells across the cylinder",
     .reference = streets,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 1.34,
     .limit = 0.03,
     .slow = true,
     .measure = drag_100},
    {.name = "Re 100, lift",
     .doc = "amplitude of the lift coefficient, the same flow",
     .reference = streets,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.3275,
     .limit = 0.0175,
     .slow = true,
     .measure = lift_100},
    {.name = "Re 100, Strouhal",
     .doc = "Strouhal number, the same flow",
     .reference = streets,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.165,
     .limit = 0.002,
     .slow = true,
     .measure = strouhal_100},
    {.name = "Re 200, drag",
     .doc = "mean drag coefficient, channel 60 diameters wide, 20 cells across the cylinder",
     .reference = streets_200,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 1.355,
     .limit = 0.055,
     .slow = true,
     .measure = drag_200},
    {.name = "Re 200, lift",
     .doc = "amplitude of the lift coefficient, the same flow",
     .reference = streets_200,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.695,
     .limit = 0.055,
     .slow = true,
     .measure = lift_200},
    {.name = "Re 200, Strouhal",
     .doc = "Strouhal number, the same flow",
     .reference = streets_200,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 0.195,
     .limit = 0.005,
     .slow = true,
     .measure = strouhal_200},
    {.name = "onset of shedding",
     .doc = "Reynolds number at which the growth rate of the lift is zero, from 45 and 51",
     .reference = "46 to 49 in the literature; between 45 and 50",
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .expected = 47.5,
     .limit = 2.5,
     .slow = true,
     .measure = onset},
    {0}};

/* Pictures of the tube's evidence: flow that starts up against its series, flow that develops
 * behind a uniform inlet against the entrance length of Durst et al. */
#include <stdio.h>

#include "core/base/err.h"
#include "core/draw/plot.h"
#include "core/num/vmath.h"
#include "generators/tube.h"

static const double pi = 3.14159265358979323846;

/* ---- from rest ------------------------------------------------------------------------------- */

/* Bessel's functions J0 and J1 by the trapezoidal rule for their integral, exact below x = 40. */
static double bessel(int order, double x)
{
  enum { PARTS = 96 };
  double sum = 0;
  for (int k = 0; k < PARTS; k++) {
    const double angle = 2 * pi * k / PARTS;
    sum += assay_math_cos(order * angle - x * assay_math_sin(angle));
  }
  return sum / PARTS;
}

/* u over its value in the end in the middle, at r half gaps from there at the time t h^2/nu. */
static double gap_series(double r, double t)
{
  double u = 1 - r * r, sign = 1;
  for (int n = 1; n < 40; n += 2) {
    const double a = 0.5 * pi * n;
    u -= sign * 4 / (a * a * a) * assay_math_cos(a * r) * assay_math_exp(-a * a * t);
    sign = -sign;
  }
  return u;
}

static double pipe_series(double r, double t)
{
  static const double zero[] = {2.404825557695773,  5.520078110286311,  8.653727912911013,
                                11.791534439014281, 14.930917708487785, 18.071063967910922,
                                21.211636629879260, 24.352471530749302};
  double u = 1 - r * r;
  for (int n = 0; n < 8; n++) {
    const double a = zero[n];
    u -= 8 * bessel(0, a * r) / (a * a * a * bessel(1, a)) * assay_math_exp(-a * a * t);
  }
  return u;
}

enum { TIMES = 5, CELLS = 32, POINTS = 16, CURVE = 81 };

static const double times[TIMES] = {0.05, 0.15, 0.35, 0.7, 2};

/* One profile, from the middle to the wall, every other cell. */
static int computed_start_up(double r[POINTS], double u[POINTS], int radial, double time)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_tube_start_up(&m, radial ? CELLS : 2 * CELLS, radial, time, 80));
  const struct assay_mac_view w = assay_twophase_u(m);
  for (int k = 0; k < POINTS; k++) {
    const int cell = 2 * k;
    r[k] = (cell + 0.5) / CELLS;
    u[k] = w.data[(cell + (radial ? 0 : CELLS)) * w.stride + 1] / assay_tube_top_speed(radial);
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int draw_start_up(const char *path, int radial)
{
  int rc = ASSAY_OK;
  double r[POINTS], u[TIMES][POINTS], x[CURVE], exact[TIMES][CURVE];
  char name[TIMES][24];
  struct assay_series series[2 * TIMES];
  for (int k = 0; k < CURVE; k++) x[k] = k / (CURVE - 1.0);
  for (int t = 0; t < TIMES; t++) {
    ASSAY_TRY(computed_start_up(r, u[t], radial, times[t]));
    for (int k = 0; k < CURVE; k++)
      exact[t][k] = (radial ? pipe_series : gap_series)(x[k], times[t]);
    snprintf(name[t], sizeof name[t], radial ? "νt/R² = %g" : "νt/h² = %g", times[t]);
    series[t] = (struct assay_series){
        .name = name[t], .n = CURVE, .x = x, .y = exact[t], .bare = true, .style = t + 1};
    series[TIMES + t] = (struct assay_series){
        .n = POINTS, .x = r, .y = u[t], .draw = ASSAY_PLOT_POINTS, .style = t + 1};
  }
  const struct assay_plot plot = {
      .title = radial ? "Pipe from rest: series (lines), computed (points)"
                      : "Gap from rest: series (lines), computed (points)",
      .x = {.label = radial ? "distance from the axis over R" : "distance from the middle over h",
            .hi = 1},
      .y = {.label = "speed over the final one in the middle", .hi = 1},
      .series = series,
      .n_series = 2 * TIMES,
      .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.2, path));
done:
  return rc;
}

static int draw_gap_start_up(const char *path)
{
  return draw_start_up(path, 0);
}

static int draw_pipe_start_up(const char *path)
{
  return draw_start_up(path, 1);
}

/* ---- entrance -------------------------------------------------------------------------------- */

enum { PLACES = 5, ACROSS = 64, STATIONS = 60 };

/* u of all rows at a position in faces, linear between them. */
static void profile_at(double u[ACROSS], struct assay_mac_view w, double face)
{
  const int i = (int)face;
  for (int j = 0; j < ACROSS; j++) {
    const double *q = w.data + j * w.stride + i;
    u[j] = q[0] + (face - i) * (q[1] - q[0]);
  }
}

static int draw_profiles(const char *path)
{
  int rc = ASSAY_OK;
  static const double places[PLACES] = {0.02, 0.1, 0.25, 0.5, 1};
  const double re = 100, entrance = assay_tube_entrance(0, re);
  double y[ACROSS], u[PLACES][ACROSS], parabola[ACROSS], length;
  char name[PLACES][24];
  struct assay_series series[PLACES + 1];
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_tube_develop(&m, &length, 0, re));
  const struct assay_mac_view w = assay_twophase_u(m);
  for (int j = 0; j < ACROSS; j++) {
    y[j] = (j + 0.5) / ACROSS;
    parabola[j] = 6 * y[j] * (1 - y[j]);
  }
  for (int k = 0; k < PLACES; k++) {
    profile_at(u[k], w, places[k] * entrance / length * (w.nx - 1));
    snprintf(name[k], sizeof name[k], "x/L = %g", places[k]);
    series[k] = (struct assay_series){
        .name = name[k], .n = ACROSS, .x = y, .y = u[k], .bare = true, .style = k + 1};
  }
  series[PLACES] = (struct assay_series){
      .name = "parabola", .n = ACROSS, .x = y, .y = parabola, .bare = true, .faint = true};
  const struct assay_plot plot = {.title = "Gap, Re 100: behind a uniform inlet",
                                  .height = 370,
                                  .subtitle = "L: entrance length of Durst et al. 2005",
                                  .x = {.label = "place across the gap over d", .hi = 1},
                                  .y = {.label = "u over the mean"},
                                  .series = series,
                                  .n_series = PLACES + 1,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.2, path));
done:
  assay_twophase_destroy(m);
  return rc;
}

/* Speed in the middle over the final one, STATIONS places along the tube. */
static int middle_line(double x[STATIONS], double u[STATIONS], int radial, double re)
{
  int rc = ASSAY_OK;
  double length;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_tube_develop(&m, &length, radial, re));
  const struct assay_mac_view w = assay_twophase_u(m);
  for (int k = 0; k < STATIONS; k++) {
    const int i = k * (w.nx - 1) / (STATIONS - 1);
    x[k] = length * i / (w.nx - 1);
    u[k] = assay_tube_middle(w, radial, i) / (radial ? 2 : 1.5);
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int draw_entrance(const char *path)
{
  int rc = ASSAY_OK;
  static const struct {
    const char *name;
    int radial;
    double re;
  } flows[4] = {{"gap, Re 20", 0, 20},
                {"gap, Re 100", 0, 100},
                {"pipe, Re 20", 1, 20},
                {"pipe, Re 100", 1, 100}};
  double x[4][STATIONS], u[4][STATIONS], published[4], reached[4];
  struct assay_series series[5];
  for (int k = 0; k < 4; k++) {
    ASSAY_TRY(middle_line(x[k], u[k], flows[k].radial, flows[k].re));
    published[k] = assay_tube_entrance(flows[k].radial, flows[k].re);
    reached[k] = 0.99;
    series[k] = (struct assay_series){
        .name = flows[k].name, .n = STATIONS, .x = x[k], .y = u[k], .bare = true, .style = k + 1};
  }
  series[4] = (struct assay_series){.name = "99 % after Durst et al. 2005",
                                    .n = 4,
                                    .x = published,
                                    .y = reached,
                                    .draw = ASSAY_PLOT_POINTS,
                                    .style = 5};
  const struct assay_plot plot = {.title = "Speed in the middle behind a uniform inlet",
                                  .x = {.label = "distance from the inlet over d"},
                                  .y = {.label = "speed over the final one"},
                                  .series = series,
                                  .n_series = 5,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.2, path));
done:
  return rc;
}

const struct assay_illustration assay_tube_illustrations[] = {
    {"start-gap", "Flow between plates from rest under a constant pressure gradient, 64 cells",
     false, draw_gap_start_up},
    {"start-pipe", "The same in a pipe, 32 cells from axis to wall", false, draw_pipe_start_up},
    {"profiles", "Velocity behind a uniform inlet of a gap at Re 100", true, draw_profiles},
    {"entrance",
     "Speed in the middle behind a uniform inlet; points: 99 % of the final one at the "
     "published entrance length",
     true, draw_entrance},
    {0}};

/* Pictures of the cylinder's evidence: forces in the benchmark channel within their published
 * bounds, shedding frequency against the laws of Williamson and of Fey. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/plot.h"
#include "generators/cylinder_watch.h"

static int draw_forces(const char *path)
{
  int rc = ASSAY_OK;
  static const struct assay_cylinder_setup s = {{ASSAY_CYLINDER_BENCHMARK(1.0, 432, 80),
                                                 .frames = 801, .frame_interval = 0.01,
                                                 .perturbation = 0.05},
                                                6};
  struct assay_cylinder_signals w = {0};
  double *t = NULL;
  ASSAY_TRY(assay_cylinder_watch(&w, &s));
  ASSAY_TRY(ASSAY_NEW(&t, (size_t)w.n, "times"));
  for (int k = 0; k < w.n; k++) t[k] = k * s.p.frame_interval;
  const double ends[2] = {0, 8}, drag[2] = {3.23, 3.23}, lift[2] = {1, 1};
  const struct assay_series series[] = {
      {.name = "drag coefficient", .n = w.n - 20, .x = t + 20, .y = w.cd + 20, .bare = true},
      {.name = "lift coefficient", .n = w.n - 20, .x = t + 20, .y = w.cl + 20, .bare = true},
      {.name = "published highest", .n = 2, .x = ends, .y = drag, .bare = true, .faint = true},
      {.n = 2, .x = ends, .y = lift, .bare = true, .faint = true}};
  const struct assay_plot plot = {.title = "Benchmark channel, Re 100, 20 cells per diameter",
                                  .x = {.label = "time (s)"},
                                  .y = {.label = "coefficient"},
                                  .series = series,
                                  .n_series = 4,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.5, path));
done:
  assay_cylinder_forget(&w);
  assay_free(t);
  return rc;
}

enum { MEASURED = 5, CURVE = 60 };

static int measure_strouhal(double re[MEASURED], double st[MEASURED])
{
  int rc = ASSAY_OK;
  static const struct assay_cylinder_setup setups[MEASURED] = {
      {{ASSAY_CYLINDER_OPEN(60, 12, 15, 25, 15), .frames = 2001, .frame_interval = 0.1,
        .perturbation = 0.05},
       140},
      {{ASSAY_CYLINDER_OPEN(80, 12, 15, 25, 15), .frames = 1501, .frame_interval = 0.1,
        .perturbation = 0.05},
       100},
      {{ASSAY_CYLINDER_OPEN(100, 12, 15, 25, 15), .frames = 1201, .frame_interval = 0.1,
        .perturbation = 0.05},
       80},
      {{ASSAY_CYLINDER_OPEN(135, 16, 15, 25, 15), .frames = 1001, .frame_interval = 0.1,
        .perturbation = 0.05},
       70},
      {{ASSAY_CYLINDER_OPEN(175, 16, 15, 25, 15), .frames = 1001, .frame_interval = 0.1,
        .perturbation = 0.05},
       70}};
  for (int k = 0; k < MEASURED; k++) {
    double value[ASSAY_CYLINDER_QUANTITIES];
    ASSAY_TRY(assay_cylinder_measure(value, &setups[k]));
    re[k] = 1 / setups[k].p.viscosity;
    st[k] = value[ASSAY_CYLINDER_STROUHAL];
  }
done:
  return rc;
}

static int draw_strouhal(const char *path)
{
  int rc = ASSAY_OK;
  double re[MEASURED], st[MEASURED], x[CURVE], williamson[CURVE], fey[CURVE];
  ASSAY_TRY(measure_strouhal(re, st));
  for (int k = 0; k < CURVE; k++) {
    x[k] = 50 + 128.0 * k / (CURVE - 1);
    williamson[k] = -3.3265 / x[k] + 0.1816 + 1.6e-4 * x[k];
    fey[k] = 0.2684 - 1.0356 / sqrt(x[k]);
  }
  const struct assay_series series[] = {
      {.name = "computed", .n = MEASURED, .x = re, .y = st, .draw = ASSAY_PLOT_POINTS, .style = 1},
      {.name = "Williamson 1989", .n = CURVE, .x = x, .y = williamson, .bare = true, .style = 2},
      {.name = "Fey et al. 1998", .n = CURVE, .x = x, .y = fey, .bare = true, .style = 3}};
  const struct assay_plot plot = {.title = "Frequency of shedding, channel 30 diameters wide",
                                  .x = {.label = "Reynolds number"},
                                  .y = {.label = "Strouhal number"},
                                  .series = series,
                                  .n_series = 3,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.5, path));
done:
  return rc;
}

const struct assay_illustration assay_cylinder_illustrations[] = {
    {"forces",
     "Drag and lift in the benchmark channel at Re 100; dashed: the middle of the published bounds "
     "of their highest values",
     true, draw_forces},
    {"strouhal", "Strouhal number over Reynolds number against two published laws", true,
     draw_strouhal},
    {0}};

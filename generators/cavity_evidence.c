/* Evidence for the cavity generator: steady centre-line profiles against published and converged
 * values, the Taylor-Green vortex between frictionless walls (an exact solution that uses the same
 * grid, pressure solver and time steps), conservation, symmetry. Manufactured solutions with
 * no-slip walls and a moving lid: tests/core/test_mac_order.c. */
#include <math.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/plot.h"
#include "core/num/vmath.h"
#include "generators/cavity.h"

/* ---- steady profiles ----------------------------------------------------------------------- */

enum { STATIONS = 17 };

/* Where Ghia et al. print u(1/2, y) and v(x, 1/2), from the lid down and from the right. */
static const double station_y[STATIONS] = {1.0,    0.9766, 0.9688, 0.9609, 0.9531, 0.8516,
                                           0.7344, 0.6172, 0.5,    0.4531, 0.2813, 0.1719,
                                           0.1016, 0.0703, 0.0625, 0.0547, 0.0};
static const double station_x[STATIONS] = {1.0,    0.9688, 0.9609, 0.9531, 0.9453, 0.9063,
                                           0.8594, 0.8047, 0.5,    0.2344, 0.2266, 0.1563,
                                           0.0938, 0.0781, 0.0703, 0.0625, 0.0};

struct profiles {
  double reynolds;
  double u[STATIONS], v[STATIONS];
};

/* Ghia et al. 1982, tables I and II. Where a printed value is a known misprint, NaN. */
static const struct profiles ghia_100 = {
    100,
    {1.00000, 0.84123, 0.78871, 0.73722, 0.68717, 0.23151, 0.00332, -0.13641, -0.20581, -0.21090,
     -0.15662, -0.10150, -0.06434, -0.04775, -0.04192, -0.03717, 0},
    {0, -0.05906, -0.07391, -0.08864, -0.10313, -0.16914, -0.22445, -0.24533, 0.05454, 0.17527,
     0.17507, 0.16077, 0.12317, 0.10890, 0.10091, 0.09233, 0}};
static const struct profiles ghia_400 = {
    400,
    {1.00000, 0.75837, 0.68439, 0.61756, 0.55892, 0.29093, 0.16256, 0.02135, -0.11477, -0.17119,
     -0.32726, -0.24299, -0.14612, -0.10338, -0.09266, -0.08186, 0},
    {0, -0.12146, -0.15663, -0.19254, -0.22847, (double)NAN, -0.44993, -0.38598, 0.05186, 0.30174,
     0.30203, 0.28124, 0.22965, 0.20920, 0.19713, 0.18360, 0}};
static const struct profiles ghia_1000 = {
    1000,
    {1.00000, 0.65928, 0.57492, 0.51117, 0.46604, 0.33304, 0.18719, 0.05702, -0.06080, -0.10648,
     -0.27805, -0.38289, -0.29730, -0.22220, -0.20196, -0.18109, 0},
    {0, -0.21388, -0.27669, -0.33714, -0.39188, -0.51550, -0.42665, -0.31966, 0.02526, 0.32235,
     0.33075, 0.37095, 0.32627, 0.30353, 0.29012, 0.27485, 0}};
static const struct profiles ghia_3200 = {
    3200,
    {1.00000, 0.53236, 0.48296, 0.46547, 0.46101, 0.34682, 0.19791, 0.07156, -0.04272, -0.08664,
     -0.24427, -0.34323, -0.41933, -0.37827, -0.35344, -0.32407, 0},
    {0, -0.39017, -0.47425, -0.52357, -0.54053, -0.44307, -0.37401, -0.31184, 0.00999, 0.28188,
     0.29030, 0.37119, 0.42768, 0.41906, 0.40917, 0.39560, 0}};

/* The same stations from a stream-function scheme of 13 points with Newton's method, grids up to
 * 1024^2, extrapolated; good to 1e-5 (Re 3200: 2e-4). */
static const struct profiles converged_100 = {
    100,
    {1, 0.84373, 0.79194, 0.74047, 0.69103, 0.23655, 0.00419, -0.13880, -0.20915, -0.21398,
     -0.15767, -0.10174, -0.06443, -0.04662, -0.04198, -0.03723, 0},
    {0, -0.06219, -0.07798, -0.09339, -0.10853, -0.17708, -0.23369, -0.25354, 0.05754, 0.17956,
     0.17936, 0.16482, 0.12643, 0.11175, 0.10359, 0.09481, 0}};
static const struct profiles converged_400 = {
    400,
    {1, 0.76067, 0.68721, 0.61992, 0.56157, 0.29203, 0.16257, 0.02103, -0.11505, -0.17148, -0.32872,
     -0.24378, -0.14619, -0.10330, -0.09260, -0.08182, 0},
    {0, -0.12515, -0.16159, -0.19821, -0.23472, -0.38969, -0.45384, -0.38566, 0.05206, 0.30345,
     0.30383, 0.28355, 0.23172, 0.21097, 0.19879, 0.18513, 0}};
static const struct profiles converged_3200 = {
    3200,
    {1, 0.5281, 0.4812, 0.4654, 0.4618, 0.3483, 0.2018, 0.0772, -0.0369, -0.0812, -0.2426, -0.3455,
     -0.4329, -0.4083, -0.3854, -0.3566, 0},
    {0, -0.4391, -0.5201, -0.5611, -0.5672, -0.4436, -0.3788, -0.3137, 0.0143, 0.2881, 0.2965,
     0.3772, 0.4328, 0.4224, 0.4113, 0.3962, 0}};

static struct assay_mac_settings unit_cavity(int n, double reynolds)
{
  struct assay_mac_settings s = {
      .nx = n, .ny = n, .width = 1, .height = 1, .density = 1, .viscosity = 1 / reynolds};
  s.side[ASSAY_MAC_TOP].velocity = 1;
  return s;
}

/* March until max |du/dt| < tolerance, at most to t_most. */
static int settle(struct assay_mac *m, double tolerance, double t_most)
{
  int rc = ASSAY_OK;
  struct assay_mac_diagnostics d = {.change = tolerance};
  while (d.change >= tolerance && assay_mac_time(m) < t_most) {
    ASSAY_TRY(assay_mac_run(m, assay_mac_time(m) + 1));
    assay_mac_diagnose(m, &d);
  }
done:
  return rc;
}

/* Node k of a line across the cavity: the wall, cell centres, the other wall. */
static double node(int k, int n)
{
  return k <= 0 ? 0 : k > n ? 1 : (k - 0.5) / n;
}

/* Cubic interpolation of the n centred values w[k * step] between walls that move with lower,
 * upper. */
static double interpolate(const double *w, ptrdiff_t step, int n, double lower, double upper,
                          double s)
{
  int first = (int)floor(s * n + 0.5) - 1;
  first = first < 0 ? 0 : first > n - 2 ? n - 2 : first;
  double sum = 0;
  for (int k = first; k < first + 4; k++) {
    double weight = k == 0 ? lower : k > n ? upper : w[(k - 1) * step];
    for (int l = first; l < first + 4; l++)
      if (l != k) weight *= (s - node(l, n)) / (node(k, n) - node(l, n));
    sum += weight;
  }
  return sum;
}

/* Largest deviation over all stations, of the lid speed, on a grid of n x n cells (n even). */
static int deviation(double *out, const struct profiles *ref, int n, double tolerance,
                     double t_most)
{
  int rc = ASSAY_OK;
  const struct assay_mac_settings s = unit_cavity(n, ref->reynolds);
  struct assay_mac *m = NULL;
  ASSAY_TRY(assay_mac_create(&m, &s));
  ASSAY_TRY(settle(m, tolerance, t_most));
  const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
  *out = 0;
  for (int k = 0; k < STATIONS; k++) {
    const double uk = interpolate(u.data + n / 2, u.stride, n, 0, 1, station_y[k]);
    const double vk = interpolate(v.data + n / 2 * v.stride, 1, n, 0, 0, station_x[k]);
    *out = fmax(*out, fabs(uk - ref->u[k]));
    if (!isnan(ref->v[k])) *out = fmax(*out, fabs(vk - ref->v[k]));
  }
done:
  assay_mac_destroy(m);
  return rc;
}

static int profile_100(double *out)
{
  return deviation(out, &converged_100, 64, 1e-5, 60);
}

static int profile_ghia_100(double *out)
{
  return deviation(out, &ghia_100, 64, 1e-5, 60);
}

static int profile_400(double *out)
{
  return deviation(out, &converged_400, 128, 1e-6, 100);
}

static int profile_ghia_400(double *out)
{
  return deviation(out, &ghia_400, 128, 1e-6, 100);
}

static int profile_ghia_1000(double *out)
{
  return deviation(out, &ghia_1000, 128, 1e-6, 150);
}

static int profile_3200(double *out)
{
  return deviation(out, &converged_3200, 256, 1e-6, 400);
}

static int profile_ghia_3200(double *out)
{
  return deviation(out, &ghia_3200, 128, 1e-6, 400);
}

/* ---- pictures of the profiles -------------------------------------------------------------- */

/* u(1/2, y) and v(x, 1/2) of the n x n cavity with the walls: s, u, v [n + 2]. */
static void centre_lines(double *s, double *u, double *v, const struct assay_mac *m, int n)
{
  const struct assay_mac_view a = assay_mac_u(m), b = assay_mac_v(m);
  for (int k = 0; k <= n + 1; k++) {
    const bool inside = k > 0 && k <= n;
    s[k] = node(k, n);
    u[k] = inside ? a.data[(k - 1) * a.stride + n / 2] : k > n ? 1 : 0;
    v[k] = inside ? b.data[n / 2 * b.stride + k - 1] : 0;
  }
}

static int draw_profiles(const char *path, const struct profiles *ghia,
                         const struct profiles *converged, int n, double t_most)
{
  int rc = ASSAY_OK;
  const struct assay_mac_settings set = unit_cavity(n, ghia->reynolds);
  struct assay_mac *m = NULL;
  double *s = NULL, *u = NULL, *v = NULL;
  char title[96];
  ASSAY_TRY(assay_mac_create(&m, &set));
  ASSAY_TRY(settle(m, 1e-6, t_most));
  ASSAY_TRY(ASSAY_NEW(&s, (size_t)n + 2, "profile"));
  ASSAY_TRY(ASSAY_NEW(&u, (size_t)n + 2, "profile"));
  ASSAY_TRY(ASSAY_NEW(&v, (size_t)n + 2, "profile"));
  centre_lines(s, u, v, m, n);
  const struct assay_series series[] = {
      {.name = "u(1/2, y)", .n = n + 2, .x = s, .y = u, .bare = true, .style = 1},
      {.name = "v(x, 1/2)", .n = n + 2, .x = s, .y = v, .bare = true, .style = 2},
      {.name = "Ghia et al. 1982",
       .n = STATIONS,
       .x = station_y,
       .y = ghia->u,
       .draw = ASSAY_PLOT_POINTS,
       .style = 3},
      {.n = STATIONS, .x = station_x, .y = ghia->v, .draw = ASSAY_PLOT_POINTS, .style = 3},
      {.name = "converged",
       .n = STATIONS,
       .x = station_y,
       .y = converged->u,
       .draw = ASSAY_PLOT_POINTS,
       .style = 4},
      {.n = STATIONS, .x = station_x, .y = converged->v, .draw = ASSAY_PLOT_POINTS, .style = 4}};
  snprintf(title, sizeof title, "Cavity, Re %g, %d x %d cells", ghia->reynolds, n, n);
  const struct assay_plot plot = {.title = title,
                                  .x = {.label = "y/L or x/L"},
                                  .y = {.label = "velocity / lid velocity"},
                                  .series = series,
                                  .n_series = sizeof series / sizeof *series,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.5, path));
done:
  assay_free(s);
  assay_free(u);
  assay_free(v);
  assay_mac_destroy(m);
  return rc;
}

static int draw_100(const char *path)
{
  return draw_profiles(path, &ghia_100, &converged_100, 64, 60);
}

static int draw_400(const char *path)
{
  return draw_profiles(path, &ghia_400, &converged_400, 128, 100);
}

static int draw_3200(const char *path)
{
  return draw_profiles(path, &ghia_3200, &converged_3200, 256, 400);
}

const struct assay_illustration assay_cavity_illustrations[] = {
    {"re100", "Steady cavity at Re 100: centre lines against Ghia et al. and converged values",
     false, draw_100},
    {"re400", "Steady cavity at Re 400; one printed value of Ghia et al. is a known misprint", true,
     draw_400},
    {"re3200", "Steady cavity at Re 3200: here the published tables are off by up to 0.05", true,
     draw_3200},
    {0}};

/* ---- Taylor-Green vortex ------------------------------------------------------------------- */

static const double pi = 3.14159265358979323846;

/* u = sin(pi x) cos(pi y) f, v = -cos(pi x) sin(pi y) f, f = exp(-2 pi^2 nu t), in the unit square.
 */
static double vortex_u(double x, double y)
{
  return assay_math_sin(pi * x) * assay_math_cos(pi * y);
}

static void vortex_faces(double *u, double *v, int n)
{
  const double h = 1.0 / n;
  for (int j = 0; j < n; j++)
    for (int i = 0; i <= n; i++) u[j * (n + 1) + i] = vortex_u(i * h, (j + 0.5) * h);
  for (int j = 0; j <= n; j++)
    for (int i = 0; i < n; i++) v[j * n + i] = -vortex_u(j * h, (i + 0.5) * h);
}

/* Mean square of w - factor * exact over [ny, nx] contiguous exact values. */
static double mean_square(struct assay_mac_view w, const double *exact, double factor)
{
  double sum = 0;
  for (int j = 0; j < w.ny; j++)
    for (int i = 0; i < w.nx; i++) {
      const double e = w.data[j * w.stride + i] - factor * exact[j * w.nx + i];
      sum += e * e;
    }
  return sum / ((double)w.nx * w.ny);
}

/* rms velocity error on n x n cells at the time when a third of the velocity is gone. */
static int vortex_error(double *out, int n, double viscosity, enum assay_mac_viscous viscous)
{
  int rc = ASSAY_OK;
  struct assay_mac_settings s = {.nx = n,
                                 .ny = n,
                                 .width = 1,
                                 .height = 1,
                                 .density = 1,
                                 .viscosity = viscosity,
                                 .viscous = viscous,
                                 .velocity_scale = 1};
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) s.side[k].wall = ASSAY_MAC_FREE_SLIP;
  const size_t faces = (size_t)n * (size_t)(n + 1);
  const double t = 0.02 / viscosity, factor = assay_math_exp(-2 * pi * pi * 0.02);
  struct assay_mac *m = NULL;
  double *u = NULL, *v = NULL;
  ASSAY_TRY(assay_mac_create(&m, &s));
  ASSAY_TRY(ASSAY_NEW(&u, faces, "vortex"));
  ASSAY_TRY(ASSAY_NEW(&v, faces, "vortex"));
  vortex_faces(u, v, n);
  ASSAY_TRY(assay_mac_start(m, 0, u, v));
  ASSAY_TRY(assay_mac_run(m, t));
  *out = sqrt(mean_square(assay_mac_u(m), u, factor) + mean_square(assay_mac_v(m), v, factor));
done:
  assay_free(u);
  assay_free(v);
  assay_mac_destroy(m);
  return rc;
}

static int vortex_order(double *out, double viscosity, enum assay_mac_viscous viscous)
{
  int rc = ASSAY_OK;
  double coarse = 0, fine = 0;
  ASSAY_TRY(vortex_error(&coarse, 16, viscosity, viscous));
  ASSAY_TRY(vortex_error(&fine, 32, viscosity, viscous));
  *out = assay_math_log(coarse / fine) / assay_math_log(2);
done:
  return rc;
}

static int vortex_order_explicit(double *out)
{
  return vortex_order(out, 0.01, ASSAY_MAC_EXPLICIT);
}

static int vortex_order_implicit(double *out)
{
  return vortex_order(out, 0.1, ASSAY_MAC_IMPLICIT);
}

/* ---- conservation and symmetry ------------------------------------------------------------- */

/* The largest divergence, over U/L, while a cavity spins up: implicit, central and limited. */
static int largest_divergence(double *out)
{
  int rc = ASSAY_OK;
  static const double reynolds[] = {10, 400, 20000};
  struct assay_mac *m = NULL;
  *out = 0;
  for (int k = 0; k < 3; k++) {
    const struct assay_mac_settings s = unit_cavity(48, reynolds[k]);
    ASSAY_TRY(assay_mac_create(&m, &s));
    for (int t = 1; t <= 4; t++) {
      struct assay_mac_diagnostics d;
      ASSAY_TRY(assay_mac_run(m, t));
      assay_mac_diagnose(m, &d);
      *out = fmax(*out, d.divergence);
    }
    assay_mac_destroy(m);
    m = NULL;
  }
done:
  assay_mac_destroy(m);
  return rc;
}

/* Residual of the kinetic-energy budget over the last step of a run, of the power of the lid. */
static int energy_residual(double *out, int n)
{
  int rc = ASSAY_OK;
  const struct assay_mac_settings s = unit_cavity(n, 400);
  struct assay_mac_diagnostics d;
  struct assay_mac *m = NULL;
  ASSAY_TRY(assay_mac_create(&m, &s));
  ASSAY_TRY(assay_mac_run(m, 2));
  assay_mac_diagnose(m, &d);
  *out = d.energy_residual;
done:
  assay_mac_destroy(m);
  return rc;
}

static int energy_residual_fine(double *out)
{
  return energy_residual(out, 64);
}

static int energy_order(double *out)
{
  int rc = ASSAY_OK;
  double coarse = 0, fine = 0;
  ASSAY_TRY(energy_residual(&coarse, 32));
  ASSAY_TRY(energy_residual(&fine, 64));
  *out = assay_math_log(coarse / fine) / assay_math_log(2);
done:
  return rc;
}

/* A lid that moves the other way: largest difference to the mirror image. */
static int mirror_difference(double *out)
{
  int rc = ASSAY_OK;
  enum { N = 32 };
  struct assay_mac_settings s = unit_cavity(N, 1000);
  struct assay_mac *right = NULL, *left = NULL;
  ASSAY_TRY(assay_mac_create(&right, &s));
  s.side[ASSAY_MAC_TOP].velocity = -1;
  ASSAY_TRY(assay_mac_create(&left, &s));
  ASSAY_TRY(assay_mac_run(right, 4));
  ASSAY_TRY(assay_mac_run(left, 4));
  const struct assay_mac_view a = assay_mac_u(right), b = assay_mac_u(left);
  *out = 0;
  for (int j = 0; j < N; j++)
    for (int i = 0; i <= N; i++)
      *out = fmax(*out, fabs(a.data[j * a.stride + i] + b.data[j * b.stride + N - i]));
done:
  assay_mac_destroy(right);
  assay_mac_destroy(left);
  return rc;
}

static const char ghia[] = "Ghia, Ghia, Shin, J. Comput. Phys. 48 (1982), tables I and II";
static const char newton[] = "stream-function Newton solution on up to 1024^2 points, extrapolated";

const struct assay_evidence assay_cavity_evidence[] = {
    {.name = "profiles Re 100",
     .doc = "largest deviation of u(1/2, y), v(x, 1/2) on 64^2 cells",
     .reference = newton,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.005,
     .measure = profile_100},
    {.name = "Ghia Re 100",
     .doc = "the same from the published tables (off by up to 0.009)",
     .reference = ghia,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.010,
     .measure = profile_ghia_100},
    {.name = "Taylor-Green, explicit",
     .doc = "order of the velocity error in the grid size, 16^2 to 32^2 cells, explicit viscosity",
     .reference = "exact solution",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 2,
     .limit = 0.2,
     .measure = vortex_order_explicit},
    {.name = "Taylor-Green, implicit",
     .doc = "the same with implicit viscosity",
     .reference = "exact solution",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 2,
     .limit = 0.2,
     .measure = vortex_order_implicit},
    {.name = "divergence",
     .doc = "largest |div u| L / U on solver faces, Re 10, 400 and 20000",
     .reference = "exact projection",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-12,
     .measure = largest_divergence},
    {.name = "energy budget",
     .doc = "|dE/dt - lid power + dissipation| over lid power, Re 400, t U/L = 2, 64^2 cells",
     .reference = "discrete energy conservation of the central scheme",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-5,
     .measure = energy_residual_fine},
    {.name = "energy budget, order",
     .doc = "order with which it falls from 32^2 to 64^2 cells",
     .reference = "second-order time steps",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .expected = 2,
     .limit = 0.5,
     .measure = energy_order},
    {.name = "mirror image",
     .doc = "largest difference to the mirrored flow of a reversed lid",
     .reference = "symmetry of the equations",
     .kind = ASSAY_EVIDENCE_SYMMETRY,
     .limit = 1e-12,
     .measure = mirror_difference},
    {.name = "profiles Re 400",
     .doc = "largest deviation of u(1/2, y), v(x, 1/2) on 128^2 cells",
     .reference = newton,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.005,
     .slow = true,
     .measure = profile_400},
    {.name = "Ghia Re 400",
     .doc = "the same from the published tables without one misprint",
     .reference = ghia,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.010,
     .slow = true,
     .measure = profile_ghia_400},
    {.name = "Ghia Re 1000",
     .doc = "deviation from the published tables (off by up to 0.019) on 128^2 cells",
     .reference = ghia,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.020,
     .slow = true,
     .measure = profile_ghia_1000},
    {.name = "profiles Re 3200",
     .doc = "largest deviation of u(1/2, y), v(x, 1/2) on 256^2 cells",
     .reference = newton,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.010,
     .slow = true,
     .measure = profile_3200},
    {.name = "Ghia Re 3200",
     .doc = "deviation from the published tables (off by up to 0.049) on 128^2 cells",
     .reference = ghia,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.050,
     .slow = true,
     .measure = profile_ghia_3200},
    {0}};

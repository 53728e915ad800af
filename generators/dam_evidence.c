/* Evidence for the dam generator: the collapse of a column against Martin & Moyce (1952), water at
 * rest, volumes and bounds of whole cases, refinement, and both ways to solve for the pressure. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/plot.h"
#include "generators/dam.h"

/* ---- collapse of a column ------------------------------------------------------------------ */

/* Table 2: front Z = x/a over T = t sqrt(2 g/a), column twice as high as wide (a). */
enum { FRONTS = 15, HEIGHTS = 15 };
static const double front_t[FRONTS] = {0.41, 0.84, 1.19, 1.43, 1.63, 1.83, 1.98, 2.20,
                                       2.32, 2.51, 2.65, 2.83, 2.98, 3.11, 3.33};
static const double front_z[FRONTS] = {1.11, 1.22, 1.44, 1.67, 1.89, 2.11, 2.33, 2.56,
                                       2.78, 3.00, 3.22, 3.44, 3.67, 3.89, 4.11};
/* Table 6: height H = eta/(2 a) at the wall over tau = t sqrt(g/a). */
static const double height_t[HEIGHTS] = {0.56, 0.77, 0.93, 1.08, 1.28, 1.46, 1.66, 1.84,
                                         2.00, 2.21, 2.45, 2.70, 3.06, 3.44, 4.20};
static const double height_h[HEIGHTS] = {0.94, 0.89, 0.83, 0.78, 0.72, 0.67, 0.61, 0.56,
                                         0.50, 0.44, 0.39, 0.33, 0.28, 0.22, 0.17};

static const double width = 0.05715, gravity = 9.81; /* a, m; m/s^2 */

/* Water and air in a box of five by three widths, open at the top; n cells per width. */
static struct assay_twophase_settings box(int n, enum assay_twophase_pressure pressure)
{
  struct assay_twophase_settings s = {
      .nx = 5 * n,
      .ny = 3 * n,
      .width = 5 * width,
      .height = 3 * width,
      .marked = {998.2, 1.002e-3},
      .unmarked = {1.225, 1.7894e-5},
      .gravity = {0, -gravity},
      .pressure = pressure,
  };
  s.side[ASSAY_MAC_TOP].n = 1;
  s.side[ASSAY_MAC_TOP].segment[0].kind = ASSAY_TWOPHASE_OPENING;
  for (int k = 0; k < ASSAY_MAC_TOP; k++) {
    s.side[k].n = 1;
    s.side[k].segment[0].kind = ASSAY_TWOPHASE_WALL;
    s.side[k].segment[0].slip_length = 0.5 * width / n;
  }
  return s;
}

static int start_column(struct assay_twophase **out, int n, enum assay_twophase_pressure pressure)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_settings s = box(n, pressure);
  double *c = NULL;
  ASSAY_TRY(assay_twophase_create(out, &s));
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)s.nx * (size_t)s.ny, "column"));
  for (int j = 0; j < 2 * n; j++)
    for (int i = 0; i < n; i++) c[j * s.nx + i] = 1;
  ASSAY_TRY(assay_twophase_start(*out, 0, c, NULL, NULL));
done:
  assay_free(c);
  return rc;
}

/* Height of the water in the column of cells at the wall, m. */
static double wall_height(const struct assay_twophase *m, double dy)
{
  const struct assay_mac_view c = assay_twophase_fraction(m);
  double sum = 0;
  for (int j = 0; j < c.ny; j++) sum += c.data[j * c.stride];
  return sum * dy;
}

/* Gate and its opening delay the experiment by this much of T, the middle of the customary range
 * (0.1 to 0.2). */
static const double delay = 0.15;

/* Largest |Z - measured| / measured on n cells per width. */
static int front_deviation(double *out, int n, enum assay_twophase_pressure pressure)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(start_column(&m, n, pressure));
  *out = 0;
  for (int k = 0; k < FRONTS; k++) {
    ASSAY_TRY(assay_twophase_run(m, (front_t[k] - delay) * sqrt(width / (2 * gravity))));
    const double z = assay_dam_front(m, width / n) / width;
    *out = fmax(*out, fabs(z / front_z[k] - 1));
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int martin_moyce_front(double *out)
{
  return front_deviation(out, 16, ASSAY_TWOPHASE_AUTO);
}

static int martin_moyce_front_fine(double *out)
{
  return front_deviation(out, 48, ASSAY_TWOPHASE_AUTO);
}

static int martin_moyce_front_converged(double *out)
{
  return front_deviation(out, 16, ASSAY_TWOPHASE_CONVERGED);
}

/* Largest |H - measured| on n cells per width. */
static int height_deviation(double *out, int n)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(start_column(&m, n, ASSAY_TWOPHASE_AUTO));
  *out = 0;
  for (int k = 0; k < HEIGHTS; k++) {
    ASSAY_TRY(assay_twophase_run(m, height_t[k] * sqrt(width / gravity)));
    *out = fmax(*out, fabs(wall_height(m, width / n) / (2 * width) - height_h[k]));
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int martin_moyce_height(double *out)
{
  return height_deviation(out, 16);
}

static int martin_moyce_height_fine(double *out)
{
  return height_deviation(out, 32);
}

/* Front at T = 2.5 in widths. */
static int front_at(double *z, int n, enum assay_twophase_pressure pressure)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(start_column(&m, n, pressure));
  ASSAY_TRY(assay_twophase_run(m, 2.5 * sqrt(width / (2 * gravity))));
  *z = assay_dam_front(m, width / n) / width;
done:
  assay_twophase_destroy(m);
  return rc;
}

static int front_refinement(double *out)
{
  int rc = ASSAY_OK;
  double z[2];
  ASSAY_TRY(front_at(&z[0], 16, ASSAY_TWOPHASE_AUTO));
  ASSAY_TRY(front_at(&z[1], 32, ASSAY_TWOPHASE_AUTO));
  *out = fabs(z[1] / z[0] - 1);
done:
  return rc;
}

static int front_splitting(double *out)
{
  int rc = ASSAY_OK;
  double z[2];
  ASSAY_TRY(front_at(&z[0], 16, ASSAY_TWOPHASE_SPLITTING));
  ASSAY_TRY(front_at(&z[1], 16, ASSAY_TWOPHASE_CONVERGED));
  *out = fabs(z[1] / z[0] - 1);
done:
  return rc;
}

/* ---- pictures of the collapse -------------------------------------------------------------- */

enum { CURVE = 41 };

/* Front (in widths) and height (in first heights) over time up to `last`, both in their own units
 * of time. */
static int trace(double *t, double *z, double last, int front)
{
  int rc = ASSAY_OK;
  enum { N = 24 };
  struct assay_twophase *m = NULL;
  const double unit = front ? sqrt(width / (2 * gravity)) : sqrt(width / gravity);
  ASSAY_TRY(start_column(&m, N, ASSAY_TWOPHASE_AUTO));
  for (int k = 0; k < CURVE; k++) {
    t[k] = last * k / (CURVE - 1);
    ASSAY_TRY(assay_twophase_run(m, t[k] * unit));
    z[k] = front ? assay_dam_front(m, width / N) / width : wall_height(m, width / N) / (2 * width);
    if (front) t[k] += delay;
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int draw_collapse(const char *path, int front)
{
  int rc = ASSAY_OK;
  double t[CURVE], z[CURVE];
  ASSAY_TRY(trace(t, z, front ? 3.3 : 4.3, front));
  const struct assay_series series[] = {
      {.name = "24 cells per width", .n = CURVE, .x = t, .y = z, .bare = true, .style = 1},
      {.name = "Martin, Moyce 1952",
       .n = front ? FRONTS : HEIGHTS,
       .x = front ? front_t : height_t,
       .y = front ? front_z : height_h,
       .draw = ASSAY_PLOT_POINTS,
       .style = 3}};
  const struct assay_plot plot = {.title = front ? "Front of a collapsing column"
                                                 : "Height of a collapsing column at the wall",
                                  .x = {.label = front ? "t sqrt(2 g/a)" : "t sqrt(g/a)"},
                                  .y = {.label = front ? "front / a" : "height / 2a"},
                                  .series = series,
                                  .n_series = 2,
                                  .legend = ASSAY_LEGEND_BELOW};
  ASSAY_TRY(assay_plot_png(&plot, 1.5, path));
done:
  return rc;
}

static int draw_front(const char *path)
{
  return draw_collapse(path, 1);
}

static int draw_height(const char *path)
{
  return draw_collapse(path, 0);
}

const struct assay_illustration assay_dam_illustrations[] = {
    {"collapse-front",
     "Collapse of a column twice as high as wide (a): front on the floor, the opening of the gate "
     "counted as 0.15 units of time",
     true, draw_front},
    {"collapse-height", "The same column: height of the water at the wall", true, draw_height},
    {0}};

/* ---- water at rest ------------------------------------------------------------------------- */

/* Fastest velocity after two fall times in a pool whose surface cuts through cells, over
 * sqrt(g depth). */
static int rest(double *out)
{
  int rc = ASSAY_OK;
  enum { N = 8 };
  struct assay_twophase_settings s = box(N, ASSAY_TWOPHASE_AUTO);
  const double depth = 1.2371 * width, dy = width / N;
  struct assay_twophase *m = NULL;
  double *c = NULL, top = 0;
  s.marked.density = 1000 * s.unmarked.density;
  ASSAY_TRY(assay_twophase_create(&m, &s));
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)s.nx * (size_t)s.ny, "pool"));
  for (int j = 0; j < s.ny; j++)
    for (int i = 0; i < s.nx; i++) c[j * s.nx + i] = fmin(fmax(depth / dy - j, 0), 1);
  ASSAY_TRY(assay_twophase_start(m, 0, c, NULL, NULL));
  ASSAY_TRY(assay_twophase_run(m, 2 * sqrt(2 * depth / gravity)));
  const struct assay_mac_view u = assay_twophase_u(m), v = assay_twophase_v(m);
  for (int j = 0; j < s.ny; j++)
    for (int i = 0; i < s.nx; i++)
      top = fmax(top, fmax(fabs(u.data[j * u.stride + i]), fabs(v.data[j * v.stride + i])));
  *out = top / sqrt(gravity * depth);
done:
  assay_free(c);
  assay_twophase_destroy(m);
  return rc;
}

/* ---- whole cases --------------------------------------------------------------------------- */

/* A case with inflow, outflow, barrier and column on 10 mm cells, density ratio 816. */
static struct assay_dam mixed_case(void)
{
  struct assay_dam p = *(const struct assay_dam *)assay_generator_dam.defaults;
  p.cell = 0.01;
  p.slip_length = 0.005;
  p.water_density = 1000;
  p.water_viscosity = 0.01;
  p.start = ASSAY_DAM_COLUMN;
  p.frames = 7;
  p.frame_interval = 0.15;
  p.pressure = ASSAY_TWOPHASE_SPLITTING;
  return p;
}

/* The case with one field; the caller owns *out. */
static int run_dam(struct assay_case **out, const struct assay_dam *p, const char *field)
{
  int rc = ASSAY_OK;
  struct assay_shape shape;
  const char *only[] = {field, NULL};
  const struct assay_generator *g = &assay_generator_dam;
  *out = NULL;
  ASSAY_TRY(g->check(p));
  ASSAY_TRY(g->shape(&shape, p));
  ASSAY_TRY(assay_case_create(out, 0, &shape, g->fields, only, ASSAY_F64));
  ASSAY_TRY(g->run(*out, p, (struct assay_case_key){0}));
done:
  return rc;
}

static int certificate(struct assay_certificate *out)
{
  int rc = ASSAY_OK;
  const struct assay_dam p = mixed_case();
  struct assay_case *c = NULL;
  ASSAY_TRY(run_dam(&c, &p, "volume_fraction"));
  *out = c->certificate;
done:
  assay_case_destroy(c);
  return rc;
}

/* Water over the barrier on 10 mm cells: rms difference of the kinetic energy of the first `frames`
 * tenths of a second to the run with converged pressure, over its mean. What the splitting costs is
 * there from the first wave on. An iterated pressure follows the converged one until the sheet
 * behind the barrier breaks, at 0.8 to 1.4 s; from there on whatever differs grows by many orders
 * of magnitude, and even pressures to 1e-8 and 1e-10 are 2 % apart half a second later. */
static int energy_difference(double *out, double density, enum assay_twophase_pressure pressure,
                             int frames)
{
  int rc = ASSAY_OK;
  struct assay_dam p = mixed_case();
  struct assay_case *a = NULL, *b = NULL;
  p.start = ASSAY_DAM_AIR;
  p.water_density = density;
  p.water_viscosity = 0.1;
  p.frames = frames;
  p.frame_interval = 0.1;
  p.pressure = (int)pressure;
  ASSAY_TRY(run_dam(&a, &p, "kinetic_energy"));
  p.pressure = ASSAY_TWOPHASE_CONVERGED;
  ASSAY_TRY(run_dam(&b, &p, "kinetic_energy"));
  double square = 0, sum = 0;
  const double *x = a->data[ASSAY_DAM_ENERGY], *y = b->data[ASSAY_DAM_ENERGY];
  for (int k = 0; k < p.frames; k++) {
    square += (x[k] - y[k]) * (x[k] - y[k]);
    sum += y[k];
  }
  *out = sqrt(square / p.frames) / (sum / p.frames);
done:
  assay_case_destroy(a);
  assay_case_destroy(b);
  return rc;
}

static int splitting_energy(double *out)
{
  return energy_difference(out, 100, ASSAY_TWOPHASE_SPLITTING, 21);
}

static int iterated_energy(double *out)
{
  return energy_difference(out, 1000, ASSAY_TWOPHASE_ITERATED, 11);
}

static int iterated_energy_broken(double *out)
{
  return energy_difference(out, 1000, ASSAY_TWOPHASE_ITERATED, 21);
}

static int volume_balance(double *out)
{
  struct assay_certificate c;
  const int rc = certificate(&c);
  *out = c.volume_balance;
  return rc;
}

static int bounds(double *out)
{
  struct assay_certificate c;
  const int rc = certificate(&c);
  *out = fmax(fmax(-c.fraction_min, c.fraction_max - 1), 0);
  return rc;
}

static int divergence(double *out)
{
  struct assay_certificate c;
  const int rc = certificate(&c);
  *out = fmax(c.max_divergence, c.mass_imbalance);
  return rc;
}

static const char martin[] = "Martin, Moyce, Phil. Trans. R. Soc. A 244 (1952), table 2";
static const char martin6[] = "Martin, Moyce, Phil. Trans. R. Soc. A 244 (1952), table 6";

const struct assay_evidence assay_dam_evidence[] = {
    {.name = "collapse, front",
     .doc = "largest relative deviation of the front of a collapsing column, 16 cells per width, "
            "the gate counted as 0.15 of T",
     .reference = martin,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.10,
     .measure = martin_moyce_front},
    {.name = "collapse, height",
     .doc = "largest deviation of its height at the wall, of the first height, 16 cells per width",
     .reference = martin6,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .measure = martin_moyce_height},
    {.name = "water at rest",
     .doc = "fastest velocity after two fall times over sqrt(g depth), density ratio 1000",
     .reference = "hydrostatics",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 1e-6,
     .measure = rest},
    {.name = "volume balance",
     .doc = "|V(t) - V(0) - inflow + outflow| over the domain, density ratio 816, 10 mm cells",
     .reference = "conservation of volume",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-10,
     .measure = volume_balance},
    {.name = "bounds",
     .doc = "how far the volume fraction leaves [0, 1] in that case",
     .reference = "Weymouth, Yue, J. Comput. Phys. 229 (2010) 2853-2865",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 0,
     .measure = bounds},
    {.name = "divergence",
     .doc = "largest |div u| L / U and net boundary flux over U L in that case",
     .reference = "exact projection",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-9,
     .measure = divergence},
    {.name = "collapse, refinement",
     .doc = "relative change of the front at T = 2.5 from 16 to 32 cells per width",
     .reference = "convergence",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 0.05,
     .slow = true,
     .measure = front_refinement},
    {.name = "collapse, splitting",
     .doc = "relative difference of the front at T = 2.5 between splitting and converged pressure",
     .reference = "variable-density projection",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 0.03,
     .slow = true,
     .measure = front_splitting},
    {.name = "barrier, splitting",
     .doc = "rms difference of the kinetic energy between splitting and converged pressure over "
            "its mean, water over the barrier for 2 s, density ratio 82, 10 mm cells",
     .reference = "variable-density projection",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 0.06, /* a third more than measured */
     .slow = true,
     .measure = splitting_energy},
    {.name = "barrier, iterated",
     .doc = "the same between an iterated pressure and a converged one, density ratio 816, for 1 s",
     .reference = "variable-density projection",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 1.5e-3, /* twice what is measured */
     .slow = true,
     .measure = iterated_energy},
    {.name = "barrier, iterated, broken",
     .doc = "the same for 2 s: the sheet behind the barrier has broken, and differences grow",
     .reference = "variable-density projection",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 0.02, /* twice what is measured, as large as between two converged pressures */
     .slow = true,
     .measure = iterated_energy_broken},
    {.name = "collapse, front, converged",
     .doc = "the first row with the pressure solved to convergence",
     .reference = martin,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.10,
     .slow = true,
     .measure = martin_moyce_front_converged},
    {.name = "collapse, front, fine",
     .doc = "the first row with 48 cells per width",
     .reference = martin,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.10,
     .slow = true,
     .measure = martin_moyce_front_fine},
    {.name = "collapse, height, fine",
     .doc = "the second row with 32 cells per width",
     .reference = martin6,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .slow = true,
     .measure = martin_moyce_height_fine},
    {0}};

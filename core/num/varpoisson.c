#include "core/num/varpoisson.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/varpoisson_plan.h"

static const struct assay_varpoisson_kernels *kernels(const struct assay_varpoisson *v)
{
  return ASSAY_ISA_PICK(assay_varpoisson_kernels, v->p->isa);
}

/* sum of the four coefficients around cell i of row j */
static double around(const struct assay_varpoisson *v, const double *x, const double *y, int i,
                     int j)
{
  const ptrdiff_t nx = v->p->nx, west = j * (nx + 1) + i, south = j * nx + i;
  return (x[west] + x[west + 1]) + (y[south] + y[south + nx]);
}

static double outer(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_PERIODIC ? 1 : assay_bc_is_value(bc, upper) ? 2 : 0;
}

static void fill_links(struct assay_varpoisson *v)
{
  const struct assay_poisson *p = v->p;
  const ptrdiff_t nx = p->nx, ny = p->ny;
  for (ptrdiff_t j = 0; j < ny; j++) {
    double *row = v->link_x + j * (nx + 1);
    for (ptrdiff_t i = 0; i <= nx; i++) row[i] = p->link_x * p->volume[j];
    row[0] *= outer(p->x, 0);
    row[nx] *= outer(p->x, 1);
  }
  for (ptrdiff_t j = 0; j <= ny; j++)
    for (ptrdiff_t i = 0; i < nx; i++) v->link_y[j * nx + i] = p->link_y[j];
}

/* a closed or narrowed face; across a periodic side it exists twice */
static void change_face(struct assay_varpoisson *v, const struct assay_change *f)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, i = f->a % nx, j = f->a / nx;
  if (f->along_y) {
    v->link_y[(j + 1) * nx + i] -= f->d;
    if (j == ny - 1) v->link_y[i] -= f->d;
  } else {
    v->link_x[j * (nx + 1) + i + 1] -= f->d;
    if (i == nx - 1) v->link_x[j * (nx + 1)] -= f->d;
  }
}

static void fill_diagonal(struct assay_varpoisson *v)
{
  const int nx = v->p->nx, ny = v->p->ny;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) v->diagonal[j * nx + i] = around(v, v->link_x, v->link_y, i, j);
}

static int fill(struct assay_varpoisson *v)
{
  int rc = ASSAY_OK;
  const struct assay_poisson *p = v->p;
  const size_t nx = (size_t)p->nx, ny = (size_t)p->ny;
  ASSAY_TRY(ASSAY_NEW(&v->link_x, ny * (nx + 1), "varpoisson"));
  ASSAY_TRY(ASSAY_NEW(&v->link_y, (ny + 1) * nx, "varpoisson"));
  ASSAY_TRY(ASSAY_NEW(&v->diagonal, ny * nx, "varpoisson"));
  ASSAY_TRY(ASSAY_NEW(&v->inverse, ny, "varpoisson"));
  ASSAY_TRY(ASSAY_NEW(&v->rows, ny, "varpoisson"));
  for (int j = 0; j < p->ny; j++) {
    v->inverse[j] = 1 / p->volume[j];
    v->rows[j] = (struct assay_run){j * p->nx, p->nx, p->volume[j]};
  }
  fill_links(v);
  for (int k = v->c ? v->c->n_cells : 0; v->c && k < v->c->n_changes; k++)
    change_face(v, &v->c->change[k]);
  fill_diagonal(v);
done:
  return rc;
}

int assay_varpoisson_create(struct assay_varpoisson **out, const struct assay_poisson *p,
                            const struct assay_capacitance *c)
{
  int rc = ASSAY_OK;
  struct assay_varpoisson *v = NULL;
  *out = NULL;
  ASSAY_CHECK(!(p->shift > 0) && !p->extra, ASSAY_EARG,
              "varpoisson: the plan of the box has a shift or extra terms");
  ASSAY_CHECK(!c || c->p == p, ASSAY_EARG,
              "varpoisson: the changed faces are those of another box");
  ASSAY_TRY(ASSAY_NEW(&v, 1, "varpoisson"));
  v->p = p;
  v->c = c;
  v->whole = p->singular && (!c || (c->n_cells == 0 && c->parts.n == 0));
  v->stride = (p->nx + 2 + 7) / 8 * 8;
  ASSAY_TRY(fill(v));
  *out = v;
done:
  if (rc < 0) assay_varpoisson_destroy(v);
  return rc;
}

void assay_varpoisson_destroy(struct assay_varpoisson *v)
{
  if (!v) return;
  assay_free(v->link_x);
  assay_free(v->link_y);
  assay_free(v->diagonal);
  assay_free(v->inverse);
  assay_free(v->rows);
  assay_free(v);
}

static size_t cells(const struct assay_varpoisson *v)
{
  return (size_t)v->p->nx * (size_t)v->p->ny;
}

static size_t sweep_work(const struct assay_varpoisson *v)
{
  const size_t direct = v->c ? assay_capacitance_work(v->c) : assay_poisson_work(v->p);
  const size_t multigrid = assay_multigrid_work(v->p->nx, v->p->ny);
  return direct > multigrid ? direct : multigrid;
}

static size_t margin_size(const struct assay_varpoisson *v)
{
  return ((size_t)v->p->ny + 2) * (size_t)v->stride + 8;
}

size_t assay_varpoisson_work(const struct assay_varpoisson *v)
{
  const size_t nx = (size_t)v->p->nx, ny = (size_t)v->p->ny;
  return 8 + 8 * cells(v) + ny * (nx + 1) + (ny + 1) * nx + margin_size(v) +
         (v->c ? (size_t)v->c->parts.n : 0) + sweep_work(v);
}

static double *take(double **work, size_t n)
{
  double *piece = *work;
  *work += n;
  return piece;
}

static struct assay_varpoisson_space divide(const struct assay_varpoisson *v, double *work)
{
  const size_t n = cells(v), nx = (size_t)v->p->nx, ny = (size_t)v->p->ny;
  struct assay_varpoisson_space s;
  work += (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
  double *margin = take(&work, margin_size(v));
  s.p = margin + v->stride + 8;
  memset(margin, 0, margin_size(v) * sizeof *margin);
  double **const fields[] = {&s.b, &s.x, &s.r, &s.z, &s.q, &s.diagonal, &s.scale, &s.unscale};
  for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) *fields[k] = take(&work, n);
  s.east = take(&work, ny * (nx + 1));
  s.north = take(&work, (ny + 1) * nx);
  s.zero = take(&work, v->c ? (size_t)v->c->parts.n : 0);
  s.rest = work;
  return s;
}

/* E; the last faces of a periodic direction are the first ones */
static void weigh_links(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                        const struct assay_varpoisson_problem *problem)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny;
  for (ptrdiff_t k = 0; k < ny * (nx + 1); k++) s->east[k] = v->link_x[k] * problem->beta_x[k];
  for (ptrdiff_t j = 0; v->p->x == ASSAY_BC_PERIODIC && j < ny; j++)
    s->east[j * (nx + 1) + nx] = s->east[j * (nx + 1)];
  const ptrdiff_t last = v->p->periodic ? ny - 1 : ny;
  for (ptrdiff_t k = 0; k < (last + 1) * nx; k++) s->north[k] = v->link_y[k] * problem->beta_y[k];
  if (v->p->periodic) memcpy(s->north + ny * nx, s->north, (size_t)nx * sizeof(double));
}

/* scale = D1, diagonal = D, still without square root and product */
static void weigh_diagonal(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                           const struct assay_varpoisson_problem *problem)
{
  const int nx = v->p->nx, ny = v->p->ny;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) s->diagonal[j * nx + i] = around(v, s->east, s->north, i, j);
  memcpy(s->scale, v->diagonal, cells(v) * sizeof *s->scale);
  for (int k = 0; v->c && k < v->c->n_cells; k++) {
    const struct assay_change *cell = &v->c->change[k];
    const double beta = s->scale[cell->a] > 0 ? s->diagonal[cell->a] / s->scale[cell->a] : 1;
    const double volume = v->p->volume[cell->a / nx];
    s->scale[cell->a] -= cell->d;
    s->diagonal[cell->a] -=
        problem->values ? volume * problem->values[cell->index] : beta * cell->d;
  }
}

static void prepare_multigrid(const struct assay_varpoisson *v,
                              const struct assay_varpoisson_space *s)
{
  const int nx = v->p->nx, ny = v->p->ny;
  assay_multigrid_lay_out(s->multigrid, nx, ny, v->p->x == ASSAY_BC_PERIODIC, v->p->periodic,
                          v->p->isa, s->rest);
  const struct assay_multigrid_level *l = &s->multigrid->level[0];
  memcpy(l->east, s->east, (size_t)ny * ((size_t)nx + 1) * sizeof *l->east);
  memcpy(l->north, s->north, ((size_t)ny + 1) * (size_t)nx * sizeof *l->north);
  for (int k = 0; v->c && k < v->c->n_cells; k++) {
    const int cell = v->c->change[k].a;
    l->extra[cell] = s->diagonal[cell] - around(v, s->east, s->north, cell % nx, cell / nx);
  }
  assay_multigrid_prepare(s->multigrid);
}

/* z = M^-1 r. In the units of B, r is r / s, V B's, and z is z / s. */
static void precondition(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny;
  if (!s->multigrid && v->c) assay_capacitance_solve(v->c, s->z, s->r, s->rest);
  if (!s->multigrid && !v->c) assay_poisson_solve(v->p, s->z, s->r, s->rest);
  if (!s->multigrid) return;
  for (ptrdiff_t j = 0; j < ny; j++) {
    const double volume = v->p->volume[j];
    double *restrict b = s->multigrid->level[0].b + j * nx;
    for (ptrdiff_t i = 0; i < nx; i++) b[i] = volume * s->unscale[j * nx + i] * s->r[j * nx + i];
  }
  assay_multigrid_cycle(s->multigrid);
  const struct assay_multigrid_level *l = &s->multigrid->level[0];
  for (ptrdiff_t j = 0; j < ny; j++)
    for (ptrdiff_t i = 0; i < nx; i++)
      s->z[j * nx + i] = -s->unscale[j * nx + i] * l->x[j * l->stride + i];
}

/* unscale = 1 / s; the range of b = 1 / s^2. Cells without any flux have s = 1. */
static int find_scale(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                      double range[2])
{
  int rc = ASSAY_OK;
  range[0] = (double)INFINITY, range[1] = 0;
  for (size_t k = 0; k < cells(v); k++) {
    const double b = s->scale[k] > 0 ? s->diagonal[k] / s->scale[k] : 1;
    ASSAY_CHECK(b > 0 && b <= 1e300, ASSAY_EARG,
                "varpoisson: coefficients around cell %zu have the mean %g", k, b);
    s->unscale[k] = sqrt(b);
    if (!(s->scale[k] > 0)) continue;
    range[0] = b < range[0] ? b : range[0];
    range[1] = b > range[1] ? b : range[1];
  }
done:
  return rc;
}

static bool wants_multigrid(enum assay_varpoisson_method method, const double range[2])
{
  if (method == ASSAY_VARPOISSON_AUTO) return range[1] > 10 * range[0];
  return method == ASSAY_VARPOISSON_MULTIGRID;
}

/* e[i] *= s[i-1] s[i] for 0 <= i <= n, around the corner at both ends */
static void scale_faces(double *restrict e, const double *s, ptrdiff_t n)
{
  e[0] *= s[0] * s[n - 1];
  for (ptrdiff_t i = 1; i < n; i++) e[i] *= s[i] * s[i - 1];
  e[n] *= s[0] * s[n - 1];
}

/* s and the matrix s B s */
static void scale_matrix(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny;
  for (size_t k = 0; k < cells(v); k++) {
    s->diagonal[k] = s->scale[k];
    s->scale[k] = 1 / s->unscale[k];
  }
  for (ptrdiff_t j = 0; j < ny; j++) scale_faces(s->east + j * (nx + 1), s->scale + j * nx, nx);
  for (ptrdiff_t j = 0; j <= ny; j++) {
    double *restrict north = s->north + j * nx;
    const double *above = s->scale + (j < ny ? j : 0) * nx;
    const double *below = s->scale + (j > 0 ? j - 1 : ny - 1) * nx;
    for (ptrdiff_t i = 0; i < nx; i++) north[i] *= above[i] * below[i];
  }
}

/* the matrix and its preconditioner */
static int weigh(const struct assay_varpoisson *v, struct assay_varpoisson_space *s,
                 const struct assay_varpoisson_problem *problem, struct assay_multigrid *multigrid)
{
  int rc = ASSAY_OK;
  double range[2];
  weigh_links(v, s, problem);
  weigh_diagonal(v, s, problem);
  ASSAY_TRY(find_scale(v, s, range));
  s->multigrid = wants_multigrid(problem->method, range) ? multigrid : NULL;
  if (s->multigrid) prepare_multigrid(v, s);
  scale_matrix(v, s);
done:
  return rc;
}

static void remove_means(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                         double *x, int find)
{
  if (v->c) assay_capacitance_remove_means(v->c, x, s->zero, find);
  if (!v->whole) return;
  double total = 0;
  for (int j = 0; j < v->p->ny; j++) total += v->p->volume[j] * v->p->nx;
  const double mean =
      ASSAY_ISA_PICK(assay_capacitance_kernels, v->p->isa)->sum(x, v->rows, v->p->ny) / total;
  for (size_t k = 0; k < cells(v); k++) x[k] -= mean;
}

/* what lies beside p across periodic sides */
static void fill_margin(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, stride = v->stride;
  for (ptrdiff_t j = 0; v->p->x == ASSAY_BC_PERIODIC && j < ny; j++) {
    s->p[j * stride - 1] = s->p[j * stride + nx - 1];
    s->p[j * stride + nx] = s->p[j * stride];
  }
  if (!v->p->periodic) return;
  memcpy(s->p - stride, s->p + (ny - 1) * stride, (size_t)nx * sizeof(double));
  memcpy(s->p + ny * stride, s->p, (size_t)nx * sizeof(double));
}

/* r = b - V^-1 s B s x; returns its norm */
static double residual(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny;
  for (ptrdiff_t j = 0; j < ny; j++)
    memcpy(s->p + j * v->stride, s->x + j * nx, (size_t)nx * sizeof(double));
  fill_margin(v, s);
  kernels(v)->apply(v, s);
  for (size_t k = 0; k < cells(v); k++) s->r[k] = s->b[k] - s->q[k];
  return sqrt(kernels(v)->advance(v, s, 0));
}

/* Iterate from x and its residual r until its norm, as the recurrence has it, is below goal; at
 * most `most` times. Returns how often. */
static int iterate(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                   double goal, int most)
{
  double norm = (double)INFINITY, before = 0;
  int n = 0;
  for (; n < most && norm > goal; n++) {
    precondition(v, s);
    const double rz = kernels(v)->product(v, s);
    kernels(v)->turn(v, s, n == 0 ? 0 : rz / before);
    fill_margin(v, s);
    norm = sqrt(kernels(v)->advance(v, s, rz / kernels(v)->apply(v, s)));
    before = rz;
  }
  return n;
}

/* Cycles of iterations. Another one is needed only where rounding has kept the recurrence's
 * residual below the true one. */
static int converge(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                    double norm, const struct assay_varpoisson_problem *problem,
                    struct assay_varpoisson_result *out)
{
  int rc = ASSAY_OK;
  const double goal = problem->tolerance * norm;
  double left = residual(v, s), before = (double)INFINITY;
  out->iterations = 0;
  while (left > goal && left < before / 2 && out->iterations < problem->max_iterations) {
    before = left;
    out->iterations += iterate(v, s, goal, problem->max_iterations - out->iterations);
    left = residual(v, s);
  }
  out->residual = norm > 0 ? left / norm : left;
  ASSAY_CHECK(
      left <= goal, ASSAY_EDIVERGED,
      "varpoisson: after %d iterations the residual is %.3g of the right-hand side, not %.3g",
      out->iterations, out->residual, problem->tolerance);
done:
  return rc;
}

int assay_varpoisson_solve(const struct assay_varpoisson *v, double *phi,
                           const struct assay_varpoisson_problem *problem, double *work,
                           struct assay_varpoisson_result *out)
{
  int rc = ASSAY_OK;
  struct assay_multigrid multigrid;
  struct assay_varpoisson_space s = divide(v, work);
  struct assay_varpoisson_result result = {0};
  ASSAY_TRY(weigh(v, &s, problem, &multigrid));
  memcpy(s.r, problem->rhs, cells(v) * sizeof *s.r);
  remove_means(v, &s, s.r, 1);
  memcpy(s.z, s.r, cells(v) * sizeof *s.z);
  const double norm = sqrt(kernels(v)->product(v, &s));
  for (size_t k = 0; k < cells(v); k++) {
    s.b[k] = s.scale[k] * s.r[k];
    s.x[k] = s.unscale[k] * phi[k];
  }
  rc = converge(v, &s, norm, problem, &result);
  for (size_t k = 0; k < cells(v); k++) phi[k] = s.scale[k] * s.x[k];
  remove_means(v, &s, phi, 0);
done:
  if (out) *out = result;
  return rc;
}

#include "core/num/varpoisson.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/varpoisson_plan.h"

/* Doubles between two fields, so that their rows lie in different sets of the cache. */
enum { GAP = 40 };

static const struct assay_varpoisson_kernels *kernels(const struct assay_varpoisson *v)
{
  return ASSAY_ISA_PICK(assay_varpoisson_kernels, v->p->isa);
}

static ptrdiff_t place(const struct assay_varpoisson *v, int cell)
{
  return cell / v->p->nx * v->stride + cell % v->p->nx;
}

/* sum of the four coefficients around the cell at k */
static double around(const struct assay_varpoisson *v, const double *x, const double *y,
                     ptrdiff_t k)
{
  return (x[k] + x[k + 1]) + (y[k] + y[k + v->stride]);
}

static double *take(double **work, size_t n)
{
  double *piece = *work;
  *work += n;
  return piece;
}

/* the first cache line from here */
static double *aligned(double *p)
{
  return p + (64 - (uintptr_t)p % 64) % 64 / sizeof *p;
}

static double outer(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_PERIODIC ? 1 : assay_bc_is_value(bc, upper) ? 2 : 0;
}

static void fill_links(struct assay_varpoisson *v)
{
  const struct assay_poisson *p = v->p;
  const ptrdiff_t nx = p->nx, ny = p->ny, stride = v->stride;
  for (ptrdiff_t j = 0; j < ny; j++) {
    double *row = v->link_x + j * stride;
    for (ptrdiff_t i = 0; i <= nx; i++) row[i] = p->link_x * p->volume[j];
    row[0] *= outer(p->x, 0);
    row[nx] *= outer(p->x, 1);
  }
  for (ptrdiff_t j = 0; j <= ny; j++)
    for (ptrdiff_t i = 0; i < nx; i++) v->link_y[j * stride + i] = p->link_y[j];
}

/* a closed or narrowed face; across a periodic side it exists twice */
static void change_face(struct assay_varpoisson *v, const struct assay_change *f)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, i = f->a % nx, j = f->a / nx, stride = v->stride;
  if (f->along_y) {
    v->link_y[(j + 1) * stride + i] -= f->d;
    if (j == ny - 1) v->link_y[i] -= f->d;
  } else {
    v->link_x[j * stride + i + 1] -= f->d;
    if (i == nx - 1) v->link_x[j * stride] -= f->d;
  }
}

static void fill_diagonal(struct assay_varpoisson *v)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, stride = v->stride;
  for (ptrdiff_t j = 0; j < ny; j++)
    for (ptrdiff_t k = j * stride; k < j * stride + nx; k++)
      v->diagonal[k] = v->reduced[k] = around(v, v->link_x, v->link_y, k);
  for (int k = 0; v->c && k < v->c->n_cells; k++) {
    const struct assay_change *cell = &v->c->change[k];
    v->reduced[place(v, cell->a)] -= cell->d;
  }
}

static int fill(struct assay_varpoisson *v)
{
  int rc = ASSAY_OK;
  const struct assay_poisson *p = v->p;
  const size_t ny = (size_t)p->ny, field = (ny + 1) * (size_t)v->stride + GAP;
  double **const fields[] = {&v->link_x, &v->link_y, &v->diagonal, &v->reduced};
  const size_t n = sizeof fields / sizeof *fields;
  ASSAY_TRY(ASSAY_NEW(&v->block, n * field + 8, "varpoisson"));
  double *work = aligned(v->block);
  for (size_t k = 0; k < n; k++) *fields[k] = take(&work, field);
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
  assay_free(v->block);
  assay_free(v->inverse);
  assay_free(v->rows);
  assay_free(v);
}

static size_t cells(const struct assay_varpoisson *v)
{
  return (size_t)v->p->nx * (size_t)v->p->ny;
}

static size_t direct_work(const struct assay_varpoisson *v)
{
  return v->c ? assay_capacitance_work(v->c) : assay_poisson_work(v->p);
}

/* with a margin */
static size_t field_size(const struct assay_varpoisson *v)
{
  return ((size_t)v->p->ny + 2) * (size_t)v->stride + GAP;
}

static size_t parts(const struct assay_varpoisson *v)
{
  return v->c ? (size_t)v->c->parts.n : 0;
}

enum { FIELDS = 8 };

size_t assay_varpoisson_work(const struct assay_varpoisson *v)
{
  return 8 + FIELDS * field_size(v) + cells(v) + parts(v) + direct_work(v) +
         assay_multigrid_work(v->p->nx, v->p->ny);
}

/* zeros around the cells */
static void clear_margin(const struct assay_varpoisson *v, double *x)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, stride = v->stride;
  memset(x - stride, 0, (size_t)stride * sizeof *x);
  memset(x + ny * stride, 0, (size_t)stride * sizeof *x);
  for (ptrdiff_t j = 0; j < ny; j++)
    memset(x + j * stride + nx, 0, (size_t)(stride - nx) * sizeof *x);
}

static struct assay_varpoisson_space divide(const struct assay_varpoisson *v, double *work,
                                            struct assay_multigrid *weights)
{
  const struct assay_poisson *p = v->p;
  struct assay_varpoisson_space s = {.weights = weights};
  work = aligned(work);
  double **const fields[FIELDS] = {&s.b, &s.x, &s.r, &s.z, &s.q, &s.p, &s.scale, &s.unscale};
  for (size_t k = 0; k < FIELDS; k++) {
    *fields[k] = take(&work, field_size(v)) + v->stride;
    clear_margin(v, *fields[k]);
  }
  assay_multigrid_lay_out(weights, p->nx, p->ny, p->x == ASSAY_BC_PERIODIC, p->periodic, p->isa,
                          take(&work, assay_multigrid_work(p->nx, p->ny)));
  assert(weights->level[0].stride == v->stride);
  weights->ends = (struct assay_multigrid_ends){s.r, s.unscale, p->volume};
  s.flat = take(&work, cells(v));
  s.zero = take(&work, parts(v));
  s.rest = work;
  return s;
}

/* ---- the matrix and its preconditioner ------------------------------------------------------ */

/* D of changed cells; `diagonal` keeps what the faces alone give. */
static void change_cells(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                         const struct assay_varpoisson_problem *problem)
{
  for (int k = 0; v->c && k < v->c->n_cells; k++) {
    const struct assay_change *cell = &v->c->change[k];
    const ptrdiff_t at = place(v, cell->a);
    double *d = &s->weights->level[0].diagonal[at];
    const double beta = v->diagonal[at] > 0 ? *d / v->diagonal[at] : 1;
    *d -= problem->values ? v->p->volume[cell->a / v->p->nx] * problem->values[cell->index]
                          : beta * cell->d;
  }
}

static void prepare_multigrid(const struct assay_varpoisson *v,
                              const struct assay_varpoisson_space *s)
{
  const struct assay_multigrid_level *l = &s->weights->level[0];
  for (int k = 0; v->c && k < v->c->n_cells; k++) {
    const ptrdiff_t at = place(v, v->c->change[k].a);
    const double faces = around(v, l->east, l->north, at);
    l->extra[at] = l->diagonal[at] - faces;
    l->diagonal[at] = faces + l->extra[at];
    l->inverse[at] = l->diagonal[at] > 0 ? 1 / l->diagonal[at] : 0;
  }
  assay_multigrid_coarsen(s->weights);
}

static bool wants_multigrid(enum assay_varpoisson_method method, const double range[2])
{
  if (method == ASSAY_VARPOISSON_AUTO) return range[1] > 10 * range[0];
  return method == ASSAY_VARPOISSON_MULTIGRID;
}

/* what lies beside x across periodic sides */
static void fill_margin(const struct assay_varpoisson *v, double *x)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, stride = v->stride;
  for (ptrdiff_t j = 0; v->p->x == ASSAY_BC_PERIODIC && j < ny; j++) {
    x[j * stride - 1] = x[j * stride + nx - 1];
    x[j * stride + nx] = x[j * stride];
  }
  if (!v->p->periodic) return;
  memcpy(x - stride, x + (ny - 1) * stride, (size_t)nx * sizeof(double));
  memcpy(x + ny * stride, x, (size_t)nx * sizeof(double));
}

static int refuse(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  for (int k = 0; k < v->p->nx * v->p->ny; k++) {
    const ptrdiff_t at = place(v, k);
    const double d1 = v->reduced[at], b = d1 > 0 ? s->weights->level[0].diagonal[at] / d1 : 1;
    if (!(b > 0 && b <= ASSAY_VARPOISSON_MOST))
      return assay_err_set(ASSAY_EARG, __FILE__, __LINE__,
                           "varpoisson: coefficients around cell %d have the mean %g", k, b);
  }
  return ASSAY_OK;
}

static int weigh(const struct assay_varpoisson *v, struct assay_varpoisson_space *s,
                 const struct assay_varpoisson_problem *problem)
{
  int rc = ASSAY_OK;
  double range[2];
  kernels(v)->weigh(v, s, problem);
  change_cells(v, s, problem);
  if (!kernels(v)->scale(v, s, range)) ASSAY_TRY(refuse(v, s));
  fill_margin(v, s->scale);
  s->multigrid = wants_multigrid(problem->method, range) ? s->weights : NULL;
  if (s->multigrid) prepare_multigrid(v, s);
done:
  return rc;
}

/* ---- iterations ----------------------------------------------------------------------------- */

/* z = M^-1 r; returns <r, z>. In the units of B, r is r / s, V B's, and z is z / s. */
static double precondition(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny;
  if (s->multigrid) return assay_multigrid_cycle(s->multigrid);
  for (ptrdiff_t j = 0; j < ny; j++)
    memcpy(s->flat + j * nx, s->r + j * v->stride, (size_t)nx * sizeof(double));
  if (v->c)
    assay_capacitance_solve(v->c, s->flat, s->flat, s->rest);
  else
    assay_poisson_solve(v->p, s->flat, s->flat, s->rest);
  for (ptrdiff_t j = 0; j < ny; j++)
    memcpy(s->z + j * v->stride, s->flat + j * nx, (size_t)nx * sizeof(double));
  return kernels(v)->product(v, s);
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

/* r of x; returns its norm */
static double residual(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  if (!s->from_zero) fill_margin(v, s->x);
  return sqrt(kernels(v)->residual(v, s));
}

/* Iterate from x and its residual r until its norm, as the recurrence has it, is below goal; at
 * most `most` times. Returns how often. */
static int iterate(const struct assay_varpoisson *v, struct assay_varpoisson_space *s, double goal,
                   int most)
{
  double norm = (double)INFINITY, before = 0;
  int n = 0;
  for (; n < most && norm > goal; n++) {
    const double rz = precondition(v, s);
    const double pq = kernels(v)->apply(v, s, n == 0 ? 0 : rz / before, n == 0);
    norm = sqrt(kernels(v)->advance(v, s, rz / pq));
    s->from_zero = 0;
    before = rz;
  }
  return n;
}

/* Cycles of iterations. Another one is needed only where rounding has kept the recurrence's
 * residual below the true one. */
static int converge(const struct assay_varpoisson *v, struct assay_varpoisson_space *s, double norm,
                    const struct assay_varpoisson_problem *problem,
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
  struct assay_multigrid weights;
  struct assay_varpoisson_space s = divide(v, work, &weights);
  struct assay_varpoisson_result result = {0};
  ASSAY_TRY(weigh(v, &s, problem));
  memcpy(s.flat, problem->rhs, cells(v) * sizeof *s.flat);
  remove_means(v, &s, s.flat, 1);
  const double norm = sqrt(kernels(v)->start(v, &s, phi, &s.from_zero));
  rc = converge(v, &s, norm, problem, &result);
  kernels(v)->finish(v, &s, phi);
  remove_means(v, &s, phi, 0);
done:
  if (out) *out = result;
  return rc;
}

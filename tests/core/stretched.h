/* A box of incompressible flow on a tensor-product staggered grid with rows and columns of any
 * width: what stretched cells would take, to be measured against the uniform ones of
 * core/flow/mac.h. Plain and compact; the kernel is the same whatever the grid.
 *
 * Cell i has width hx[i], its centre the distance dx[i] to that of cell i - 1 (at walls to the
 * centre's mirror image), likewise hy[j], dy[j]. Face values u_f = (u_a + u_b) / 2 and fluxes
 * through the parts of a control volume that lie in both cells,
 *
 *   (hx[i-1] v[i-1] + hx[i] v[i]) / 2       upwards through the volume of u[i],
 *
 * keep momentum, and kinetic energy (Verstappen & Veldman 2003); second order on smooth grids.
 * Adams-Bashforth 2, exact projection; Poisson equation
 *
 *   d/dx d/dx phi + d/dy d/dy phi = div u*
 *
 * - uniform columns: core/num/poisson.h, rows of any height: transform in x;
 * - any columns: dense products with the eigenvectors of the x operator, D^-1 L q = lambda q with
 *   D = diag(hx) and L the differences over the distances dx; tridiagonal systems in y. */
#ifndef ASSAY_TESTS_CORE_STRETCHED_H
#define ASSAY_TESTS_CORE_STRETCHED_H
#include <cblas.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/poisson.h"

struct stretched_settings {
  int n;                       /* cells in each direction */
  double cluster_x, cluster_y; /* faces at (1 + tanh(c (2 s - 1)) / tanh c) / 2; 0: uniform */
  double lid, nu, cfl;
  bool dense; /* dense products also for uniform columns */
  void (*force)(double *fx, double *fy, double x, double y, double nu); /* NULL: none */
};

struct stretched {
  struct stretched_settings set;
  int n;
  ptrdiff_t stride;                                          /* of u, v and what belongs to them */
  double *x, *y;                                             /* faces [n+1] */
  double *hx, *hy, *dx, *dy;                                 /* [n], [n+1] */
  double *u, *v, *hu, *hv, *hu_before, *hv_before, *fu, *fv; /* [n+2, stride] with ghosts */
  double *phi, *work, *hat;                                  /* [n, n]; of the plan; [n, n] */
  struct assay_poisson *rows;                                /* NULL: dense products */
  double *to, *back; /* [n, n] eigenvectors, weighted and not */
  double *pivot, *w; /* [n, n] of the systems in y; [n+1] */
  double t, dt_before;
  long steps;
};

static inline double *stretched_at(const struct stretched *s, double *a, int j, int i)
{
  return a + (j + 1) * s->stride + i + 1;
}

/* ---- grid ----------------------------------------------------------------------------------- */

static inline void stretched_faces(double *face, double *h, double *d, int n, double cluster)
{
  for (int i = 0; i <= n; i++) {
    const double s = (double)i / n;
    face[i] = cluster > 0 ? 0.5 * (1 + tanh(cluster * (2 * s - 1)) / tanh(cluster)) : s;
  }
  for (int i = 0; i < n; i++) h[i] = face[i + 1] - face[i];
  d[0] = h[0], d[n] = h[n - 1];
  for (int i = 1; i < n; i++) d[i] = 0.5 * (h[i - 1] + h[i]);
}

/* ---- the dense solver ----------------------------------------------------------------------- */

/* Eigenvectors q [n, n] (columns) and eigenvalues of the symmetric a [n, n] by Jacobi rotations. */
static inline void stretched_eigen(double *q, double *a, int n)
{
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) q[i * n + k] = i == k;
  for (int sweep = 0; sweep < 30; sweep++) {
    double off = 0;
    for (int i = 0; i < n; i++)
      for (int k = 0; k < i; k++) off = fmax(off, fabs(a[i * n + k]));
    if (off < 1e-13 * fabs(a[(n / 2) * (n + 1)])) return;
    for (int p = 0; p < n - 1; p++)
      for (int r = p + 1; r < n; r++) {
        const double e = a[p * n + r];
        if (e == 0) continue;
        const double theta = 0.5 * (a[r * n + r] - a[p * n + p]) / e;
        const double tangent = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
        const double c = 1 / sqrt(tangent * tangent + 1), s = tangent * c;
        for (int k = 0; k < n; k++) {
          const double x = a[p * n + k], y = a[r * n + k];
          a[p * n + k] = c * x - s * y, a[r * n + k] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          const double x = a[k * n + p], y = a[k * n + r], g = q[k * n + p], h = q[k * n + r];
          a[k * n + p] = c * x - s * y, a[k * n + r] = s * x + c * y;
          q[k * n + p] = c * g - s * h, q[k * n + r] = s * g + c * h;
        }
      }
  }
}

/* Rows of the elimination in y for every eigenvalue: pivot[j, m] = 1 / (diagonal left). */
static inline void stretched_factor(struct stretched *s, const double *lambda)
{
  const int n = s->n;
  for (int m = 0; m < n; m++)
    for (int j = 0; j < n; j++) {
      const double below = j > 0 ? s->w[j] : 0, above = j < n - 1 ? s->w[j + 1] : 0;
      /* the constant is no solution of its own: hold it at the lowest row */
      double diagonal = lambda[m] * s->hy[j] - below - above - (m == 0 && j == 0 ? s->w[1] : 0);
      if (j > 0) diagonal -= below * below * s->pivot[(j - 1) * n + m];
      s->pivot[j * n + m] = 1 / diagonal;
    }
}

static inline int stretched_dense(struct stretched *s)
{
  int rc = ASSAY_OK;
  const int n = s->n;
  double *a = NULL, *lambda = NULL;
  ASSAY_TRY(ASSAY_NEW(&a, (size_t)n * (size_t)n, "stretched"));
  ASSAY_TRY(ASSAY_NEW(&lambda, (size_t)n, "stretched"));
  for (int i = 1; i < n; i++) {
    const double w = 1 / s->dx[i];
    a[i * n + i] -= w / s->hx[i], a[(i - 1) * n + i - 1] -= w / s->hx[i - 1];
    a[i * n + i - 1] = a[(i - 1) * n + i] = w / sqrt(s->hx[i] * s->hx[i - 1]);
  }
  stretched_eigen(s->back, a, n);
  int constant = 0;
  for (int m = 0; m < n; m++)
    if (a[m * n + m] > a[constant * n + constant]) constant = m;
  for (int m = 0; m < n; m++) lambda[m] = a[m * n + m];
  lambda[constant] = lambda[0], lambda[0] = 0;
  for (int i = 0; i < n; i++) {
    double *row = s->back + i * n, first = row[0];
    row[0] = row[constant], row[constant] = first;
    for (int m = 0; m < n; m++) {
      s->to[i * n + m] = row[m] * sqrt(s->hx[i]);
      row[m] /= sqrt(s->hx[i]);
    }
  }
  stretched_factor(s, lambda);
done:
  assay_free(a);
  assay_free(lambda);
  return rc;
}

/* phi from div u* in phi */
static inline void stretched_solve_dense(struct stretched *s)
{
  const int n = s->n;
  double *f = s->hat;
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, s->phi, n, s->to, n, 0, f, n);
  for (int m = 0; m < n; m++) f[m] *= s->hy[0];
  for (int j = 1; j < n; j++)
    for (int m = 0; m < n; m++)
      f[j * n + m] =
          f[j * n + m] * s->hy[j] - s->w[j] * s->pivot[(j - 1) * n + m] * f[(j - 1) * n + m];
  for (int m = 0; m < n; m++) f[(n - 1) * n + m] *= s->pivot[(n - 1) * n + m];
  for (int j = n - 2; j >= 0; j--)
    for (int m = 0; m < n; m++)
      f[j * n + m] = (f[j * n + m] - s->w[j + 1] * f[(j + 1) * n + m]) * s->pivot[j * n + m];
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1, f, n, s->back, n, 0, s->phi, n);
}

/* ---- a box ---------------------------------------------------------------------------------- */

static inline void stretched_destroy(struct stretched *s)
{
  double *const all[] = {s->x,   s->y,    s->hx,  s->hy,        s->dx,        s->dy,    s->u,
                         s->v,   s->hu,   s->hv,  s->hu_before, s->hv_before, s->fu,    s->fv,
                         s->phi, s->work, s->hat, s->to,        s->back,      s->pivot, s->w};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) assay_free(all[k]);
  assay_poisson_destroy(s->rows);
  *s = (struct stretched){0};
}

static inline int stretched_allocate(struct stretched *s)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)s->n, faces = (n + 2) * (size_t)s->stride;
  double **const line[] = {&s->x, &s->y, &s->hx, &s->hy, &s->dx, &s->dy, &s->w};
  double **const field[] = {&s->u,         &s->v,         &s->hu, &s->hv,
                            &s->hu_before, &s->hv_before, &s->fu, &s->fv};
  double **const square[] = {&s->phi, &s->hat, &s->to, &s->back, &s->pivot};
  for (size_t k = 0; k < sizeof line / sizeof *line; k++)
    ASSAY_TRY(ASSAY_NEW(line[k], n + 1, "stretched"));
  for (size_t k = 0; k < sizeof field / sizeof *field; k++)
    ASSAY_TRY(ASSAY_NEW(field[k], faces, "stretched"));
  for (size_t k = 0; k < sizeof square / sizeof *square; k++)
    ASSAY_TRY(ASSAY_NEW(square[k], n * n, "stretched"));
done:
  return rc;
}

static inline int stretched_plan(struct stretched *s)
{
  int rc = ASSAY_OK;
  const int n = s->n;
  for (int j = 0; j <= n; j++) s->w[j] = 1 / s->dy[j];
  if (s->set.cluster_x > 0 || s->set.dense) return stretched_dense(s);
  const struct assay_poisson_lines l = {.nx = n,
                                        .ny = n,
                                        .dx = 1.0 / n,
                                        .vol = s->hy,
                                        .w = s->w,
                                        .x = ASSAY_BC_NEUMANN,
                                        .y = ASSAY_BC_NEUMANN};
  ASSAY_TRY(assay_poisson_lines_create(&s->rows, &l));
  ASSAY_TRY(ASSAY_NEW(&s->work, assay_poisson_work(s->rows), "stretched"));
done:
  return rc;
}

static inline void stretched_fill_force(struct stretched *s)
{
  double unused;
  for (int j = 0; s->set.force && j < s->n; j++)
    for (int i = 0; i < s->n; i++) {
      const double xc = 0.5 * (s->x[i] + s->x[i + 1]), yc = 0.5 * (s->y[j] + s->y[j + 1]);
      s->set.force(stretched_at(s, s->fu, j, i), &unused, s->x[i], yc, s->set.nu);
      s->set.force(&unused, stretched_at(s, s->fv, j, i), xc, s->y[j], s->set.nu);
    }
}

/* At rest; s is to be destroyed also after a failure. */
static inline int stretched_create(struct stretched *s, const struct stretched_settings *set)
{
  int rc = ASSAY_OK;
  *s = (struct stretched){.set = *set, .n = set->n, .stride = set->n + 3};
  ASSAY_TRY(stretched_allocate(s));
  stretched_faces(s->x, s->hx, s->dx, s->n, set->cluster_x);
  stretched_faces(s->y, s->hy, s->dy, s->n, set->cluster_y);
  stretched_fill_force(s);
  ASSAY_TRY(stretched_plan(s));
done:
  return rc;
}

/* ---- a step --------------------------------------------------------------------------------- */

static inline void stretched_ghosts(struct stretched *s)
{
  const int n = s->n;
  for (int i = 0; i <= n; i++) {
    *stretched_at(s, s->u, -1, i) = -*stretched_at(s, s->u, 0, i);
    *stretched_at(s, s->u, n, i) = 2 * s->set.lid - *stretched_at(s, s->u, n - 1, i);
  }
  for (int j = 0; j <= n; j++) {
    *stretched_at(s, s->v, j, -1) = -*stretched_at(s, s->v, j, 0);
    *stretched_at(s, s->v, j, n) = -*stretched_at(s, s->v, j, n - 1);
  }
}

/* hu = -div(u u) + nu lap u + f on the inner vertical faces of row j, multiplied out so that the
 * kernel does not divide: ix = 1/hx, gx = 1/dx */
static inline void stretched_u_row(const struct stretched *s, int j, const double *ix,
                                   const double *gx)
{
  const ptrdiff_t st = s->stride;
  const double *restrict u = stretched_at(s, s->u, j, 0), *restrict v = stretched_at(s, s->v, j, 0);
  const double *restrict f = stretched_at(s, s->fu, j, 0), *restrict hx = s->hx;
  double *restrict h = stretched_at(s, s->hu, j, 0);
  const double iy = 1 / s->hy[j], below = 1 / s->dy[j], above = 1 / s->dy[j + 1], nu = s->set.nu;
  for (int i = 1; i < s->n; i++) {
    const double e = u[i] + u[i + 1], w = u[i - 1] + u[i];
    const double north = (hx[i - 1] * v[i - 1 + st] + hx[i] * v[i + st]) * (u[i] + u[i + st]);
    const double south = (hx[i - 1] * v[i - 1] + hx[i] * v[i]) * (u[i - st] + u[i]);
    const double conv = 0.25 * gx[i] * ((e * e - w * w) + iy * (north - south));
    const double xx = gx[i] * (ix[i] * (u[i + 1] - u[i]) - ix[i - 1] * (u[i] - u[i - 1]));
    const double yy = iy * (above * (u[i + st] - u[i]) - below * (u[i] - u[i - st]));
    h[i] = nu * (xx + yy) - conv + f[i];
  }
}

static inline void stretched_v_row(const struct stretched *s, int j, const double *ix,
                                   const double *gx)
{
  const ptrdiff_t st = s->stride;
  const double *restrict u = stretched_at(s, s->u, j, 0), *restrict v = stretched_at(s, s->v, j, 0);
  const double *restrict f = stretched_at(s, s->fv, j, 0);
  double *restrict h = stretched_at(s, s->hv, j, 0);
  const double lower = s->hy[j - 1], upper = s->hy[j], gy = 1 / s->dy[j], nu = s->set.nu;
  const double il = 1 / lower, iu = 1 / upper;
  for (int i = 0; i < s->n; i++) {
    const double a = v[i] + v[i + st], b = v[i - st] + v[i];
    const double east = (lower * u[i + 1 - st] + upper * u[i + 1]) * (v[i] + v[i + 1]);
    const double west = (lower * u[i - st] + upper * u[i]) * (v[i - 1] + v[i]);
    const double conv = 0.25 * gy * ((a * a - b * b) + ix[i] * (east - west));
    const double xx = ix[i] * (gx[i + 1] * (v[i + 1] - v[i]) - gx[i] * (v[i] - v[i - 1]));
    const double yy = gy * (iu * (v[i + st] - v[i]) - il * (v[i] - v[i - st]));
    h[i] = nu * (xx + yy) - conv + f[i];
  }
}

static inline void stretched_project(struct stretched *s)
{
  const int n = s->n;
  const ptrdiff_t st = s->stride;
  for (int j = 0; j < n; j++) {
    const double *u = stretched_at(s, s->u, j, 0), *v = stretched_at(s, s->v, j, 0);
    for (int i = 0; i < n; i++)
      s->phi[j * n + i] = (u[i + 1] - u[i]) / s->hx[i] + (v[i + st] - v[i]) / s->hy[j];
  }
  if (s->rows)
    assay_poisson_solve(s->rows, s->phi, s->phi, s->work);
  else
    stretched_solve_dense(s);
  for (int j = 0; j < n; j++) {
    double *u = stretched_at(s, s->u, j, 0), *v = stretched_at(s, s->v, j, 0);
    const double *p = s->phi + (ptrdiff_t)j * n;
    for (int i = 1; i < n; i++) u[i] -= (p[i] - p[i - 1]) / s->dx[i];
    for (int i = 0; j > 0 && i < n; i++) v[i] -= (p[i] - p[i - n]) / s->dy[j];
  }
}

static inline void stretched_step(struct stretched *s, double dt)
{
  enum { MOST = 1024 };
  double ix[MOST], gx[MOST + 1], *swap;
  const int n = s->n;
  const double r = s->dt_before > 0 ? dt / s->dt_before : 0, now = dt * (1 + 0.5 * r),
               then = -0.5 * r * dt;
  for (int i = 0; i < n; i++) ix[i] = 1 / s->hx[i];
  for (int i = 0; i <= n; i++) gx[i] = 1 / s->dx[i];
  stretched_ghosts(s);
  for (int j = 0; j < n; j++) {
    stretched_u_row(s, j, ix, gx);
    if (j > 0) stretched_v_row(s, j, ix, gx);
  }
  for (int j = 0; j < n; j++) {
    double *u = stretched_at(s, s->u, j, 0), *v = stretched_at(s, s->v, j, 0);
    const ptrdiff_t at = u - s->u;
    for (int i = 1; i < n; i++) u[i] += now * s->hu[at + i] + then * s->hu_before[at + i];
    for (int i = 0; j > 0 && i < n; i++) v[i] += now * s->hv[at + i] + then * s->hv_before[at + i];
  }
  stretched_project(s);
  swap = s->hu, s->hu = s->hu_before, s->hu_before = swap;
  swap = s->hv, s->hv = s->hv_before, s->hv_before = swap;
  s->t += dt, s->dt_before = dt, s->steps++;
}

/* Longest stable step by the rules of core/flow/mac_step.c for central differences, cell by cell.
 * convective: as if viscous terms were no limit. The lid counts with a uniform cell only: what goes
 * into rows and columns is slower. */
static inline double stretched_limit(const struct stretched *s, bool convective)
{
  const int n = s->n;
  const ptrdiff_t st = s->stride;
  double rate = s->set.lid * n, lambda = 0, widest = 0;
  for (int j = 0; j < n; j++) {
    const double *u = stretched_at(s, s->u, j, 0), *v = stretched_at(s, s->v, j, 0);
    for (int i = 0; i < n; i++) {
      const double x = 1 / s->hx[i], y = 1 / s->hy[j];
      rate =
          fmax(rate, fmax(fabs(u[i]), fabs(u[i + 1])) * x + fmax(fabs(v[i]), fabs(v[i + st])) * y);
      widest = fmax(widest, fmax(s->hx[i], s->hy[j]));
      lambda = fmax(lambda, 4 * s->set.nu * (x * x + y * y));
    }
  }
  const double cfl = fmin(s->set.cfl, cbrt(6.75 * s->set.nu / (s->set.lid * widest)));
  return convective ? cfl / rate : fmin(cfl / rate, 0.8 / lambda);
}

/* To about t, steps as long as is stable. */
static inline void stretched_run(struct stretched *s, double t)
{
  double dt = 0;
  for (long k = 0; s->t < t; k++) {
    if (k % 32 == 0) dt = stretched_limit(s, false);
    stretched_step(s, dt);
  }
}

/* ---- profiles ------------------------------------------------------------------------------- */

/* Value at x of the cubic through the four of n nodes around it. */
static inline double stretched_cubic(const double *node, const double *value, int n, double x)
{
  int first = 0;
  double sum = 0;
  while (first < n - 4 && node[first + 2] < x) first++;
  for (int a = first; a < first + 4; a++) {
    double weight = 1;
    for (int b = first; b < first + 4; b++)
      if (b != a) weight *= (x - node[b]) / (node[a] - node[b]);
    sum += weight * value[a];
  }
  return sum;
}

/* u(1/2, y), or with along v(x, 1/2), of a grid with a face in the middle; walls included. */
static inline double stretched_profile(const struct stretched *s, bool along, double at)
{
  enum { MOST = 1024 };
  double node[MOST + 2], value[MOST + 2];
  const int n = s->n;
  const double *face = along ? s->x : s->y;
  node[0] = value[0] = 0, node[n + 1] = 1, value[n + 1] = along ? 0 : s->set.lid;
  for (int k = 0; k < n; k++) {
    node[k + 1] = 0.5 * (face[k] + face[k + 1]);
    value[k + 1] = along ? *stretched_at(s, s->v, n / 2, k) : *stretched_at(s, s->u, k, n / 2);
  }
  return stretched_cubic(node, value, n + 2, at);
}

enum { STRETCHED_STATIONS = 17 };
static const double stretched_y[STRETCHED_STATIONS] = {
    1.0,    0.9766, 0.9688, 0.9609, 0.9531, 0.8516, 0.7344, 0.6172, 0.5,
    0.4531, 0.2813, 0.1719, 0.1016, 0.0703, 0.0625, 0.0547, 0.0};
static const double stretched_x[STRETCHED_STATIONS] = {
    1.0,    0.9688, 0.9609, 0.9531, 0.9453, 0.9063, 0.8594, 0.8047, 0.5,
    0.2344, 0.2266, 0.1563, 0.0938, 0.0781, 0.0703, 0.0625, 0.0};

/* Largest and rms deviation of the cavity's centre lines, of the lid speed, from u, v [17]. */
static inline void stretched_deviation(double out[2], const struct stretched *s, const double *u,
                                       const double *v)
{
  out[0] = out[1] = 0;
  for (int k = 0; k < STRETCHED_STATIONS; k++) {
    const double a = fabs(stretched_profile(s, false, stretched_y[k]) - u[k]);
    const double b = fabs(stretched_profile(s, true, stretched_x[k]) - v[k]);
    out[0] = fmax(out[0], fmax(a, b));
    out[1] += (a * a + b * b) / (2 * STRETCHED_STATIONS);
  }
  out[1] = sqrt(out[1]);
}

/* Converged values at Re 100, as in generators/cavity_evidence.c. */
static const double stretched_u_100[STRETCHED_STATIONS] = {
    1,        0.84373,  0.79194,  0.74047,  0.69103,  0.23655,  0.00419,  -0.13880, -0.20915,
    -0.21398, -0.15767, -0.10174, -0.06443, -0.04662, -0.04198, -0.03723, 0};
static const double stretched_v_100[STRETCHED_STATIONS] = {
    0,       -0.06219, -0.07798, -0.09339, -0.10853, -0.17708, -0.23369, -0.25354, 0.05754,
    0.17956, 0.17936,  0.16482,  0.12643,  0.11175,  0.10359,  0.09481,  0};

#endif

/* Small Poisson problems of a box with changed faces and cells, and what they mean, for the tests
 * of the solvers in core/num: operator, parts cut off, shapes of obstacles. */
#ifndef ASSAY_TESTS_CORE_BOX_H
#define ASSAY_TESTS_CORE_BOX_H
#include "core/num/capacitance.h"
#include "core/num/poisson.h"
#include "tests/core/conditions.h"
#include "tests/core/numbers.h"

enum { SHAPES = 6 };

/* A grid and what is changed of it. east, north: factors of the faces on these sides of a cell;
 * diagonal: what is added. */
struct problem {
  int nx, ny, n;
  double dx, *vol, *w;
  enum assay_bc x, y;
  double *east, *north, *diagonal;
  double *beta_x, *beta_y; /* [ny, nx+1], [ny+1, nx] coefficients of faces, NULL: 1 */
  int lines;               /* rows of their own height, else of dy = 0.0523 */
};

static inline struct problem make_problem(int nx, int ny, int pair, int lines)
{
  struct problem p = {.nx = nx, .ny = ny, .n = nx * ny, .dx = 0.0371, .lines = lines};
  uint64_t seed = 2385;
  p.x = x_condition(pair);
  p.y = y_condition(pair);
  p.vol = array((size_t)ny);
  p.w = array((size_t)ny + 1);
  p.east = array((size_t)p.n);
  p.north = array((size_t)p.n);
  p.diagonal = array((size_t)p.n);
  for (int j = 0; j < ny; j++) p.vol[j] = lines ? 0.0523 * (1.4 + noise(&seed)) : 1;
  for (int j = 0; j <= ny; j++)
    p.w[j] = lines ? 23.85 * (1.2 + noise(&seed)) : 1 / (0.0523 * 0.0523);
  for (int c = 0; c < p.n; c++) p.east[c] = p.north[c] = 1;
  return p;
}

static inline void free_problem(struct problem *p)
{
  assay_free(p->vol);
  assay_free(p->w);
  assay_free(p->east);
  assay_free(p->north);
  assay_free(p->diagonal);
  assay_free(p->beta_x);
  assay_free(p->beta_y);
}

static inline double coefficient(const struct problem *p, int i, int j, int side)
{
  if (side == 0) i = p->x == ASSAY_BC_PERIODIC && i == p->nx - 1 ? 0 : i + 1;
  if (side == 2) j = p->y == ASSAY_BC_PERIODIC && j == p->ny - 1 ? 0 : j + 1;
  return side < 2 ? p->beta_x[j * (p->nx + 1) + i] : p->beta_y[j * p->nx + i];
}

/* Neighbour of c: 0 east, 1 west, 2 north, 3 south; -1 outside. *link: of the face times its
 * factor; outside twice the link where the value is zero, else 0. */
static inline int neighbour(const struct problem *p, int c, int side, double *link)
{
  const int along_y = side >= 2, up = side % 2 == 0, i = c % p->nx, j = c / p->nx;
  const int at = along_y ? j : i, n = along_y ? p->ny : p->nx, step = along_y ? p->nx : 1;
  const enum assay_bc bc = along_y ? p->y : p->x;
  int to = c + (up ? step : -step);
  *link = along_y ? p->w[up ? j + 1 : j] : p->vol[j] / (p->dx * p->dx);
  if (p->beta_x) *link *= coefficient(p, i, j, side);
  if (at == (up ? n - 1 : 0)) {
    if (bc == ASSAY_BC_PERIODIC)
      to = c + (up ? -(n - 1) * step : (n - 1) * step);
    else {
      *link *= value_is_zero(bc, up) ? 2 : 0;
      return -1;
    }
  }
  *link *= (along_y ? p->north : p->east)[up ? c : to];
  return to;
}

/* (V L' phi)[c] */
static inline double operator_at(const struct problem *p, const double *phi, int c, double *scale)
{
  double s = p->vol[c / p->nx] * p->diagonal[c] * phi[c];
  *scale = fabs(s);
  for (int side = 0; side < 4; side++) {
    double link;
    const int to = neighbour(p, c, side, &link);
    s += link * ((to < 0 ? 0 : phi[to]) - phi[c]);
    *scale += link * fabs(phi[c]) + (to < 0 ? 0 : link * fabs(phi[to]));
  }
  return s;
}

/* Mark the part of cell c with k; returns whether something holds its constant. */
static inline int flood(const struct problem *p, int *mark, int c, int k)
{
  int *stack = NULL, top = 0, held = 0;
  assert_ok(ASSAY_NEW(&stack, (size_t)p->n, "test"));
  mark[c] = k;
  stack[top++] = c;
  while (top > 0) {
    const int at = stack[--top];
    held |= p->diagonal[at] < 0;
    for (int side = 0; side < 4; side++) {
      double link;
      const int to = neighbour(p, at, side, &link);
      if (!(link > 0)) continue;
      if (to < 0) held = 1;
      if (to < 0 || mark[to]) continue;
      mark[to] = k;
      stack[top++] = to;
    }
  }
  assay_free(stack);
  return held;
}

/* Take the means off `x` in all parts that are not held; returns the number of parts. means: of x
 */
static inline int project(const struct problem *p, double *x, double *largest)
{
  int *mark = NULL, parts = 0;
  *largest = 0;
  assert_ok(ASSAY_NEW(&mark, (size_t)p->n, "test"));
  for (int c = 0; c < p->n; c++) {
    if (mark[c]) continue;
    const int held = flood(p, mark, c, ++parts);
    double sum = 0, total = 0;
    for (int i = 0; i < p->n && !held; i++)
      if (mark[i] == parts) sum += p->vol[i / p->nx] * x[i], total += p->vol[i / p->nx];
    for (int i = 0; i < p->n && !held; i++)
      if (mark[i] == parts) x[i] -= sum / total;
    if (!held) *largest = fmax(*largest, fabs(sum / total));
  }
  assay_free(mark);
  return parts;
}

static inline struct assay_poisson *make_plan(const struct problem *p)
{
  struct assay_poisson *plan = NULL;
  const struct assay_poisson_lines l = {p->nx, p->ny, p->dx, p->vol, p->w, NULL, p->x, p->y, 0};
  if (p->lines)
    assert_ok(assay_poisson_lines_create(&plan, &l));
  else
    assert_ok(assay_poisson_create(&plan, p->nx, p->ny, p->dx, 0.0523, p->x, p->y));
  return plan;
}

/* everything that is not as in the box */
static inline int list(const struct problem *p, struct assay_capacitance_face *faces,
                       struct assay_capacitance_cell *cells, int *n_cells)
{
  int n = 0;
  *n_cells = 0;
  for (int c = 0; c < p->n; c++) {
    double link;
    const int east = neighbour(p, c, 0, &link), north = neighbour(p, c, 2, &link);
    if (p->east[c] < 1 && east >= 0)
      faces[n++] = c % 2 ? (struct assay_capacitance_face){c, east, p->east[c]}
                         : (struct assay_capacitance_face){east, c, p->east[c]};
    if (p->north[c] < 1 && north >= 0)
      faces[n++] = (struct assay_capacitance_face){c, north, p->north[c]};
    if (p->diagonal[c] < 0)
      cells[(*n_cells)++] = (struct assay_capacitance_cell){c, p->diagonal[c]};
  }
  return n;
}

static inline int solid_disc(int i, int j, int nx, int ny)
{
  const double x = (i + 0.5) / nx - 0.43, y = (j + 0.5) / ny - 0.55;
  return x * x + y * y < 0.25 * 0.25;
}

/* close all faces between cells where inside differs, and leave cut ones */
static inline void enclose(struct problem *p, int (*inside)(int, int, int, int), double factor)
{
  for (int c = 0; c < p->n; c++) {
    const int i = c % p->nx, j = c / p->nx, here = inside(i, j, p->nx, p->ny);
    if (i < p->nx - 1 && inside(i + 1, j, p->nx, p->ny) != here) p->east[c] = factor;
    if (j < p->ny - 1 && inside(i, j + 1, p->nx, p->ny) != here) p->north[c] = factor;
  }
}

static inline int solid_ring(int i, int j, int nx, int ny)
{
  const double x = (i + 0.5) / nx - 0.5, y = (j + 0.5) / ny - 0.5, r = x * x + y * y;
  return r < 0.4 * 0.4 && r > 0.2 * 0.2;
}

static inline int solid_corner(int i, int j, int nx, int ny)
{
  return i < nx / 3 && j < ny / 3;
}

static inline int solid_pillars(int i, int j, int nx, int ny)
{
  return (i * 7 / nx) % 2 && (j * 5 / ny) % 2;
}

/* obstacle number k, with noise of its own */
static inline void shape(struct problem *p, int k)
{
  uint64_t seed = 815 + (uint64_t)k;
  switch (k) {
  case 0:
    enclose(p, solid_disc, 0);
    break;
  case 1:
    enclose(p, solid_ring, 0);
    break;
  case 2: /* a side that is half open */
    enclose(p, solid_corner, 0);
    for (int j = p->ny / 2; j < p->ny; j++) p->diagonal[j * p->nx] = -2 / (p->dx * p->dx);
    break;
  case 3:
    enclose(p, solid_pillars, 0.385);
    break;
  case 4: /* cut and closed faces, changed cells, all over the place */
    for (int c = 0; c < p->n; c++) {
      const double a = noise(&seed), b = noise(&seed), d = noise(&seed);
      if (a < -0.6) p->east[c] = a < -0.8 ? 0 : (a + 0.8) * 5;
      if (b < -0.6) p->north[c] = b < -0.8 ? 0 : (b + 0.8) * 5;
      if (d < -0.97) p->diagonal[c] = 1000 * d;
    }
    break;
  default: /* a wall of single faces with a hole, and a closed cell */
    for (int j = 0; j < p->ny; j++)
      if (j != p->ny / 3) p->east[j * p->nx + p->nx / 2] = 0;
    if (p->nx > 4 && p->ny > 4) {
      const int c = 2 * p->nx + 2;
      p->east[c] = p->east[c - 1] = p->north[c] = p->north[c - p->nx] = 0;
    }
    break;
  }
}

static inline int possible(int nx, int ny, int pair)
{
  return (nx > 2 || pair % CONDITIONS != ASSAY_BC_PERIODIC) &&
         (ny > 2 || pair / CONDITIONS != ASSAY_BC_PERIODIC);
}

/* Elimination with row pivoting of the dense matrix, destroyed; x: rhs in, solution out. */
static inline void dense_solve(double *a, double *x, int n)
{
  for (int k = 0; k < n; k++) {
    int best = k;
    for (int i = k; i < n; i++)
      if (fabs(a[i * n + k]) > fabs(a[best * n + k])) best = i;
    for (int j = 0; j < n; j++) {
      const double t = a[k * n + j];
      a[k * n + j] = a[best * n + j], a[best * n + j] = t;
    }
    const double t = x[k];
    x[k] = x[best], x[best] = t;
    for (int i = k + 1; i < n; i++) {
      const double f = a[i * n + k] / a[k * n + k];
      for (int j = k; j < n; j++) a[i * n + j] -= f * a[k * n + j];
      x[i] -= f * x[k];
    }
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int j = i + 1; j < n; j++) x[i] -= a[i * n + j] * x[j];
    x[i] /= a[i * n + i];
  }
}

/* V times the operator; for every part that is not held a multiple of the projection onto its
 * constant is taken off, which makes the matrix regular and its solution one of zero mean */
static inline void dense_matrix(double *a, const struct problem *p)
{
  const int n = p->n;
  double *unit = array((size_t)n), scale, left;
  for (int c = 0; c < n; c++) {
    memset(unit, 0, (size_t)n * sizeof *unit);
    unit[c] = 1;
    for (int r = 0; r < n; r++) a[r * n + c] = operator_at(p, unit, r, &scale);
    project(p, unit, &left);
    for (int r = 0; r < n && left > 0; r++) a[r * n + c] += 238.5 * (unit[r] - (r == c));
  }
  assay_free(unit);
}

#endif

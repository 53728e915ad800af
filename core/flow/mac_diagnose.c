/* What can be asked of a MAC solver: pressure, vorticity, stream function, balances. All from the
 * scheme's own discrete operators, summed row by row in a fixed order.
 *
 * Kinetic energy E = rho/2 sum (u^2 + v^2) dx dy over the faces. With the central scheme convection
 * and pressure do no work on it, and summation by parts of the discrete Laplacian gives
 *
 *   dE/dt = P + F - D,   D = rho nu sum |differences / spacing|^2 (volume of each difference),
 *
 * where a difference between the wall and the first tangential velocity spans half a cell, and P,
 * the power of a sliding wall, is its speed times the shear stress rho nu (U - u)/(h/2) over its
 * length. F is the power of the body force. */
#include <math.h>

#include "core/flow/mac_body.h"
#include "core/flow/mac_internal.h"

static double fluid_mean(const struct assay_mac *m, const double *in, ptrdiff_t st)
{
  double sum = 0, weight = 0;
  for (int j = 0; j < m->set.ny; j++) {
    const double *fraction = m->bodies->fraction + (ptrdiff_t)j * m->set.nx;
    for (int i = 0; i < m->set.nx; i++) {
      sum += fraction[i] * in[j * st + i];
      weight += fraction[i];
    }
  }
  return sum / weight;
}

static double plain_mean(const struct assay_mac *m, const double *in, ptrdiff_t st)
{
  const int nx = m->set.nx, ny = m->set.ny;
  double sum = 0;
  for (int j = 0; j < ny; j++) {
    double row = 0;
    for (int i = 0; i < nx; i++) row += in[j * st + i];
    sum += row;
  }
  return sum / ((double)nx * ny);
}

/* Out = density (in - mean), for [ny, nx] of stride st; the mean is over the fluid, and left alone
 * where an outflow fixes the pressure. */
static void scale_pressure(const struct assay_mac *m, const double *in, ptrdiff_t st)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const double mean = m->outflow ? 0 : m->bodies ? fluid_mean(m, in, st) : plain_mean(m, in, st);
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++)
      m->pressure[(ptrdiff_t)j * nx + i] = m->set.density * (in[j * st + i] - mean);
}

struct assay_mac_view assay_mac_pressure(struct assay_mac *m)
{
  if (m->account.viscous == ASSAY_MAC_IMPLICIT && m->levels > 0) {
    scale_pressure(m, m->p, m->stride);
  } else {
    assay_mac_solve_pressure(m, m->pressure, m->now);
    scale_pressure(m, m->pressure, m->set.nx);
  }
  return (struct assay_mac_view){m->pressure, m->set.nx, m->set.nx, m->set.ny};
}

void assay_mac_vorticity(const struct assay_mac *m, double *out)
{
  const ptrdiff_t st = m->stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  if (m->bodies) {
    assay_mac_fluid_vorticity(m, out, m->set.nx + 1);
    return;
  }
  for (int j = 0; j <= m->set.ny; j++) {
    const double *u = m->now.u + j * st, *v = m->now.v + j * st;
    for (int i = 0; i <= m->set.nx; i++) *out++ = ix * (v[i] - v[i - 1]) - iy * (u[i] - u[i - st]);
  }
}

void assay_mac_stream(const struct assay_mac *m, double *out)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const double *ax = m->bodies ? m->bodies->ax : NULL;
  out[0] = 0;
  for (int i = 0; i < nx; i++) out[i + 1] = out[i] - m->now.v[i] * m->dx;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) {
      const ptrdiff_t k = (ptrdiff_t)j * (nx + 1) + i, at = j * m->stride + i;
      out[k + nx + 1] = out[k] + (ax ? ax[at] : 1) * m->now.u[at] * m->dy;
    }
}

void assay_mac_divergence(const struct assay_mac *m, double *out)
{
  const ptrdiff_t st = m->stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  for (int j = 0; j < m->set.ny; j++) {
    const double *u = m->now.u + j * st, *v = m->now.v + j * st;
    double *row = out + (ptrdiff_t)j * m->set.nx;
    for (int i = 0; i < m->set.nx; i++) row[i] = ix * (u[i + 1] - u[i]) + iy * (v[i + st] - v[i]);
  }
  if (m->bodies) assay_mac_body_divergence(m, m->now, out);
}

/* Not fmax, which is a call. */
static inline double larger(double a, double b)
{
  return a > b ? a : b;
}

static double max_divergence(const struct assay_mac *m)
{
  const ptrdiff_t n = (ptrdiff_t)m->set.nx * m->set.ny;
  double most = 0;
  assay_mac_divergence(m, m->div);
  for (ptrdiff_t k = 0; k < n; k++) most = larger(most, fabs(m->div[k]));
  return most;
}

static double boundary_flux(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const double *u = m->now.u, *v = m->now.v + ny * m->stride;
  double sides = 0, ends = 0;
  for (int j = 0; j < ny; j++) sides += u[j * m->stride + nx] - u[j * m->stride];
  for (int i = 0; i < nx; i++) ends += v[i] - m->now.v[i];
  return sides * m->dy + ends * m->dx;
}

/* Sums over the grid are taken column by column, sum[i] over the rows, and then over the columns:
 * a fixed order that vectorises. */
static void add_squares(double *restrict sum, const double *restrict a, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++) sum[i] += a[i] * a[i];
}

/* sum[i] += (b[i] - a[i])^2: slopes along x with b = a + 1, along y with b the next row. */
static void add_slopes(double *restrict sum, const double *a, const double *b, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++) sum[i] += (b[i] - a[i]) * (b[i] - a[i]);
}

static double *clear(double *sum, int n)
{
  for (int i = 0; i < n; i++) sum[i] = 0;
  return sum;
}

static double total(const double *sum, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += sum[i];
  return s;
}

static double dot(const double *a, const double *b, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

/* Dissipation sums of u: along x all cells; along y between rows, and half-cells at the walls,
 * whose difference to the wall is half of that to the ghost but whose gradient counts over half a
 * cell. */
static double u_slopes(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny, i0 = mac_first_u_column(m), n = nx - i0;
  const ptrdiff_t st = m->stride, top = (ny - 1) * st;
  const double *u = m->now.u, *inner = u + i0;
  double *x = clear(m->rows, nx), *y = clear(m->rows + st, n), *walls = clear(m->rows + 2 * st, n);
  for (int j = 0; j < ny; j++) add_slopes(x, u + j * st, u + j * st + 1, nx);
  for (int j = 0; j < ny - 1; j++) add_slopes(y, inner + j * st, inner + (j + 1) * st, n);
  if (m->periodic_y) {
    add_slopes(y, inner + top, inner, n);
  } else {
    add_slopes(walls, inner - st, inner, n);
    add_slopes(walls, inner + top, inner + top + st, n);
  }
  return total(x, nx) / (m->dx * m->dx) + (total(y, n) + 0.5 * total(walls, n)) / (m->dy * m->dy);
}

static double v_slopes(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const double *v = m->now.v;
  double *x = clear(m->rows, nx), *y = clear(m->rows + st, nx), walls = 0;
  for (int j = mac_first_v_row(m); j < ny; j++) {
    const double *row = v + j * st, left = row[0] - row[-1], right = row[nx] - row[nx - 1];
    add_slopes(x, row, row + 1, nx - 1);
    walls += m->periodic_x ? right * right : 0.5 * (left * left + right * right);
  }
  for (int j = 0; j < ny; j++) add_slopes(y, v + j * st, v + (j + 1) * st, nx);
  return (total(x, nx) + walls) / (m->dx * m->dx) + total(y, nx) / (m->dy * m->dy);
}

/* Sum over the walls of speed times velocity gradient at the wall times length, over nu. */
static double wall_sum(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const double *u = m->now.u, *v = m->now.v;
  double bottom = 0, top = 0, left = 0, right = 0;
  for (int i = mac_first_u_column(m); i < nx; i++) {
    bottom += u[-st + i] - u[i];
    top += u[ny * st + i] - u[(ny - 1) * st + i];
  }
  for (int j = mac_first_v_row(m); j < ny; j++) {
    left += v[j * st - 1] - v[j * st];
    right += v[j * st + nx] - v[j * st + nx - 1];
  }
  return (m->set.side[ASSAY_MAC_BOTTOM].velocity * bottom +
          m->set.side[ASSAY_MAC_TOP].velocity * top) *
             m->dx / m->dy +
         (m->set.side[ASSAY_MAC_LEFT].velocity * left +
          m->set.side[ASSAY_MAC_RIGHT].velocity * right) *
             m->dy / m->dx;
}

static double force_sum(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny, i0 = mac_first_u_column(m), j0 = mac_first_v_row(m);
  const ptrdiff_t st = m->stride;
  double s = 0;
  if (!m->set.force) return 0;
  assay_mac_fill_force(m, m->t);
  for (int j = 0; j < ny; j++) s += dot(m->now.u + j * st + i0, m->force.u + j * st + i0, nx - i0);
  for (int j = j0; j < ny; j++) s += dot(m->now.v + j * st, m->force.v + j * st, nx);
  return s;
}

struct mac_energy assay_mac_energy(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const double cell_mass = m->set.density * m->dx * m->dy;
  double *squares = clear(m->rows, nx);
  for (int j = 0; j < ny; j++) {
    add_squares(squares, m->now.u + j * m->stride, nx);
    add_squares(squares, m->now.v + j * m->stride, nx);
  }
  const double kinetic = 0.5 * cell_mass * total(squares, nx); /* slopes use the same scratch */
  const struct mac_passage open = m->open ? assay_mac_passage(m) : (struct mac_passage){0};
  const struct mac_surface surface = m->bodies ? assay_mac_surface(m) : (struct mac_surface){0};
  return (struct mac_energy){
      .kinetic = kinetic + open.kinetic,
      .carried = open.carried,
      .wall_power = m->set.viscosity * wall_sum(m) + cell_mass * surface.power,
      .force_power = cell_mass * force_sum(m),
      .dissipation = cell_mass * (m->nu * (u_slopes(m) + v_slopes(m)) + surface.dissipation) +
                     open.dissipation,
  };
}

/* Largest |a - b| over n values. */
static double max_change(const double *a, const double *b, int n, double most)
{
  for (int i = 0; i < n; i++) most = larger(most, fabs(a[i] - b[i]));
  return most;
}

static double max_abs(const double *a, int n, double most)
{
  for (int i = 0; i < n; i++) most = larger(most, fabs(a[i]));
  return most;
}

double assay_mac_change(const struct assay_mac *m)
{
  double change = 0;
  for (int j = 0; j < m->set.ny; j++) {
    const ptrdiff_t row = j * m->stride;
    change = max_change(m->now.u + row, m->other.u + row, m->set.nx, change);
    change = max_change(m->now.v + row, m->other.v + row, m->set.nx, change);
  }
  return m->dt > 0 ? change / m->dt : 0;
}

void assay_mac_diagnose(const struct assay_mac *m, struct assay_mac_diagnostics *d)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mac_energy e = assay_mac_energy(m);
  double u = 0, v = 0;
  for (int j = 0; j < ny; j++) {
    const ptrdiff_t row = j * m->stride;
    u = max_abs(m->now.u + row, nx, u);
    v = max_abs(m->now.v + row, nx, v);
  }
  double gross;
  *d = (struct assay_mac_diagnostics){
      .divergence = max_divergence(m),
      .boundary_flux = boundary_flux(m),
      .inflow = assay_mac_inflow_sum(m, m->t, &gross),
      .kinetic_energy = e.kinetic,
      .wall_power = e.wall_power,
      .open_power = m->open ? e.carried + assay_mac_passage(m).pressure : 0,
      .force_power = e.force_power,
      .dissipation = e.dissipation,
      .energy_residual = m->energy_residual,
      .change = assay_mac_change(m),
      .courant = m->rate * m->dt,
      .cell_reynolds = fmax(u * m->dx, v * m->dy) / m->nu,
  };
}

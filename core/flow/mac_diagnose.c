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

#include "core/flow/mac_internal.h"

/* Out = density (in - mean), for [ny, nx] of stride st. */
static void scale_pressure(const struct assay_mac *m, const double *in, ptrdiff_t st)
{
  const int nx = m->set.nx, ny = m->set.ny;
  double sum = 0;
  for (int j = 0; j < ny; j++) {
    double row = 0;
    for (int i = 0; i < nx; i++) row += in[j * st + i];
    sum += row;
  }
  const double mean = sum / ((double)nx * ny);
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++)
      m->pressure[(ptrdiff_t)j * nx + i] = m->set.density * (in[j * st + i] - mean);
}

struct assay_mac_view assay_mac_pressure(struct assay_mac *m)
{
  if (m->account.viscous == ASSAY_MAC_IMPLICIT && m->levels > 0) {
    scale_pressure(m, m->p, m->stride);
  } else {
    assay_mac_solve_pressure(m, m->now);
    scale_pressure(m, m->phi, m->set.nx);
  }
  return (struct assay_mac_view){m->pressure, m->set.nx, m->set.nx, m->set.ny};
}

void assay_mac_vorticity(const struct assay_mac *m, double *out)
{
  const ptrdiff_t st = m->stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  for (int j = 0; j <= m->set.ny; j++) {
    const double *u = m->now.u + j * st, *v = m->now.v + j * st;
    for (int i = 0; i <= m->set.nx; i++) *out++ = ix * (v[i] - v[i - 1]) - iy * (u[i] - u[i - st]);
  }
}

void assay_mac_stream(const struct assay_mac *m, double *out)
{
  const int nx = m->set.nx, ny = m->set.ny;
  out[0] = 0;
  for (int i = 0; i < nx; i++) out[i + 1] = out[i] - m->now.v[i] * m->dx;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) {
      const ptrdiff_t k = (ptrdiff_t)j * (nx + 1) + i;
      out[k + nx + 1] = out[k] + m->now.u[j * m->stride + i] * m->dy;
    }
}

void assay_mac_divergence(const struct assay_mac *m, double *out)
{
  const ptrdiff_t st = m->stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  for (int j = 0; j < m->set.ny; j++) {
    const double *u = m->now.u + j * st, *v = m->now.v + j * st;
    for (int i = 0; i < m->set.nx; i++) *out++ = ix * (u[i + 1] - u[i]) + iy * (v[i + st] - v[i]);
  }
}

static double max_divergence(const struct assay_mac *m)
{
  const ptrdiff_t n = (ptrdiff_t)m->set.nx * m->set.ny;
  double most = 0;
  assay_mac_divergence(m, m->div);
  for (ptrdiff_t k = 0; k < n; k++) most = fmax(most, fabs(m->div[k]));
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

/* Sum of squares of n values of row a. */
static double square_sum(const double *a, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += a[i] * a[i];
  return s;
}

/* Sum of squared differences between neighbours along row a: n differences. */
static double slope_sum_x(const double *a, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += (a[i + 1] - a[i]) * (a[i + 1] - a[i]);
  return s;
}

/* The same between row a and row b. */
static double slope_sum_y(const double *a, const double *b, int n)
{
  double s = 0;
  for (int i = 0; i < n; i++) s += (b[i] - a[i]) * (b[i] - a[i]);
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
  const int nx = m->set.nx, ny = m->set.ny, i0 = mac_first_u_column(m);
  const ptrdiff_t st = m->stride;
  const double *u = m->now.u;
  double x = 0, y = 0;
  for (int j = 0; j < ny; j++) x += slope_sum_x(u + j * st, nx);
  for (int j = 0; j < ny - 1; j++)
    y += slope_sum_y(u + j * st + i0, u + (j + 1) * st + i0, nx - i0);
  if (m->periodic_y)
    y += slope_sum_y(u + (ny - 1) * st + i0, u + i0, nx - i0);
  else
    y += 0.5 * (slope_sum_y(u - st + i0, u + i0, nx - i0) +
                slope_sum_y(u + (ny - 1) * st + i0, u + ny * st + i0, nx - i0));
  return x / (m->dx * m->dx) + y / (m->dy * m->dy);
}

static double v_slopes(const struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny, j0 = mac_first_v_row(m);
  const ptrdiff_t st = m->stride;
  const double *v = m->now.v;
  double x = 0, y = 0;
  for (int j = j0; j < ny; j++) {
    const double *row = v + j * st;
    x += slope_sum_x(row, nx - 1);
    const double left = row[0] - row[-1], right = row[nx] - row[nx - 1];
    x += m->periodic_x ? right * right : 0.5 * (left * left + right * right);
  }
  for (int j = 0; j < ny; j++) y += slope_sum_y(v + j * st, v + (j + 1) * st, nx);
  return x / (m->dx * m->dx) + y / (m->dy * m->dy);
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
  double squares = 0;
  for (int j = 0; j < ny; j++)
    squares += square_sum(m->now.u + j * m->stride, nx) + square_sum(m->now.v + j * m->stride, nx);
  return (struct mac_energy){
      .kinetic = 0.5 * cell_mass * squares,
      .wall_power = m->set.viscosity * wall_sum(m),
      .force_power = cell_mass * force_sum(m),
      .dissipation = cell_mass * m->nu * (u_slopes(m) + v_slopes(m)),
  };
}

/* Largest |a - b| over n values. */
static double max_change(const double *a, const double *b, int n, double most)
{
  for (int i = 0; i < n; i++) most = fmax(most, fabs(a[i] - b[i]));
  return most;
}

static double max_abs(const double *a, int n, double most)
{
  for (int i = 0; i < n; i++) most = fmax(most, fabs(a[i]));
  return most;
}

void assay_mac_diagnose(const struct assay_mac *m, struct assay_mac_diagnostics *d)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const struct mac_energy e = assay_mac_energy(m);
  double change = 0, u = 0, v = 0;
  for (int j = 0; j < ny; j++) {
    const ptrdiff_t row = j * m->stride;
    change = max_change(m->now.u + row, m->other.u + row, nx, change);
    change = max_change(m->now.v + row, m->other.v + row, nx, change);
    u = max_abs(m->now.u + row, nx, u);
    v = max_abs(m->now.v + row, nx, v);
  }
  *d = (struct assay_mac_diagnostics){
      .divergence = max_divergence(m),
      .boundary_flux = boundary_flux(m),
      .kinetic_energy = e.kinetic,
      .wall_power = e.wall_power,
      .force_power = e.force_power,
      .dissipation = e.dissipation,
      .energy_residual = m->energy_residual,
      .change = m->dt > 0 ? change / m->dt : 0,
      .courant = m->rate * m->dt,
      .cell_reynolds = fmax(u * m->dx, v * m->dy) / m->nu,
  };
}

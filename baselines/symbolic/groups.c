#include "baselines/symbolic/groups.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { MAX_DENOMINATOR = 12, COLUMNS = ASSAY_SR_MAX_VARS + 1 };

static const int64_t LARGEST = INT64_C(1) << 30; /* products of two and their sums fit in 64 bits */

static int64_t magnitude(int64_t a)
{
  return a < 0 ? -a : a;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
  for (a = magnitude(a), b = magnitude(b); b;) {
    const int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* a row per base unit: D and, in the last column, d, both times the row's common denominator */
struct matrix {
  int n;                          /* columns without the last one */
  int rank, pivot[ASSAY_SR_DIMS]; /* [rank] columns */
  int64_t a[ASSAY_SR_DIMS][COLUMNS];
};

static int read_row(int64_t *out, const double *dim, const bool *used, int n_vars, int unit)
{
  int rc = ASSAY_OK;
  for (int q = 1; q <= MAX_DENOMINATOR; q++) {
    bool whole = true;
    for (int j = 0; j <= n_vars; j++) {
      const double e = q * dim[j * ASSAY_SR_DIMS + unit];
      ASSAY_CHECK(fabs(e) < 1e6, ASSAY_EUNSUPPORTED, "a unit with the exponent %g", e / q);
      whole = whole && fabs(e - nearbyint(e)) < 1e-6;
      out[j] = j < n_vars && used && !used[j] ? 0 : (int64_t)nearbyint(e);
    }
    if (whole) goto done;
  }
  ASSAY_FAIL(ASSAY_EARG, "exponents of units must be fractions with denominators up to %d",
             MAX_DENOMINATOR);
done:
  return rc;
}

/* row i loses column c by row `from` */
static int eliminate(struct matrix *m, int i, int from, int c)
{
  int rc = ASSAY_OK;
  int64_t divisor = 0;
  const int64_t g = common_divisor(m->a[i][c], m->a[from][c]);
  const int64_t p = m->a[from][c] / g, q = m->a[i][c] / g;
  for (int j = 0; j <= m->n; j++) {
    m->a[i][j] = m->a[i][j] * p - m->a[from][j] * q;
    divisor = common_divisor(divisor, m->a[i][j]);
  }
  for (int j = 0; j <= m->n && divisor > 1; j++) m->a[i][j] /= divisor;
  for (int j = 0; j <= m->n; j++)
    ASSAY_CHECK(magnitude(m->a[i][j]) < LARGEST, ASSAY_EUNSUPPORTED,
                "the exponents of the units are too large for dimensional analysis");
done:
  return rc;
}

/* reduced echelon form: a pivot is alone in its column */
static int reduce(struct matrix *m)
{
  int rc = ASSAY_OK;
  for (int c = 0; c < m->n && m->rank < ASSAY_SR_DIMS; c++) {
    int row = m->rank;
    while (row < ASSAY_SR_DIMS && m->a[row][c] == 0) row++;
    if (row == ASSAY_SR_DIMS) continue;
    for (int j = 0; j <= m->n; j++) {
      const int64_t keep = m->a[row][j];
      m->a[row][j] = m->a[m->rank][j];
      m->a[m->rank][j] = keep;
    }
    for (int i = 0; i < ASSAY_SR_DIMS; i++)
      if (i != m->rank && m->a[i][c] != 0) ASSAY_TRY(eliminate(m, i, m->rank, c));
    m->pivot[m->rank++] = c;
  }
done:
  return rc;
}

static bool is_pivot(const struct matrix *m, int c)
{
  for (int r = 0; r < m->rank; r++)
    if (m->pivot[r] == c) return true;
  return false;
}

/* the vector of the null space with column c > 0 and no other column that is not a pivot */
static void null_vector(int *v, const struct matrix *m, int c)
{
  int64_t factor = 1;
  for (int r = 0; r < m->rank; r++) {
    const int64_t p = magnitude(m->a[r][m->pivot[r]]);
    const int64_t q = p / common_divisor(p, m->a[r][c]);
    factor *= q / common_divisor(factor, q);
  }
  v[c] = (int)factor;
  for (int r = 0; r < m->rank; r++)
    v[m->pivot[r]] = (int)(-factor * m->a[r][c] / m->a[r][m->pivot[r]]);
}

/* ---- plainness ----------------------------------------------------------------------------- */

static int cost(const int *v, int n)
{
  int sum = 0;
  for (int j = 0; j < n; j++) sum += abs(v[j]);
  return sum;
}

/* v += sign w if that is plainer */
static bool add_group(int *v, const int *w, int sign, int n)
{
  int sum = 0;
  for (int j = 0; j < n; j++) sum += abs(v[j] + sign * w[j]);
  if (sum >= cost(v, n)) return false;
  for (int j = 0; j < n; j++) v[j] += sign * w[j];
  return true;
}

static void plainer_groups(struct assay_sr_groups *g)
{
  for (bool again = true; again;) {
    again = false;
    for (int i = 0; i < g->n; i++)
      for (int k = 0; k < g->n; k++)
        for (int sign = -1; sign <= 1 && i != k; sign += 2)
          again = add_group(g->power[i], g->power[k], sign, g->n_vars) || again;
  }
}

/* The sum of absolute powers; one more for every power that is not whole. Of equal ones, those with
 * small powers and few divisions are plainer. */
static double prefactor_cost(const double *a, int n)
{
  double sum = 0;
  for (int j = 0; j < n; j++)
    sum += fabs(a[j]) + (a[j] != nearbyint(a[j])) + a[j] * a[j] / 16 + (a[j] < 0) / 8.0;
  return sum;
}

static bool same(const double *a, const double *b, int n)
{
  for (int j = 0; j < n; j++)
    if (fabs(a[j] - b[j]) > 1e-9) return false;
  return true;
}

/* a among the prefactors, by cost; false: it is there or too costly */
static bool keep(struct assay_sr_groups *g, const double *a)
{
  const double new = prefactor_cost(a, g->n_vars);
  int at = g->n_prefactors;
  for (int k = 0; k < g->n_prefactors; k++)
    if (same(a, g->prefactor[k], g->n_vars)) return false;
  while (at > 0 && prefactor_cost(g->prefactor[at - 1], g->n_vars) > new + 1e-9) at--;
  if (at == ASSAY_SR_PREFACTORS) return false;
  if (g->n_prefactors < ASSAY_SR_PREFACTORS) g->n_prefactors++;
  for (int k = g->n_prefactors - 1; k > at; k--)
    for (int j = 0; j < g->n_vars; j++) g->prefactor[k][j] = g->prefactor[k - 1][j];
  for (int j = 0; j < g->n_vars; j++) g->prefactor[at][j] = a[j];
  return true;
}

/* a column without a unit */
static bool is_column(const int *v, int n)
{
  int used = 0;
  for (int j = 0; j < n; j++) used += v[j] != 0;
  return used == 1;
}

/* what is plain and near: a with one group more or less, or half of one, from every prefactor */
static void plainer_prefactors(struct assay_sr_groups *g)
{
  enum { STEPS = 4 };
  static const double steps[STEPS] = {1, -1, 0.5, -0.5};
  double a[ASSAY_SR_MAX_VARS];
  for (bool again = true; again;) {
    again = false;
    for (int k = 0; k < g->n_prefactors; k++)
      for (int i = 0; i < g->n; i++)
        for (size_t s = 0; s < STEPS && !is_column(g->power[i], g->n_vars); s++) {
          for (int j = 0; j < g->n_vars; j++) a[j] = g->prefactor[k][j] + steps[s] * g->power[i][j];
          again = keep(g, a) || again;
        }
  }
}

int assay_sr_groups_find(struct assay_sr_groups *g, const double *dim, const bool *used, int n_vars)
{
  int rc = ASSAY_OK;
  bool consistent = true;
  double a[ASSAY_SR_MAX_VARS] = {0};
  struct matrix m = {.n = n_vars};
  *g = (struct assay_sr_groups){.n_vars = n_vars};
  for (int u = 0; u < ASSAY_SR_DIMS; u++) ASSAY_TRY(read_row(m.a[u], dim, used, n_vars, u));
  ASSAY_TRY(reduce(&m));
  g->rank = m.rank;
  for (int c = 0; c < n_vars; c++)
    if (!is_pivot(&m, c) && (!used || used[c])) null_vector(g->power[g->n++], &m, c);
  for (int r = m.rank; r < ASSAY_SR_DIMS; r++) consistent = consistent && m.a[r][n_vars] == 0;
  for (int r = 0; r < m.rank; r++)
    a[m.pivot[r]] = (double)m.a[r][n_vars] / (double)m.a[r][m.pivot[r]];
  plainer_groups(g);
  if (consistent) {
    keep(g, a);
    plainer_prefactors(g);
  }
done:
  return rc;
}

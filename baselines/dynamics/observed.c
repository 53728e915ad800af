#include "baselines/dynamics/observed.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { COORDINATES = 2, DIFFERENCES = 8 };

static int add_piece(struct assay_observed *o, const double *time, long first, long n)
{
  int rc = ASSAY_OK;
  if (n < 2) goto done;
  const double step = (time[first + n - 1] - time[first]) / (double)(n - 1);
  for (long i = first; i + 1 < first + n; i++)
    ASSAY_CHECK(fabs(time[i + 1] - time[i] - step) <= 1e-6 * step, ASSAY_EUNSUPPORTED,
                "trajectories must have equal steps: %g after %g at t = %g", time[i + 1] - time[i],
                step, time[i]);
  ASSAY_TRY(ASSAY_GROW(&o->piece, (size_t)o->n_pieces + 1, "trajectories"));
  o->piece[o->n_pieces++] = (struct assay_piece){first, n, step};
done:
  return rc;
}

static int find_pieces(struct assay_observed *o, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  const int8_t *code;
  const double *time = assay_table_x(t, o->n_states), *number = assay_table_x(t, o->n_states + 1);
  ASSAY_TRY(assay_table_split(&code, t, "task"));
  for (long first = 0, n; first < t->n_rows; first += n) {
    for (n = 1; first + n < t->n_rows && number[first + n] == number[first] &&
                code[first + n] == code[first];
         n++) {
    }
    ASSAY_TRY(add_piece(o, time, first, n));
  }
  ASSAY_CHECK(o->n_pieces > 0, ASSAY_EARG, "no trajectory of two points or more");
done:
  return rc;
}

int assay_observed_create(struct assay_observed **out, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  struct assay_observed *o = NULL;
  *out = NULL;
  ASSAY_CHECK(t->n_columns > COORDINATES &&
                  t->column[t->n_columns - 1].role == ASSAY_COLUMN_COORDINATE &&
                  t->column[t->n_columns - 2].role == ASSAY_COLUMN_COORDINATE,
              ASSAY_EARG, "the table has no trajectories: expected states, time and their number");
  ASSAY_TRY(ASSAY_NEW(&o, 1, "trajectories"));
  o->n_states = t->n_columns - COORDINATES;
  o->n_rows = t->n_rows;
  o->x = t->x;
  ASSAY_TRY(find_pieces(o, t));
  *out = o;
  o = NULL;
done:
  assay_observed_destroy(o);
  return rc;
}

void assay_observed_destroy(struct assay_observed *o)
{
  if (!o) return;
  assay_free(o->piece);
  assay_free(o);
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double assay_observed_noise(const struct assay_observed *o, int k, double *work)
{
  static const double binomial[DIFFERENCES + 1] = {1, -8, 28, -56, 70, -56, 28, -8, 1};
  const double *x = assay_observed_state(o, k);
  long n = 0;
  for (int p = 0; p < o->n_pieces; p++)
    for (long i = o->piece[p].first; i + DIFFERENCES < o->piece[p].first + o->piece[p].n; i++) {
      double d = 0;
      for (int j = 0; j <= DIFFERENCES; j++) d += binomial[j] * x[i + j];
      work[n++] = fabs(d);
    }
  if (n == 0) return 0;
  qsort(work, (size_t)n, sizeof *work, ascending);
  return work[n / 2] / (0.6745 * sqrt(12870));
}

#include "generators/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"
#include "generators/table_internal.h"

/* ---- splits --------------------------------------------------------------------------------- */

/* 8 : 1 : 1 in the order of the rows, no shuffling. */
static void split_by_position(int8_t *code, long n)
{
  const long train = (long)floor(0.8 * (double)n + 0.5), learn = (long)floor(0.9 * (double)n + 0.5);
  for (long i = 0; i < n; i++) code[i] = i < train ? 0 : i < learn ? 1 : 2;
}

/* Where a value lies in the range of its law: 0 in the middle, 1 at an end; on the scale of the
 * law. */
static double from_middle(double x, const struct assay_law *law)
{
  double lo = law->lo, hi = law->hi;
  if (law->kind == ASSAY_LAW_LOGUNIFORM) {
    x = assay_math_log(fabs(x));
    lo = assay_math_log(lo);
    hi = assay_math_log(hi);
  } else if (law->sign == ASSAY_SIGN_NEG) {
    x = -x;
  }
  return fabs(2 * (x - lo) / (hi - lo) - 1);
}

struct placed {
  double distance;
  long row;
};

static int outer_last(const void *a, const void *b)
{
  const struct placed *p = a, *q = b;
  if (p->distance != q->distance) return p->distance > q->distance ? 1 : -1;
  return (p->row > q->row) - (p->row < q->row);
}

/* The tenth of the rows that lies farthest out in some input tests; of the rest the first eight
 * ninths train. So training rows fill a box and test rows lie outside of it. */
static int split_outwards(int8_t *code, const struct assay_table *t, const struct assay_equation *e)
{
  int rc = ASSAY_OK;
  struct placed *rows = NULL;
  const long n = t->n_rows, inner = (long)floor(0.9 * (double)n + 0.5);
  const long train = (long)floor(0.8 * (double)n + 0.5);
  ASSAY_TRY(ASSAY_NEW(&rows, (size_t)n, "split"));
  for (long i = 0; i < n; i++) rows[i].row = i;
  for (int c = 0; c < e->n_inputs; c++) {
    const double *x = assay_table_x(t, c);
    for (long i = 0; i < n; i++)
      rows[i].distance = fmax(rows[i].distance, from_middle(x[i], &e->input[c].law));
  }
  qsort(rows, (size_t)n, sizeof *rows, outer_last);
  for (long i = 0; i < n; i++) code[rows[i].row] = i < inner ? 0 : 2;
  for (long i = 0, seen = 0; i < n; i++)
    if (code[i] == 0 && seen++ >= train) code[i] = 1;
done:
  assay_free(rows);
  return rc;
}

/* The last trajectory tests; of the others the last ninth validates. */
static void split_by_trajectory(int8_t *code, long n, const struct assay_system *s)
{
  const long learn = s->n_starts > 1 ? n - n / s->n_starts : (n * 9 + 5) / 10;
  for (long i = 0; i < n; i++) code[i] = i >= learn ? 2 : i >= learn - learn / 9 ? 1 : 0;
}

/* Three quarters train and a quarter tests, at random: the protocol of SRBench. */
static int split_at_random(int8_t *code, long n, struct table_key key)
{
  int rc = ASSAY_OK;
  ptrdiff_t *order = NULL;
  struct assay_rng rng = assay_rng_init(key.seed, key.number, STREAM_SPLIT);
  const long train = (long)floor(0.75 * (double)n + 0.5);
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)n, "split"));
  assay_rng_permutation(&rng, order, n);
  for (long i = 0; i < n; i++) code[order[i]] = i < train ? 0 : 2;
done:
  assay_free(order);
  return rc;
}

/* ---- description ---------------------------------------------------------------------------- */

static int describe_columns(struct assay_table *t, const struct assay_equation *e, bool units)
{
  int rc = ASSAY_OK;
  char law[96];
  for (int c = 0; c < e->n_inputs; c++) {
    const struct assay_equation_input *i = &e->input[c];
    assay_law_text(law, &i->law);
    ASSAY_TRY(
        assay_table_describe(&t->column[c], units ? i->quantity : "", units ? i->unit : "", law));
  }
  ASSAY_TRY(
      assay_table_describe(&t->target, units ? e->target : "", units ? e->target_unit : "", ""));
done:
  return rc;
}

static int set_texts(struct assay_table *t, const struct assay_table_recipe *r, int k)
{
  int rc = ASSAY_OK;
  char number[32], version[16], *title = NULL, *recipe = NULL, *name = NULL;
  const struct assay_table_head *head = assay_table_recipe_head(r);
  const struct assay_equation *e = assay_table_recipe_equation(r, k);
  snprintf(number, sizeof number, "%" PRIu64, head->seed);
  snprintf(version, sizeof version, "%d", ASSAY_TABLE_VERSION_NOW);
  ASSAY_TRY(assay_asprintf(&title, e->system ? "%s: d %s/dt = %s" : "%s: %s = %s", e->id, e->target,
                           e->expression));
  ASSAY_TRY(assay_table_recipe_text(&recipe, r, k));
  ASSAY_TRY(assay_table_recipe_name(&name, r, k));
  const char *task = !e->system                                    ? "regression"
                     : *assay_table_get(t, ASSAY_TABLE_EXPRESSION) ? "derivative"
                                                                   : "trajectory";
  const struct {
    enum assay_table_text which;
    const char *text;
  } texts[] = {
      {ASSAY_TABLE_ID, e->id},          {ASSAY_TABLE_TITLE, title},
      {ASSAY_TABLE_TASK, task},         {ASSAY_TABLE_DIFFICULTY, e->difficulty},
      {ASSAY_TABLE_NOTES, e->notes},    {ASSAY_TABLE_REFERENCE, e->reference},
      {ASSAY_TABLE_GENERATOR, "table"}, {ASSAY_TABLE_LICENSE, head->license},
      {ASSAY_TABLE_VERSION, version},   {ASSAY_TABLE_RECIPE_NAME, name},
      {ASSAY_TABLE_SEED, number},       {ASSAY_TABLE_RECIPE, recipe},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ASSAY_TRY(assay_table_set(t, texts[i].which, texts[i].text));
done:
  assay_free(title);
  assay_free(recipe);
  assay_free(name);
  return rc;
}

/* ---- in order ------------------------------------------------------------------------------- */

/* Time and number of the trajectory behind the states, and the state itself as y. */
static int turn_into_trajectories(struct assay_table *t, const struct assay_equation *e)
{
  int rc = ASSAY_OK;
  const struct assay_system *s = e->system;
  const char *const names[2] = {"time", "trajectory"}, *const units[2] = {"s", "1"};
  double *time = assay_table_x(t, s->n_states), *number = assay_table_x(t, s->n_states + 1);
  for (long i = 0; i < t->n_rows; i++) {
    time[i] = (double)(i % s->points) * s->step;
    number[i] = (double)(i / s->points);
  }
  memcpy(t->y, assay_table_x(t, e->state), (size_t)t->n_rows * sizeof *t->y);
  for (int c = 0; c < 2; c++) {
    t->column[s->n_states + c].role = ASSAY_COLUMN_COORDINATE;
    ASSAY_TRY(assay_table_describe(&t->column[s->n_states + c], names[c], units[c], ""));
  }
  ASSAY_TRY(assay_table_set(t, ASSAY_TABLE_EXPRESSION, ""));
done:
  return rc;
}

static bool gives_trajectories(const struct assay_equation *e, const struct assay_table_params *p)
{
  return e->system && p->observe == ASSAY_OBSERVE_TRAJECTORIES;
}

/* Rows as drawn, with what they are called; the columns are the inputs. */
static int draw_table(struct assay_table **out, const struct assay_equation *e,
                      const struct assay_table_params *p, struct table_key key)
{
  int rc = ASSAY_OK;
  struct assay_formula *f = NULL;
  const long rows = e->system ? assay_table_system_rows(e->system, p->rows) : p->rows;
  const int more = gives_trajectories(e, p) ? 2 : 0;
  ASSAY_TRY(assay_formula_create(&f, e->expression, e->n_inputs));
  ASSAY_TRY(assay_table_create(out, rows, e->n_inputs + more));
  if (e->system)
    ASSAY_TRY(assay_table_integrate(*out, e, f, p));
  else
    ASSAY_TRY(assay_table_sample(*out, e, f, key));
  ASSAY_TRY(assay_table_set(*out, ASSAY_TABLE_EXPRESSION, e->expression));
  ASSAY_TRY(assay_table_set(*out, ASSAY_TABLE_TRUTH, e->truth));
  ASSAY_TRY(describe_columns(*out, e, p->units));
  if (more) ASSAY_TRY(turn_into_trajectories(*out, e));
done:
  assay_formula_destroy(f);
  return rc;
}

int assay_table_make(struct assay_table **out, const struct assay_table_recipe *r, int k)
{
  int rc = ASSAY_OK;
  int8_t *code, *outer = NULL;
  struct assay_table *t = NULL;
  const struct assay_equation *e = assay_table_recipe_equation(r, k);
  const struct assay_table_params *p = assay_table_recipe_params(r);
  const struct table_key key = {assay_table_recipe_head(r)->seed, (uint64_t)e->number};
  *out = NULL;
  ASSAY_TRY(draw_table(&t, e, p, key));
  ASSAY_TRY(ASSAY_NEW(&outer, (size_t)t->n_rows, "split"));
  if (e->system)
    split_by_trajectory(outer, t->n_rows, e->system);
  else
    ASSAY_TRY(split_outwards(outer, t, e));
  if (p->dummies != ASSAY_DUMMIES_NONE) ASSAY_TRY(assay_table_mix_dummies(&t, e, p, key));
  ASSAY_TRY(set_texts(t, r, k));
  ASSAY_TRY(assay_table_certify(t, key));
  ASSAY_TRY(assay_table_add_split(&code, t, "position"));
  split_by_position(code, t->n_rows);
  ASSAY_TRY(assay_table_add_split(&code, t, "extrapolation"));
  memcpy(code, outer, (size_t)t->n_rows);
  ASSAY_TRY(assay_table_add_split(&code, t, "random"));
  ASSAY_TRY(split_at_random(code, t->n_rows, key));
  ASSAY_TRY(assay_table_disturb(t, p, key));
  *out = t;
  t = NULL;
done:
  assay_free(outer);
  assay_table_destroy(t);
  if (rc < 0) assay_err_prefix(rc, "equation %s: ", e->id);
  return rc;
}

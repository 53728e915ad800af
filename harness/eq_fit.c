/* assay eq fit: which equations describe a table of one's own. */
#include <jansson.h>
#include <math.h>

#include "baselines/symbolic/buckingham.h"
#include "baselines/symbolic/ensemble.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/phrase.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/num/stats.h"
#include "harness/eq.h"
#include "harness/eq_problem.h"
#include "harness/eq_units.h"
#include "metrics/equation.h"
#include "results/text_table.h"

struct fit_options {
  const char *target;
  double seconds, work, holdout;
  uint64_t seed;
  struct assay_list units;
  bool json;
};

static const struct assay_param rows[] = {
    {ASSAY_P_STRING(fit_options, target), .doc = "name of the column to explain; \"\": the last"},
    {ASSAY_P_DOUBLE(fit_options, seconds), .unit = "s", .min = 0, .max = 1e7,
     .doc = "time for the search; 0: 60, or no limit with --work"},
    {ASSAY_P_DOUBLE(fit_options, work), .unit = "1", .min = 0, .max = 1e18,
     .doc = "node-evaluations for the search; 0: time alone counts"},
    {ASSAY_P_U64(fit_options, seed), .doc = "which rows are for what; choices of the search"},
    {ASSAY_P_DOUBLE(fit_options, holdout), .unit = "1", .min = 0, .max = 0.4,
     .doc = "share of the rows that only the printed errors see; as many choose the equation"},
    {ASSAY_P_LIST(fit_options, units),
     .doc = "name=unit of all columns, or a file with a line of that for each"},
    {ASSAY_P_BOOL(fit_options, json), .doc = "print JSON"},
    {0},
};

static const struct fit_options defaults = {.target = "", .holdout = 0.1};

static const double USUAL_SECONDS = 60;
static const uint64_t NO_LIMIT = UINT64_MAX / 2;

/* ---- the search --------------------------------------------------------------------------- */

static int make_table(struct assay_sr_table **out, const struct assay_eq_problem *p,
                      const double *dim)
{
  int rc = ASSAY_OK;
  ptrdiff_t *row = NULL;
  ASSAY_TRY(ASSAY_NEW(&row, (size_t)p->n, "rows"));
  for (ptrdiff_t i = 0; i < p->n; i++) row[i] = i;
  const struct assay_sr_source from = {.n_vars = p->n_inputs,
                                       .n = p->n,
                                       .x = p->x,
                                       .y = p->y,
                                       .train = row,
                                       .valid = row + p->fit,
                                       .n_train = p->fit,
                                       .n_valid = p->choose,
                                       .dim = dim};
  ASSAY_TRY(assay_sr_table_create(out, &from));
done:
  assay_free(row);
  return rc;
}

/* How far the search is: the share of the budget that is spent. */
struct watch {
  struct assay_progress progress;
  double seconds, work; /* 0: no limit */
};

static void look(void *watcher, const struct assay_sr_budget *b)
{
  struct watch *w = watcher;
  const double time = w->seconds > 0 ? (assay_clock() - w->progress.started) / w->seconds : 0;
  const double work = w->work > 0 ? (double)b->used / w->work : 0;
  assay_progress_add(&w->progress, fmax(time, work) - w->progress.done, "at most");
}

struct search {
  struct assay_sr_budget budget;
  double seconds; /* that it took */
};

static int run_search(struct search *s, struct assay_sr_front *front, const struct fit_options *o)
{
  int rc = ASSAY_OK;
  struct watch w = {.work = o->work};
  w.seconds = o->seconds > 0 || o->work > 0 ? o->seconds : USUAL_SECONDS;
  s->budget = assay_sr_budget_start(o->work > 0 ? (uint64_t)o->work : NO_LIMIT, w.seconds);
  s->budget.watch = look;
  s->budget.watcher = &w;
  assay_progress_start(&w.progress, "search", 1, stderr);
  rc = assay_sr_ensemble(front, &s->budget, o->seed);
  assay_progress_finish(&w.progress);
  s->budget.watch = NULL;
  s->seconds = assay_clock() - w.progress.started;
  ASSAY_TRY(rc);
  if (!assay_sr_front_select(front)) { /* the mean can always be said */
    struct assay_sr_budget own = assay_sr_budget_start(NO_LIMIT, 0);
    ASSAY_TRY(assay_sr_fit_constant(front, &own, o->seed));
  }
  ASSAY_CHECK(assay_sr_front_select(front), ASSAY_EJOB, "the search has found no equation");
done:
  return rc;
}

static const char *why_it_ended(const struct assay_sr_front *front, const struct assay_sr_budget *b)
{
  if (assay_sr_model_exact(assay_sr_front_select(front))) return "a law that matches to rounding";
  return b->late ? "the time was up" : b->spent ? "the work was done" : "nothing left to try";
}

/* ---- units -------------------------------------------------------------------------------- */

/* "mass*speed^2/radius" and "density*size/viscosity": P and the groups of y = P f(groups) */
struct analysis {
  bool known, possible; /* there are units; a product of columns has that of the target */
  int n;
  struct assay_sr_phrase *text; /* [1 + n] P first */
};

static void say_product(struct assay_sr_phrase *p, const double *power,
                        const struct assay_eq_problem *q)
{
  struct assay_sr_factor factor[ASSAY_SR_MAX_VARS];
  int n = 0;
  for (int j = 0; j < q->n_inputs; j++)
    if (power[j] != 0) factor[n++] = (struct assay_sr_factor){q->name[j], power[j], false};
  assay_sr_put_product(p, 1, 0, factor, n);
}

static int analyse(struct analysis *a, const struct assay_sr_table *t,
                   const struct assay_eq_problem *q)
{
  int rc = ASSAY_OK;
  struct assay_sr_groups *g = NULL;
  ASSAY_TRY(ASSAY_NEW(&g, 1, "units"));
  ASSAY_TRY(assay_sr_groups_of_table(&a->known, g, t));
  if (!a->known) goto done;
  ASSAY_TRY(ASSAY_NEW(&a->text, (size_t)g->n + 1, "units"));
  a->possible = g->n_prefactors > 0;
  a->n = g->n;
  if (a->possible) say_product(&a->text[0], g->prefactor[0], q);
  for (int k = 0; k < g->n; k++) {
    double power[ASSAY_SR_MAX_VARS];
    for (int j = 0; j < q->n_inputs; j++) power[j] = g->power[k][j];
    say_product(&a->text[k + 1], power, q);
  }
done:
  assay_free(g);
  return rc;
}

static void print_analysis(const struct analysis *a, const char *target, FILE *out)
{
  if (!a->known) return;
  if (!a->possible)
    fprintf(out, "units: no product of the columns has that of %s: a constant must carry one\n",
            target);
  else if (a->n == 0)
    fprintf(out, "units: %s = a number times %s\n", target, a->text[0].text);
  else
    fprintf(out, "units: %s = %s times a function of ", target, a->text[0].text);
  for (int k = 0; k < a->n && a->possible; k++)
    fprintf(out, "%s%s", a->text[k + 1].text, k + 1 < a->n ? ", " : "\n");
}

static json_t *analysis_json(const struct analysis *a)
{
  if (!a->known) return json_null();
  json_t *groups = json_array();
  for (int k = 0; k < a->n; k++) json_array_append_new(groups, json_string(a->text[k + 1].text));
  return json_pack("{so,so}", "product", a->possible ? json_string(a->text[0].text) : json_null(),
                   "groups", groups);
}

/* ---- errors ------------------------------------------------------------------------------- */

struct report {
  const char *path;
  const struct assay_eq_problem *problem;
  const struct assay_sr_front *front;
  struct analysis units;
  struct search search;
  int n;                               /* equations that are shown */
  const struct assay_sr_model **model; /* [n] */
  double *r2, *relative; /* [n] on the held-out rows, without any on those that choose */
  char **text;           /* [n] */
};

static void close_report(struct report *r)
{
  for (int i = 0; r->text && i < r->n; i++) assay_free(r->text[i]);
  assay_free(r->text);
  assay_free(r->units.text);
  assay_free(r->model);
  assay_free(r->r2);
  assay_free(r->relative);
}

/* median |f - y| / |y| */
static int relative_error(double *out, const struct assay_expr *e,
                          const struct assay_metric_equation *q)
{
  int rc = ASSAY_OK;
  double *f = NULL;
  ASSAY_TRY(assay_equation_values(&f, e, q));
  for (long i = 0; i < q->n; i++) f[i] = f[i] == q->y[i] ? 0 : fabs((f[i] - q->y[i]) / q->y[i]);
  *out = assay_stats_median(f, (ptrdiff_t)q->n);
done:
  assay_free(f);
  return rc;
}

/* Larger equations must be better by a hundredth on the rows that choose; errors below EXACT are
 * rounding. The selected one is always shown. */
static int pick_shown(struct report *r)
{
  static const double GAIN = 0.99, EXACT = 1e-24;
  int rc = ASSAY_OK;
  double best = (double)INFINITY;
  const struct assay_sr_model *selected = assay_sr_front_select(r->front);
  ASSAY_TRY(ASSAY_NEW(&r->model, (size_t)r->front->n, "equations"));
  for (int i = 0; i < r->front->n; i++) {
    const struct assay_sr_model *m = &r->front->model[i];
    const bool better = m->valid_nmse < GAIN * best && best > EXACT;
    if (better) best = m->valid_nmse;
    if (better && r->n > 0 && r->model[r->n - 1]->complexity == m->complexity &&
        r->model[r->n - 1] != selected)
      r->model[r->n - 1] = m;
    else if (better || m == selected)
      r->model[r->n++] = m;
  }
done:
  return rc;
}

static int measure(struct report *r)
{
  int rc = ASSAY_OK;
  const struct assay_eq_problem *p = r->problem;
  const ptrdiff_t first = p->held > 0 ? p->fit + p->choose : p->fit;
  const double *x[ASSAY_SR_MAX_VARS];
  for (int j = 0; j < p->n_inputs; j++) x[j] = p->x + j * p->n + first;
  const struct assay_metric_equation q = {
      .n_columns = p->n_inputs, .n = (long)(p->n - first), .x = x, .y = p->y + first};
  ASSAY_TRY(ASSAY_NEW(&r->r2, (size_t)r->n, "errors"));
  ASSAY_TRY(ASSAY_NEW(&r->relative, (size_t)r->n, "errors"));
  ASSAY_TRY(ASSAY_NEW(&r->text, (size_t)r->n, "errors"));
  for (int i = 0; i < r->n; i++) {
    const struct assay_expr *e = r->model[i]->expr;
    ASSAY_TRY(assay_equation_r2(&r->r2[i], e, &q));
    ASSAY_TRY(relative_error(&r->relative[i], e, &q));
    ASSAY_TRY(
        assay_expr_print_names(&r->text[i], e, ASSAY_EXPR_INFIX, (const char *const *)p->name));
  }
done:
  return rc;
}

/* ---- printing ----------------------------------------------------------------------------- */

static int print_table(const struct report *r, FILE *out)
{
  enum { MARK, COMPLEXITY, R2, RELATIVE, EQUATION, COLUMNS };
  static const struct assay_text_table_column columns[COLUMNS] = {
      {"", "", .left = true},         {"complexity", ""}, {"R2", ""}, {"median error", ""},
      {"equation", "", .left = true},
  };
  int rc = ASSAY_OK;
  struct assay_text_table t = {0};
  const struct assay_sr_model *selected = assay_sr_front_select(r->front);
  ASSAY_TRY(assay_text_table_create(&t, COLUMNS, r->n));
  for (int c = 0; c < COLUMNS; c++) t.columns[c] = columns[c];
  for (int i = 0; i < r->n; i++) {
    const struct assay_sr_model *m = r->model[i];
    ASSAY_TRY(assay_text_table_put(&t, i, MARK, "%s", m == selected ? "*" : ""));
    ASSAY_TRY(assay_text_table_put(&t, i, COMPLEXITY, "%d", m->complexity));
    ASSAY_TRY(assay_text_table_put(&t, i, R2, "%.6f", r->r2[i]));
    ASSAY_TRY(assay_text_table_put(&t, i, RELATIVE, "%.1e", r->relative[i]));
    ASSAY_TRY(assay_text_table_put(&t, i, EQUATION, "%s", r->text[i]));
  }
  assay_text_table_print(&t, 0, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

static int print_text(const struct report *r, FILE *out)
{
  int rc = ASSAY_OK;
  const struct assay_eq_problem *p = r->problem;
  char time[32];
  fprintf(out, "%s: %s from %d columns; %td rows fit, %td choose, %td are held out\n", r->path,
          p->target, p->n_inputs, p->fit, p->choose, p->held);
  print_analysis(&r->units, p->target, out);
  fprintf(out, "%s, %.3g node-evaluations; %s\n\n", assay_duration_text(time, r->search.seconds),
          (double)r->search.budget.used, why_it_ended(r->front, &r->search.budget));
  ASSAY_TRY(print_table(r, out));
  fprintf(out, "\nR2 and median |error| / |%s| on the rows %s; * is the one to take\n", p->target,
          p->held > 0 ? "held out" : "that choose");
done:
  return rc;
}

static json_t *number(double x)
{
  return isfinite(x) ? json_real(x) : json_null();
}

static json_t *model_json(const struct report *r, int i)
{
  char *native = NULL;
  const struct assay_sr_model *m = r->model[i];
  if (assay_expr_print(&native, m->expr, ASSAY_EXPR_INFIX) < 0) return NULL;
  json_t *json = json_pack("{sb,si,so,so,ss,ss,ss}", "selected",
                           m == assay_sr_front_select(r->front), "complexity", m->complexity, "r2",
                           number(r->r2[i]), "median_relative_error", number(r->relative[i]),
                           "equation", r->text[i], "native", native, "found_by", m->source);
  assay_free(native);
  return json;
}

static int print_json(const struct report *r, uint64_t seed, FILE *out)
{
  int rc = ASSAY_OK;
  const struct assay_eq_problem *p = r->problem;
  json_t *names = json_array(), *models = json_array();
  for (int j = 0; j < p->n_inputs; j++) json_array_append_new(names, json_string(p->name[j]));
  for (int i = 0; i < r->n && rc == 0; i++)
    rc = json_array_append_new(models, model_json(r, i)); /* refuses NULL */
  json_t *all = json_pack("{ss,ss,so,so,s{sI,sI,sI},sI,sf,sf,sb,ss,so}", "file", r->path, "target",
                          p->target, "inputs", names, "units", analysis_json(&r->units), "rows",
                          "fit", (json_int_t)p->fit, "choose", (json_int_t)p->choose, "held_out",
                          (json_int_t)p->held, "seed", (json_int_t)seed, "seconds",
                          r->search.seconds, "work", (double)r->search.budget.used, "exact",
                          assay_sr_model_exact(assay_sr_front_select(r->front)), "end",
                          why_it_ended(r->front, &r->search.budget), "equations", models);
  ASSAY_CHECK(rc == 0 && all, ASSAY_ENOMEM, "no JSON could be made of the equations");
  json_dumpf(all, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  fputc('\n', out);
done:
  json_decref(all);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct fit_options *o = options;
  struct assay_eq_columns columns = {0};
  struct assay_eq_problem *problem = NULL;
  struct assay_sr_table *table = NULL;
  struct assay_sr_front *front = NULL;
  double *dim = NULL;
  struct report r = {.path = args[0]};
  struct assay_list units = o->units;
  char *store = NULL;
  (void)n_args;
  ASSAY_TRY(assay_eq_columns_read(&columns, args[0]));
  ASSAY_TRY(assay_eq_problem_create(&problem, &columns, args[0], o->target, o->holdout, o->seed));
  ASSAY_TRY(assay_options_split(&units, &store));
  ASSAY_TRY(assay_eq_units(&dim, &columns, problem->target_column, &units, args[0]));
  ASSAY_TRY(make_table(&table, problem, dim));
  ASSAY_TRY(analyse(&r.units, table, problem));
  ASSAY_TRY(assay_sr_front_create(&front, table));
  r.problem = problem;
  r.front = front;
  ASSAY_TRY(run_search(&r.search, front, o));
  ASSAY_TRY(pick_shown(&r));
  ASSAY_TRY(measure(&r));
  ASSAY_TRY(o->json ? print_json(&r, o->seed, out) : print_text(&r, out));
done:
  close_report(&r);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(table);
  assay_eq_problem_destroy(problem);
  assay_eq_columns_free(&columns);
  assay_free(dim);
  assay_free(store);
  return rc;
}

const struct assay_verb assay_eq_fit = {
    .name = "eq fit",
    .doc = "equations that describe a table of your own",
    .usage = "FILE [options]",
    .detail =
        "FILE holds a row per line, with or without a header, separated by commas, semicolons,\n"
        "tabs or blanks; lines that begin with '#' are comments. Structured search, linear "
        "methods\n"
        "and genetic programming (docs/symbolic-search.md) take turns until a law matches to\n"
        "rounding or the budget is spent. With --work the result does not depend on the machine.\n"
        "Units in the header, 'mass [kg],speed [m s-1]', or in --units are used by dimensional\n"
        "analysis; they are powers of SI units, 1 for a number.\n"
        "What is printed are the best equations for their size (nodes of the tree); one is "
        "chosen.\n"
        "\n"
        "  assay eq fit measured.csv\n"
        "  assay eq fit measured.csv --target force --work 20e9 --json\n"
        "  assay eq fit measured.csv --units 'mass=kg,speed=m s-1,radius=m,force=N'",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

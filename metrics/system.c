#include "metrics/system.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program.h"
#include "core/num/ode.h"
#include "metrics/equation.h"

static const double TOLERANCE = 1e-8;
enum { STEPS_PER_ROW = 2000 };

/* ---- following ---------------------------------------------------------------------------- */

/* Right-hand sides that can be evaluated point by point. */
struct flow {
  int n;
  struct assay_expr_program *rate[ASSAY_ODE_STATES_MAX];
  struct assay_expr_work *work;
};

static void flow_close(struct flow *f)
{
  for (int k = 0; k < f->n; k++) assay_expr_program_free(f->rate[k]);
  assay_expr_work_free(f->work);
}

static int flow_open(struct flow *f, const struct assay_expr *const *rate, int n)
{
  int rc = ASSAY_OK;
  const struct assay_expr_compile_options options = {.fixed = true};
  *f = (struct flow){0};
  ASSAY_CHECK(n <= ASSAY_ODE_STATES_MAX, ASSAY_EARG, "%d states, at most %d", n,
              ASSAY_ODE_STATES_MAX);
  ASSAY_TRY(assay_expr_work_create(&f->work));
  for (; f->n < n; f->n++) ASSAY_TRY(assay_expr_compile(&f->rate[f->n], rate[f->n], &options));
done:
  return rc;
}

static int rates_of(double *out, double t, const double *x, void *context)
{
  int rc = ASSAY_OK;
  const struct flow *f = context;
  (void)t;
  for (int k = 0; k < f->n; k++)
    ASSAY_TRY(assay_expr_eval_point(&out[k], f->rate[k], NULL, x, f->work));
done:
  return rc;
}

/* Standard deviation over the rows. */
static double spread(const double *x, long n)
{
  double mean = 0, size = 0, sum = 0;
  for (long i = 0; i < n; i++) {
    mean += x[i] / (double)n;
    size = fmax(size, fabs(x[i]));
  }
  for (long i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean) / (double)n;
  const double sd = sqrt(sum);
  return sd > 1e-12 * size ? sd : size > 0 ? size : 1;
}

static double distance(const double *p, const struct assay_metric_system *s, long row,
                       const double *scale)
{
  double sum = 0;
  for (int k = 0; k < s->n; k++) {
    const double e = (p[k] - s->state[0].x[k][row]) / scale[k];
    sum += e * e / s->n;
  }
  return isfinite(sum) ? fmin(1, sqrt(sum)) : 1;
}

/* From row to row until it diverges. */
static int walk(double *d, const struct assay_metric_system *s, struct assay_metric_window w,
                const struct assay_ode *ode, const double *scale)
{
  int rc = ASSAY_OK;
  double x[ASSAY_ODE_STATES_MAX], step = 0;
  for (long j = 0; j + 1 < w.n; j++) d[j] = 1;
  for (int k = 0; k < s->n; k++) x[k] = s->state[0].x[k][w.first];
  for (long j = 0; j + 1 < w.n; j++) {
    const long row = w.first + j;
    rc = assay_ode_advance(x, &step, ode, s->time[row], s->time[row + 1]);
    if (rc == ASSAY_EDIVERGED) return ASSAY_OK;
    ASSAY_TRY(rc);
    d[j] = distance(x, s, row + 1, scale);
  }
done:
  return rc;
}

int assay_system_follow(double *d, const struct assay_metric_system *s, int window)
{
  int rc = ASSAY_OK;
  struct flow flow = {0};
  const struct assay_expr *rate[ASSAY_ODE_STATES_MAX];
  double scale[ASSAY_ODE_STATES_MAX], least = (double)INFINITY;
  ASSAY_CHECK(s->n <= ASSAY_ODE_STATES_MAX, ASSAY_EARG, "%d states, at most %d", s->n,
              ASSAY_ODE_STATES_MAX);
  for (int k = 0; k < s->n; k++) {
    rate[k] = s->state[k].predicted;
    scale[k] = spread(s->state[0].x[k], s->state[0].n);
    least = fmin(least, scale[k]);
  }
  ASSAY_TRY(flow_open(&flow, rate, s->n));
  const struct assay_ode ode = {.n = s->n,
                                .rate = rates_of,
                                .context = &flow,
                                .relative = TOLERANCE,
                                .absolute = 0.01 * TOLERANCE * least,
                                .steps = STEPS_PER_ROW};
  ASSAY_TRY(walk(d, s, s->window[window], &ode, scale));
done:
  flow_close(&flow);
  return rc;
}

/* ---- known answers ------------------------------------------------------------------------ */

enum { POINTS = 21, WINDOWS = 2, ROWS = POINTS * WINDOWS };
static const double answer_step = 0.1;
static const double answer_start[WINDOWS][ASSAY_ANSWER_STATES] = {{1.7, -0.4, 0.9},
                                                                  {0.6, 1.1, -0.5}};

/* Everything that an example needs. */
struct example {
  struct assay_metric_equation state[ASSAY_ANSWER_STATES];
  struct assay_expr *law[ASSAY_ANSWER_STATES], *predicted[ASSAY_ANSWER_STATES];
  const struct assay_expr *front[ASSAY_ANSWER_STATES];
  double x[ASSAY_ANSWER_STATES][ROWS], *y[ASSAY_ANSWER_STATES], time[ROWS];
  const double *column[ASSAY_ANSWER_STATES];
  double scale[ASSAY_ANSWER_STATES];
  bool positive[ASSAY_ANSWER_STATES];
  struct assay_metric_window window[WINDOWS];
};

static struct example *example_of(const struct assay_metric_system *s)
{
  struct example *e;
  memcpy(&e, &s->state, sizeof e); /* state is its first member */
  return e;
}

static void example_close(struct example *e)
{
  if (!e) return;
  for (int k = 0; k < ASSAY_ANSWER_STATES; k++) {
    assay_expr_free(e->law[k]);
    assay_expr_free(e->predicted[k]);
    assay_free(e->y[k]);
  }
  assay_free(e);
}

/* The true trajectories. */
static int fill_rows(struct example *e, int n)
{
  int rc = ASSAY_OK;
  struct flow flow = {0};
  ASSAY_TRY(flow_open(&flow, (const struct assay_expr *const *)e->law, n));
  const struct assay_ode ode = {.n = n,
                                .rate = rates_of,
                                .context = &flow,
                                .relative = 1e-13,
                                .absolute = 1e-14,
                                .steps = 100000};
  for (int w = 0; w < WINDOWS; w++) {
    double x[ASSAY_ANSWER_STATES], step = 0;
    memcpy(x, answer_start[w], sizeof x);
    e->window[w] = (struct assay_metric_window){(long)w * POINTS, POINTS};
    for (int i = 0; i < POINTS; i++) {
      const int row = w * POINTS + i;
      e->time[row] = answer_step * i;
      for (int k = 0; k < n; k++) e->x[k][row] = x[k];
      ASSAY_TRY(assay_ode_advance(x, &step, &ode, e->time[row], answer_step * (i + 1)));
    }
  }
done:
  flow_close(&flow);
  return rc;
}

static int fill_state(struct example *e, int k, int n)
{
  int rc = ASSAY_OK;
  struct assay_metric_equation *q = &e->state[k];
  e->front[k] = e->predicted[k];
  *q = (struct assay_metric_equation){.predicted = e->predicted[k],
                                      .n_front = 1,
                                      .front = &e->front[k],
                                      .law = e->law[k],
                                      .truth = e->law[k],
                                      .n_columns = n,
                                      .scale = e->scale,
                                      .positive = e->positive,
                                      .n = ROWS,
                                      .x = e->column};
  ASSAY_TRY(assay_equation_values(&e->y[k], q->law, q));
  q->y = e->y[k];
done:
  return rc;
}

int assay_system_answer_build(struct assay_metric_system *out,
                              const struct assay_metric_system_answer *answer)
{
  int rc = ASSAY_OK, n = 0;
  struct example *e = NULL;
  *out = (struct assay_metric_system){0};
  ASSAY_TRY(ASSAY_NEW(&e, 1, "example"));
  for (; n < ASSAY_ANSWER_STATES && answer->law[n]; n++) {
    ASSAY_TRY(assay_expr_parse(&e->law[n], answer->law[n], NULL));
    ASSAY_TRY(assay_expr_parse(&e->predicted[n], answer->predicted[n], NULL));
    e->column[n] = e->x[n];
    e->scale[n] = 1;
  }
  ASSAY_TRY(fill_rows(e, n));
  for (int k = 0; k < n; k++) ASSAY_TRY(fill_state(e, k, n));
  *out = (struct assay_metric_system){
      .n = n, .state = e->state, .time = e->time, .n_windows = WINDOWS, .window = e->window};
  e = NULL;
done:
  example_close(e);
  return rc;
}

void assay_system_answer_release(struct assay_metric_system *s)
{
  example_close(example_of(s));
  *s = (struct assay_metric_system){0};
}

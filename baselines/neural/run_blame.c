/* Where the first number is that is not finite. */
#include <math.h>

#include "baselines/neural/run_parts.h"
#include "core/base/err.h"
#include "core/base/mem.h"

bool assay_nn_run_all_finite(const float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return false;
  return true;
}

static int blame_inputs(char **out, const struct assay_nn_run *run, int n)
{
  const struct assay_nn_graph *g = run->graph;
  for (int v = 0; v < g->n_values; v++) {
    const struct assay_nn_value *value = &g->value[v];
    const size_t items = (size_t)(value->items > 0 ? value->items : n);
    if (value->input &&
        !assay_nn_run_all_finite(run->input[v], items * assay_nn_shape_size(&value->shape)))
      return assay_asprintf(out, "input %s", value->name);
  }
  return ASSAY_OK;
}

static int blame_parameters(char **out, const struct assay_nn_params *p, const float *block,
                            const char *what)
{
  for (int i = 0; i < p->n; i++)
    if (!assay_nn_run_all_finite(block + p->row[i].offset, p->row[i].size))
      return assay_asprintf(out, "%s %s", what, p->row[i].name);
  return ASSAY_OK;
}

/* Forward (and backward) once more, looking at what comes out of every layer. */
static int blame_layers(char **out, struct assay_nn_run *run, int n)
{
  int rc = ASSAY_OK;
  double loss = 0;
  run->searching = true;
  run->settled = false;
  run->bad = -1;
  if (run->options.training)
    assay_nn_run_train(&loss, run, n);
  else
    assay_nn_run_phases(run, n);
  run->searching = false;
  if (run->bad >= 0)
    ASSAY_TRY(
        assay_asprintf(out, "layer %s", run->graph->node[run->plan.step[run->bad].node].name));
  else if (!isfinite(loss))
    ASSAY_TRY(assay_strdup(out, "loss"));
done:
  return rc;
}

int assay_nn_run_blame(char **out, struct assay_nn_run *run, int n)
{
  int rc = ASSAY_OK;
  const struct assay_nn_params *params = run->graph->params;
  *out = NULL;
  ASSAY_TRY(assay_nn_run_check_samples(run, n));
  ASSAY_TRY(blame_inputs(out, run, n));
  if (!*out) ASSAY_TRY(blame_parameters(out, params, params->value, "parameter"));
  if (!*out) ASSAY_TRY(blame_layers(out, run, n));
  if (!*out && run->options.training)
    ASSAY_TRY(blame_parameters(out, params, params->gradient, "gradient of"));
  if (!*out) ASSAY_TRY(assay_strdup(out, "nowhere"));
done:
  return rc;
}

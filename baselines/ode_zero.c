/* Nothing moves: the state stays as it is. */
#include "baselines/discovery.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/answer.h"

enum { COORDINATES = 2 };

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  static char zero[] = "0";
  struct assay_answer a = {.system = true, .n = job->table->n_columns - COORDINATES};
  ASSAY_CHECK(a.n > 0, ASSAY_EARG, "the table has no states");
  ASSAY_TRY(ASSAY_NEW(&a.equation, (size_t)a.n, "equations"));
  for (int k = 0; k < a.n; k++) a.equation[k] = zero;
  ASSAY_TRY(assay_answer_write(&a, job->output));
done:
  assay_free(a.equation);
  return rc;
}

const struct assay_baseline assay_baseline_ode_zero = {
    .name = "ode_zero",
    .version = 1,
    .doc = "no rate at all: the state stays, no learning",
    .reference = "persistence (floors)",
    .kinds = 1u << ASSAY_TASK_DISCOVERY,
    .floor = true,
    .predict = predict,
};

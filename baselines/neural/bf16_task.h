/* One thing that oneDNN does: a primitive and what its arguments look like. Internal to bf16.h. */
#ifndef ASSAY_BASELINES_NEURAL_BF16_TASK_H
#define ASSAY_BASELINES_NEURAL_BF16_TASK_H
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stddef.h>

enum { ASSAY_NN_TASK_ARGS = 4 };

struct assay_nn_task {
  dnnl_primitive_t primitive; /* NULL: not made */
  int n, which[ASSAY_NN_TASK_ARGS];
  dnnl_memory_desc_t md[ASSAY_NN_TASK_ARGS];
  dnnl_memory_desc_t pad; /* its own scratch memory */
};

/* Row-major numbers. */
dnnl_memory_desc_t assay_nn_task_plain(dnnl_data_type_t type, int n, const long *d);
/* Two dimensions, the second outermost. */
dnnl_memory_desc_t assay_nn_task_turned(dnnl_data_type_t type, long rows, long columns);
/* In the order that suits the primitive. */
dnnl_memory_desc_t assay_nn_task_any(dnnl_data_type_t type, int n, const long *d);

/* description: of an operation, as oneDNN wants it; ahead: of the forward direction, or NULL; add:
 * to what stands in the target; which: arguments (DNNL_ARG_...) in the order of run. *kept, if
 * wanted, is for `ahead` of others; the caller destroys it. */
int assay_nn_task_make(struct assay_nn_task *t, const void *description,
                       const_dnnl_primitive_desc_t ahead, bool add, int n, const int *which,
                       dnnl_primitive_desc_t *kept);
/* Numbers in another order or of another type. */
int assay_nn_task_reorder(struct assay_nn_task *t, const dnnl_memory_desc_t *from,
                          const dnnl_memory_desc_t *to);
void assay_nn_task_clear(struct assay_nn_task *t);

/* What argument i looks like; floats that it takes, that its scratch memory takes. */
const dnnl_memory_desc_t *assay_nn_task_md(const struct assay_nn_task *t, int i);
size_t assay_nn_task_floats(const struct assay_nn_task *t, int i);
size_t assay_nn_task_pad(const struct assay_nn_task *t);

/* data [n]; false: it could not. */
bool assay_nn_task_run(const struct assay_nn_task *t, const void *const *data, float *pad);

#endif

#include "baselines/neural/bf16_task.h"

#include <pthread.h>
#include <string.h>

#include "core/base/err.h"

/* of libgomp, whose header not every compiler has */
extern void omp_set_num_threads(int n);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static dnnl_engine_t engine; /* of the process; NULL: there is none */

static void make_engine(void)
{
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) engine = NULL;
}

static int enter(void)
{
  int rc = ASSAY_OK;
  pthread_once(&once, make_engine);
  ASSAY_CHECK(engine, ASSAY_EENV, "oneDNN finds no processor");
  omp_set_num_threads(1); /* of this thread */
done:
  return rc;
}

/* ---- what arrays look like ------------------------------------------------------------------ */

static dnnl_memory_desc_t describe(dnnl_data_type_t type, int n, const long *d,
                                   dnnl_format_tag_t order)
{
  dnnl_memory_desc_t md;
  dnnl_dims_t dims;
  for (int i = 0; i < n; i++) dims[i] = d[i];
  if (dnnl_memory_desc_init_by_tag(&md, n, dims, type, order) != dnnl_success)
    memset(&md, 0, sizeof md); /* refused by whatever uses it */
  return md;
}

dnnl_memory_desc_t assay_nn_task_plain(dnnl_data_type_t type, int n, const long *d)
{
  static const dnnl_format_tag_t order[] = {dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd};
  return describe(type, n, d, order[n - 1]);
}

dnnl_memory_desc_t assay_nn_task_turned(dnnl_data_type_t type, long rows, long columns)
{
  return describe(type, 2, (const long[]){rows, columns}, dnnl_ba);
}

dnnl_memory_desc_t assay_nn_task_any(dnnl_data_type_t type, int n, const long *d)
{
  return describe(type, n, d, dnnl_format_tag_any);
}

static size_t floats_of(const dnnl_memory_desc_t *md)
{
  return (dnnl_memory_desc_get_size(md) + 63) / 64 * 16;
}

const dnnl_memory_desc_t *assay_nn_task_md(const struct assay_nn_task *t, int i)
{
  return &t->md[i];
}

size_t assay_nn_task_floats(const struct assay_nn_task *t, int i)
{
  return floats_of(&t->md[i]);
}

size_t assay_nn_task_pad(const struct assay_nn_task *t)
{
  return t->primitive ? floats_of(&t->pad) : 0;
}

/* ---- primitives ----------------------------------------------------------------------------- */

#define DO(call)                                                                          \
  do {                                                                                    \
    const dnnl_status_t status_ = (call);                                                 \
    ASSAY_CHECK(status_ == dnnl_success, ASSAY_EENV, "oneDNN: %s gives status %d", #call, \
                (int)status_);                                                            \
  } while (0)

static int finish(struct assay_nn_task *t, const_dnnl_primitive_desc_t described, int n,
                  const int *which)
{
  int rc = ASSAY_OK;
  t->n = n;
  for (int i = 0; i < n; i++) {
    t->which[i] = which[i];
    t->md[i] = *dnnl_primitive_desc_query_md(described, dnnl_query_exec_arg_md, which[i]);
  }
  t->pad = *dnnl_primitive_desc_query_md(described, dnnl_query_scratchpad_md, 0);
  DO(dnnl_primitive_create(&t->primitive, described));
done:
  return rc;
}

/* Scratch memory is ours: that of the library belongs to the thread that made the primitive. */
static int make_attributes(dnnl_primitive_attr_t *out, bool add)
{
  int rc = ASSAY_OK;
  dnnl_post_ops_t behind = NULL;
  DO(dnnl_primitive_attr_create(out));
  DO(dnnl_primitive_attr_set_scratchpad_mode(*out, dnnl_scratchpad_mode_user));
  if (add) {
    DO(dnnl_post_ops_create(&behind));
    DO(dnnl_post_ops_append_sum(behind, 1));
    DO(dnnl_primitive_attr_set_post_ops(*out, behind));
  }
done:
  dnnl_post_ops_destroy(behind);
  return rc;
}

int assay_nn_task_make(struct assay_nn_task *t, const void *description,
                       const_dnnl_primitive_desc_t ahead, bool add, int n, const int *which,
                       dnnl_primitive_desc_t *kept)
{
  int rc = ASSAY_OK;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t described = NULL;
  ASSAY_TRY(enter());
  ASSAY_TRY(make_attributes(&attributes, add));
  DO(dnnl_primitive_desc_create(&described, description, attributes, engine, ahead));
  ASSAY_TRY(finish(t, described, n, which));
  if (kept) {
    *kept = described;
    described = NULL;
  }
done:
  dnnl_primitive_attr_destroy(attributes);
  dnnl_primitive_desc_destroy(described);
  return rc;
}

int assay_nn_task_reorder(struct assay_nn_task *t, const dnnl_memory_desc_t *from,
                          const dnnl_memory_desc_t *to)
{
  int rc = ASSAY_OK;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t described = NULL;
  ASSAY_TRY(enter());
  ASSAY_TRY(make_attributes(&attributes, false));
  DO(dnnl_reorder_primitive_desc_create(&described, from, engine, to, engine, attributes));
  ASSAY_TRY(finish(t, described, 2, (const int[]){DNNL_ARG_FROM, DNNL_ARG_TO}));
done:
  dnnl_primitive_attr_destroy(attributes);
  dnnl_primitive_desc_destroy(described);
  return rc;
}

void assay_nn_task_clear(struct assay_nn_task *t)
{
  dnnl_primitive_destroy(t->primitive);
  *t = (struct assay_nn_task){0};
}

/* ---- running -------------------------------------------------------------------------------- */

/* oneDNN takes arrays for writing, whatever it does with them. */
static void *writable(const void *data)
{
  void *out;
  memcpy(&out, &data, sizeof out);
  return out;
}

bool assay_nn_task_run(const struct assay_nn_task *t, const void *const *data, float *pad)
{
  dnnl_exec_arg_t argument[ASSAY_NN_TASK_ARGS + 1] = {{0}};
  dnnl_stream_t stream = NULL;
  bool good = true;
  omp_set_num_threads(1); /* of this thread */
  for (int i = 0; i <= t->n; i++) {
    const bool own = i == t->n;
    argument[i].arg = own ? DNNL_ARG_SCRATCHPAD : t->which[i];
    good = good && dnnl_memory_create(&argument[i].memory, own ? &t->pad : &t->md[i], engine,
                                      own ? (void *)pad : writable(data[i])) == dnnl_success;
  }
  good = good && dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success;
  good = good && dnnl_primitive_execute(t->primitive, stream, t->n + 1, argument) == dnnl_success;
  good = good && dnnl_stream_wait(stream) == dnnl_success;
  for (int i = 0; i <= t->n; i++) dnnl_memory_destroy(argument[i].memory);
  dnnl_stream_destroy(stream);
  return good;
}

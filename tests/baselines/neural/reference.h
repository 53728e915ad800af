/* Cases written by reference.py: a model of PyTorch with its tensors, and its twin here. */
#ifndef ASSAY_TESTS_BASELINES_NEURAL_REFERENCE_H
#define ASSAY_TESTS_BASELINES_NEURAL_REFERENCE_H
#include <jansson.h>
#include <stdlib.h>

#include "baselines/neural/op_loss.h"
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/mem.h"
#include "tests/test.h"

/* Absolute, plus the same relative to the largest number of the tensor. */
struct tolerance {
  double output, gradient, descent;
};

struct reference {
  json_t *json;
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *run;
  int batch;
};

static inline json_t *reference_get(const json_t *object, const char *key)
{
  json_t *value = json_object_get(object, key);
  if (!value) fail_msg("the case has no '%s'", key);
  return value;
}

/* Shape of a stored tensor without its first `skip` dimensions. */
static inline struct assay_nn_shape reference_shape(const json_t *tensor, int skip)
{
  const json_t *shape = reference_get(tensor, "shape");
  struct assay_nn_shape s = {0};
  for (size_t i = (size_t)skip; i < json_array_size(shape); i++)
    s.d[s.n++] = (int)json_integer_value(json_array_get(shape, i));
  return s;
}

/* For the functions that build twins: the input of this name, one item per sample. */
static inline int reference_input(struct reference *r, const char *name)
{
  const struct assay_nn_shape s =
      reference_shape(reference_get(reference_get(r->json, "inputs"), name), 1);
  const int x = assay_nn_input(r->graph, name, s.n, s.d);
  assay_nn_want_gradient(r->graph, x);
  return x;
}

static inline void reference_copy(float *out, const json_t *tensor)
{
  const json_t *data = reference_get(tensor, "data");
  for (size_t i = 0; i < json_array_size(data); i++)
    out[i] = (float)json_number_value(json_array_get(data, i));
}

static inline void reference_compare(const float *x, const json_t *tensor, double tolerance,
                                     const char *what)
{
  const json_t *data = reference_get(tensor, "data");
  double largest = 0;
  assert_non_null(x);
  for (size_t i = 0; i < json_array_size(data); i++)
    largest = fmax(largest, fabs(json_number_value(json_array_get(data, i))));
  for (size_t i = 0; i < json_array_size(data); i++) {
    const double expected = json_number_value(json_array_get(data, i));
    if (!(fabs((double)x[i] - expected) <= tolerance * (1e-3 + largest)))
      fail_msg("%s[%zu] is %.9g, PyTorch has %.9g", what, i, (double)x[i], expected);
  }
}

static inline void reference_put_params(struct reference *r)
{
  const json_t *stored = reference_get(r->json, "parameters");
  for (int i = 0; i < r->params.n; i++) {
    const struct assay_nn_row *row = &r->params.row[i];
    const json_t *tensor = json_object_get(stored, row->name);
    if (!tensor) fail_msg("PyTorch has no parameter '%s'", row->name);
    if (json_array_size(reference_get(tensor, "data")) != row->size)
      fail_msg("parameter '%s' has another size in PyTorch", row->name);
    reference_copy(r->params.value + row->offset, tensor);
  }
}

/* Every stored tensor of `key` that is a parameter here. */
static inline void reference_compare_params(const struct reference *r, const json_t *stored,
                                            const float *block, double tolerance)
{
  int found = 0;
  for (int i = 0; i < r->params.n; i++) {
    const json_t *tensor = json_object_get(stored, r->params.row[i].name);
    if (tensor)
      reference_compare(block + r->params.row[i].offset, tensor, tolerance, r->params.row[i].name);
    found += tensor != NULL;
  }
  assert_true(found > 0);
}

static inline int reference_loss(struct reference *r, int p, int y)
{
  const char *const name = json_string_value(reference_get(r->json, "loss_name"));
  if (strcmp(name, "mse") == 0) return assay_nn_mse(r->graph, p, y, -1);
  if (strcmp(name, "nmse") == 0) return assay_nn_nmse(r->graph, p, y, -1);
  if (strcmp(name, "relative_l2") == 0) return assay_nn_relative_l2(r->graph, p, y, -1);
  if (strcmp(name, "h1") == 0) return assay_nn_h1(r->graph, p, y, -1);
  fail_msg("loss '%s'", name);
  return -1;
}

/* The folder of the tests' sources comes from the build. */
#ifndef ASSAY_TEST_SOURCE
#define ASSAY_TEST_SOURCE "."
#endif

static inline void reference_open(struct reference *r, const char *name,
                                  int (*build)(struct reference *r, const json_t *settings),
                                  const struct assay_nn_run_options *options)
{
  char path[1024];
  json_error_t error;
  *r = (struct reference){0};
  snprintf(path, sizeof path, ASSAY_TEST_SOURCE "/tests/baselines/neural/reference/%s.json", name);
  r->json = json_load_file(path, 0, &error);
  if (!r->json) fail_msg("%s: %s", path, error.text);
  assert_ok(assay_nn_graph_create(&r->graph, &r->params));
  const int y = assay_nn_output(r->graph, "output", build(r, reference_get(r->json, "settings")));
  const json_t *target = reference_get(r->json, "target");
  const struct assay_nn_shape s = reference_shape(target, 1);
  r->batch = (int)json_integer_value(json_array_get(reference_get(target, "shape"), 0));
  reference_loss(r, y, assay_nn_input(r->graph, "target", s.n, s.d));
  assert_ok(assay_nn_graph_finish(r->graph));
  assert_ok(assay_nn_params_allocate(&r->params, 1));
  struct assay_nn_run_options o = *options;
  o.batch = r->batch;
  o.training = true;
  assert_ok(assay_nn_run_create(&r->run, r->graph, &o));
  reference_put_params(r);
}

static inline void reference_put_inputs(struct reference *r)
{
  const char *name;
  json_t *tensor;
  json_object_foreach(reference_get(r->json, "inputs"), name, tensor)
  {
    float *x = assay_nn_run_named(r->run, name);
    if (x) reference_copy(x, tensor);
  }
  reference_copy(assay_nn_run_named(r->run, "target"), reference_get(r->json, "target"));
}

static inline void reference_close(struct reference *r)
{
  assay_nn_run_destroy(r->run);
  assay_nn_graph_destroy(r->graph);
  assay_nn_params_clear(&r->params);
  json_decref(r->json);
}

static inline void reference_descend(struct reference *r, const json_t *descent, double tolerance)
{
  const json_t *s = reference_get(descent, "settings"), *losses = reference_get(descent, "losses");
  const struct assay_nn_optimiser_settings settings = {
      .beta1 = json_number_value(json_object_get(s, "beta1")),
      .beta2 = json_number_value(json_object_get(s, "beta2")),
      .epsilon = json_number_value(json_object_get(s, "epsilon")),
      .decay = json_number_value(json_object_get(s, "decay"))};
  struct assay_nn_optimiser *o;
  reference_put_params(r);
  assert_ok(assay_nn_optimiser_create(&o, json_string_value(reference_get(descent, "optimiser")),
                                      &settings, &r->params));
  for (size_t i = 0; i < json_array_size(losses); i++) {
    double loss;
    assert_ok(assay_nn_run_step(&loss, r->run, r->batch));
    assert_close(loss, json_number_value(json_array_get(losses, i)), tolerance, 0);
    assay_nn_clip(&r->params, json_number_value(reference_get(descent, "clip")));
    assay_nn_optimiser_step(o, json_number_value(reference_get(descent, "rate")), loss);
  }
  reference_compare_params(r, reference_get(descent, "parameters"), r->params.value, tolerance);
  assay_nn_optimiser_destroy(o);
}

/* Output, loss, gradients, and where the optimisers lead. */
static inline void reference_check(const char *name,
                                   int (*build)(struct reference *r, const json_t *settings),
                                   const struct assay_nn_run_options *options,
                                   const struct tolerance *t)
{
  struct reference r;
  const char *input;
  const json_t *descent;
  json_t *tensor;
  size_t i;
  double loss;
  reference_open(&r, name, build, options);
  reference_put_inputs(&r);
  assert_ok(assay_nn_run_step(&loss, r.run, r.batch));
  reference_compare(assay_nn_run_named(r.run, "output"), reference_get(r.json, "output"), t->output,
                    "output");
  assert_close(loss, json_number_value(reference_get(r.json, "loss")), t->output, 0);
  reference_compare_params(&r, reference_get(r.json, "gradients"), r.params.gradient, t->gradient);
  reference_compare_params(&r, reference_get(r.json, "after"), r.params.value, t->output);
  json_object_foreach(reference_get(r.json, "input_gradients"), input, tensor)
  {
    const int v = assay_nn_graph_find(r.graph, input);
    reference_compare(assay_nn_run_gradient(r.run, v), tensor, t->gradient, input);
  }
  json_array_foreach(reference_get(r.json, "descents"), i, descent)
      reference_descend(&r, descent, t->descent);
  reference_close(&r);
}

#endif

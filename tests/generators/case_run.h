/* Cases of one generator, run in memory: for tests of what the conformance battery cannot know. */
#ifndef ASSAY_TESTS_GENERATORS_CASE_RUN_H
#define ASSAY_TESTS_GENERATORS_CASE_RUN_H
#include "generators/generator.h"
#include "tests/test.h"

static const struct assay_generator *g; /* under test; main finds it */
static const struct assay_case_key key = {.seed = 2385, .id = 4};

/* A case that succeeds; the caller destroys it. */
static inline struct assay_case *made(const void *p)
{
  struct assay_shape shape;
  struct assay_case *c = NULL;
  assert_ok(g->check(p));
  assert_ok(g->shape(&shape, p));
  assert_ok(assay_case_create(&c, (long)key.id, &shape, g->fields, NULL, ASSAY_F64));
  assert_ok(g->run(c, p, key));
  return c;
}

static inline double value(const struct assay_case *c, int field, int frame, int j, int i)
{
  const int nx = c->shape.axis[1].n, ny = c->shape.axis[0].n;
  return ((const double *)c->data[field])[(frame * ny + j) * nx + i];
}

static inline double scalar(const struct assay_case *c, int field, int frame)
{
  return ((const double *)c->data[field])[frame];
}

#endif

/* The data that tests of the defects of CFDBench learn from: two fields that decay around a solid
 * corner, three parameters. */
#ifndef ASSAY_TESTS_BASELINES_NEURAL_DEFECT_WORLD_H
#define ASSAY_TESTS_BASELINES_NEURAL_DEFECT_WORLD_H
#include "tests/baselines/small_world.h"

static inline double param(long k, int j)
{
  static const double golden[] = {0.5698402909980532, 0.7548776662466927, 0.3247179572447461},
                      from[] = {-0.4, 0.3, 1.2}, span[] = {1.3, 0.5, 0.4};
  return from[j] + span[j] * ((double)(k + 1) * golden[j] - floor((double)(k + 1) * golden[j]));
}

/* Decays; field 2 is a mask with a solid corner. */
static inline double decaying(const double *params, int field, double x, double y, double t)
{
  if (field == 2) return x < 0.7 && y < 0.3 ? 0 : 1;
  return exp(-1.5 * t) * (1.4 + sin(2 * x + params[0]) * cos(y * (1 + field)) * params[1]);
}

static inline struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 8,
      .n_valid = 2,
      .n_test = 2,
      .n_times = 6,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 8, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 11, 0, 2}},
      .n_fields = 2,
      .n_static = 1,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"},
                 {.name = "mask", .unit = "1", .doc = "fluid", .kind = ASSAY_FIELD_STATIC}},
      .n_params = 3,
      .params = {{.name = "a", .unit = "1", .doc = "a"},
                 {.name = "b", .unit = "1", .doc = "b"},
                 {.name = "c", .unit = "1", .doc = "c"}},
      .param = param,
      .value = decaying};
}
enum { POINTS = 88, SOLID = 8 }; /* of a frame; 2 rows by 4 columns */

#endif

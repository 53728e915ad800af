/* Imposed values that change along a side: an inlet on a part of it, a parabola. */
#include <math.h>
#include <string.h>

#include "datasets/recipe_internal.h"

/* Index in the generator's table of the i-th stored field. */
int assay_recipe_table_index(const struct assay_recipe *r, int i)
{
  const struct assay_field *table = r->generator->fields;
  int f = 0;
  while (strcmp(table[f].name, r->fields[i].name) != 0) f++;
  return f;
}

/* factors [axis->n] of one field at one side; returns whether one of them is not 1 */
static bool fill_side(double *factors, const struct assay_recipe *r, const void *params, int field,
                      int side, const struct assay_axis *axis)
{
  bool varies = false;
  for (int j = 0; j < axis->n; j++) {
    factors[j] = r->generator->boundary_profile(params, assay_recipe_table_index(r, field),
                                                (enum assay_side)side, assay_axis_at(axis, j));
    varies = varies || !(factors[j] == 1);
  }
  return varies;
}

static bool is_imposed(const struct assay_recipe *r, int field, int side)
{
  const int type = r->layout.boundary[field * ASSAY_SIDES + side];
  return type == ASSAY_BOUNDARY_DIRICHLET || type == ASSAY_BOUNDARY_NEUMANN;
}

int assay_recipe_lay_out_profiles(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  double *factors = NULL;
  bool any = false;
  const int n = r->layout.n_fields * ASSAY_SIDES;
  if (!r->generator->boundary_profile || !r->layout.boundary || r->layout.n_axes != 2) goto done;
  ASSAY_TRY(ASSAY_NEW(&r->profiled, (size_t)n, "recipe boundary"));
  ASSAY_TRY(ASSAY_NEW(&factors, (size_t)assay_profile_room(2, r->layout.axis), "boundary"));
  for (long id = 0; id < r->n_cases; id++) {
    struct assay_shape shape = {0};
    ASSAY_TRY(assay_recipe_params(r, r->scratch, id));
    ASSAY_TRY(r->generator->shape(&shape, r->scratch));
    for (int i = 0; i < n; i++) {
      const int side = i % ASSAY_SIDES, axis = assay_side_axis(2, side);
      if (r->profiled[i] || !is_imposed(r, i / ASSAY_SIDES, side)) continue;
      r->profiled[i] = fill_side(factors, r, r->scratch, i / ASSAY_SIDES, side, &shape.axis[axis]);
      any = any || r->profiled[i];
    }
  }
  if (any) r->layout.profiled = r->profiled;
done:
  assay_free(factors);
  return rc;
}

int assay_recipe_fill_profiles(double *profiles, const struct assay_recipe *r,
                               const struct assay_case *c)
{
  int rc = ASSAY_OK;
  const int room = assay_profile_room(2, r->layout.axis);
  ASSAY_TRY(assay_recipe_params(r, r->scratch, c->id));
  for (int i = 0; i < r->layout.n_fields * ASSAY_SIDES; i++)
    if (r->layout.profiled[i])
      fill_side(profiles + (ptrdiff_t)i * room, r, r->scratch, i / ASSAY_SIDES, i % ASSAY_SIDES,
                &c->shape.axis[assay_side_axis(2, i % ASSAY_SIDES)]);
done:
  return rc;
}

#include "baselines/neural/params.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"

enum { LINE = 16 }; /* floats of a cache line */

void assay_nn_params_clear(struct assay_nn_params *p)
{
  for (int i = 0; i < p->n; i++) assay_free(p->row[i].name);
  assay_free(p->row);
  assay_free(p->value);
  assay_free(p->gradient);
  *p = (struct assay_nn_params){0};
}

int assay_nn_params_find(const struct assay_nn_params *p, const char *name)
{
  for (int i = 0; i < p->n; i++)
    if (strcmp(p->row[i].name, name) == 0) return i;
  return -1;
}

static int check_again(const struct assay_nn_row *row, const struct assay_nn_shape *shape)
{
  int rc = ASSAY_OK;
  char text[2][ASSAY_NN_SHAPE_TEXT];
  ASSAY_CHECK(assay_nn_shape_equal(&row->shape, shape), ASSAY_EARG,
              "parameter '%s' has shape %s, not %s", row->name,
              assay_nn_shape_text(text[0], &row->shape), assay_nn_shape_text(text[1], shape));
done:
  return rc;
}

int assay_nn_params_add(int *index, struct assay_nn_params *p, const char *name,
                        const struct assay_nn_shape *shape, const struct assay_nn_start *start,
                        bool learned)
{
  int rc = ASSAY_OK;
  *index = assay_nn_params_find(p, name);
  if (*index >= 0) return check_again(&p->row[*index], shape);
  ASSAY_CHECK(!p->value, ASSAY_EARG, "the model has no parameter '%s'", name);
  ASSAY_TRY(assay_nn_shape_check(shape));
  ASSAY_TRY(ASSAY_GROW(&p->row, (size_t)p->n + 1, "parameters"));
  struct assay_nn_row *row = &p->row[p->n];
  *row = (struct assay_nn_row){.shape = *shape,
                               .offset = p->length,
                               .size = assay_nn_shape_size(shape),
                               .start = *start,
                               .learned = learned};
  ASSAY_TRY(assay_strdup(&row->name, name));
  p->length += (row->size + LINE - 1) / LINE * LINE;
  if (learned) p->count += row->size;
  *index = p->n++;
done:
  return rc;
}

/* FNV-1a, 64 bits */
static uint64_t hash(const char *text)
{
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  return h;
}

static void draw(float *value, const struct assay_nn_row *row, uint64_t seed)
{
  const struct assay_nn_start *s = &row->start;
  struct assay_rng rng = assay_rng_init(seed, hash(row->name), 0);
  const double in = sqrt(s->fan_in > 0 ? s->fan_in : 1);
  const double both = sqrt(6.0 / (s->fan_in + s->fan_out > 0 ? s->fan_in + s->fan_out : 1));
  for (size_t i = 0; i < row->size; i++) {
    const double u = assay_rng_between(&rng, -1, 1);
    switch (s->how) {
    case ASSAY_NN_ZEROS:
      value[i] = 0;
      break;
    case ASSAY_NN_ONES:
      value[i] = 1;
      break;
    case ASSAY_NN_UNIFORM:
      value[i] = (float)(s->scale / in * u);
      break;
    case ASSAY_NN_XAVIER:
      value[i] = (float)(s->scale * both * u);
      break;
    case ASSAY_NN_UNIT:
      value[i] = (float)(s->scale * (0.5 + 0.5 * u));
      break;
    case ASSAY_NN_NORMAL:
      value[i] = (float)(s->scale / in * assay_rng_normal(&rng)); /* takes a number of its own */
      break;
    }
  }
}

int assay_nn_params_allocate(struct assay_nn_params *p, uint64_t seed)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->value, p->length, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&p->gradient, p->length, "gradients"));
  for (int i = 0; i < p->n; i++) draw(p->value + p->row[i].offset, &p->row[i], seed);
done:
  return rc;
}

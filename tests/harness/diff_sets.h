/* Two sets with known differences, compared: 5 cases, 6 frames, 3 x 5 cells of which one is solid.
 */
#ifndef ASSAY_TESTS_HARNESS_DIFF_SETS_H
#define ASSAY_TESTS_HARNESS_DIFF_SETS_H
#include "core/base/mem.h"
#include "core/io/json.h"
#include "datasets/writer.h"
#include "harness/diff.h"
#include "tests/harness/assay_program.h"

/* ---- sets ----------------------------------------------------------------------------------- */

enum { NY = 3, NX = 5, TIMES = 6, CASES = 5, POINTS = NY * NX };
enum { U, V, P, ENERGY, MASK, FIELDS };
static const struct assay_field fields[] = {
    {"u", "m s-1", "velocity in x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity in y", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {"p", "Pa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"energy", "J", "kinetic energy", NULL, ASSAY_FIELD_SCALAR, 0, false},
    {"mask", "1", "one in the fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {0}};
static const char *const solvers[] = {"iterated", "converged", NULL};
static const char *const swapped[] = {"converged", "iterated", NULL};
static const struct assay_quantity params[] = {{"speed", "m s-1", "of the inlet", NULL},
                                               {"depth", "m", "the same in all cases", NULL},
                                               {"pressure", "1", "solver", solvers}};

/* What one set has that the others lack; zero: the plain set. */
struct variant {
  long first_id, n_cases;
  const long *order; /* case at position k; NULL: k */
  int nx, n_times, frames, steady;
  double interval, depth, length;
  int solver;
  bool single; /* precision */
  const struct assay_field *fields;
  const struct assay_quantity *params;
  void (*change)(double *v, int n, long c, int field, int frame);
};

/* cell 0 is solid; nothing is zero */
static inline double value(long c, int field, int frame, int j)
{
  if (field == MASK) return j == 0 ? 0 : 1;
  return 0.37 * (double)(c + 1) + 1.3 * field + 0.11 * frame * (1 + 0.05 * j) - 0.02 * j * j;
}

static inline double speed(long c)
{
  return 2.385 + 0.1 * (double)c;
}

static inline int count_fields(const struct assay_field *f)
{
  int n = 0;
  while (f[n].name) n++;
  return n;
}

static inline void fill_case(struct assay_case *c, const struct variant *s, long id)
{
  double *v = NULL;
  const int n = (int)assay_shape_points(&c->shape);
  assert_ok(ASSAY_NEW(&v, (size_t)n, "values"));
  for (int k = 0; k < c->shape.n_frames; k++) {
    c->time[k] = c->shape.frame_interval * k;
    for (int f = 0; f < c->n_fields; f++) {
      for (int j = 0; j < n; j++) v[j] = value(id, f, k, j);
      if (s->change) s->change(v, n, id, f, k);
      assay_case_put(c, f, k, v);
    }
  }
  c->n_frames = s->frames ? s->frames : c->shape.n_frames;
  if (s->steady) c->certificate.steady_from = s->steady;
  assay_free(v);
}

static inline void put_case(struct assay_writer *w, const struct variant *s,
                            const struct assay_layout *l, const struct assay_shape *shape, long k)
{
  static const char hash[] = "0123456789012345678901234567890123456789012345678901234567890123";
  struct assay_case *c = NULL;
  const long id = s->order ? s->order[k] : k;
  const double values[3] = {speed(id), s->depth > 0 ? s->depth : 0.7, s->solver};
  assert_ok(assay_case_create(&c, s->first_id + id, shape, l->fields, NULL, l->dtype));
  fill_case(c, s, id);
  const struct assay_writer_record record = {.c = c, .params = values, .hash = hash};
  assert_ok(assay_writer_put(w, &record));
  assay_case_destroy(c);
}

static inline void make(const char *path, const struct variant *s)
{
  struct assay_writer *w = NULL;
  const struct assay_field *of = s->fields ? s->fields : fields;
  const struct assay_shape shape = {
      .n_frames = s->n_times ? s->n_times : TIMES,
      .frame_interval = s->interval > 0 ? s->interval : 0.25,
      .n_axes = 2,
      .axis = {{"y", "m", "height", ASSAY_AXIS_CENTRES, NY, 0, 0.8},
               {"x", "m", "width", ASSAY_AXIS_CENTRES, s->nx ? s->nx : NX, 0,
                s->length > 0 ? s->length : 1.7}}};
  const struct assay_layout l = {.n_cases = s->n_cases ? s->n_cases : CASES,
                                 .n_times = shape.n_frames,
                                 .n_axes = 2,
                                 .axis = {shape.axis[0], shape.axis[1]},
                                 .dtype = s->single ? ASSAY_F32 : ASSAY_F64,
                                 .n_fields = count_fields(of),
                                 .fields = of,
                                 .n_params = 3,
                                 .params = s->params ? s->params : params,
                                 .identity = true,
                                 .certificate = true,
                                 .recipe = s->change ? "changed" : "plain"};
  assert_ok(assay_writer_create(&w, path, &l));
  for (long k = 0; k < l.n_cases; k++) put_case(w, s, &l, &shape, k);
  assert_ok(assay_writer_commit(w));
}

/* ---- comparing ------------------------------------------------------------------------------ */

struct compared {
  struct assay_dataset *a, *b;
  struct assay_diff *diff;
  json_t *json;
};

static inline int compare_with(struct compared *c, const struct variant *a, const struct variant *b,
                               const struct assay_diff_options *options)
{
  *c = (struct compared){0};
  make("a.nc", a);
  make("b.nc", b);
  assert_ok(assay_dataset_open(&c->a, "a.nc"));
  assert_ok(assay_dataset_open(&c->b, "b.nc"));
  return assay_diff_create(&c->diff, c->a, c->b, options);
}

static inline struct compared compare(const struct variant *a, const struct variant *b)
{
  struct compared c;
  const struct assay_diff_options options = {0};
  assert_ok(compare_with(&c, a, b, &options));
  assert_ok(assay_diff_json(&c.json, c.diff, 3, false));
  return c;
}

static inline void drop(struct compared *c)
{
  json_decref(c->json);
  assay_diff_destroy(c->diff);
  assay_dataset_close(c->a);
  assay_dataset_close(c->b);
}

static inline const struct assay_diff_value *of(const struct compared *c, const char *field,
                                                long pair)
{
  for (int f = 0; f < c->diff->n_fields; f++)
    if (strcmp(c->diff->fields[f].field->name, field) == 0) return &c->diff->fields[f].values[pair];
  fail_msg("'%s' is not compared", field);
  return NULL;
}

static inline const json_t *row(const struct compared *c, const char *field)
{
  size_t i;
  const json_t *r, *rows = json_object_get(c->json, "rows");
  json_array_foreach(
      rows, i, r) if (strcmp(json_string_value(json_object_get(r, "field")), field) == 0) return r;
  fail_msg("no row of '%s'", field);
  return NULL;
}

static inline double at(const struct compared *c, const char *field, const char *key)
{
  return assay_json_to_double(json_object_get(row(c, field), key));
}

/* mean square over the fluid of a frame, of the plain set */
static inline double square(long c, int field, int frame)
{
  double sum = 0;
  for (int j = 1; j < POINTS; j++) sum += pow(value(c, field, frame, j), 2) / (POINTS - 1);
  return sum;
}

static const struct variant plain = {.first_id = 100};

static inline void three_per_cent_of_case_3(double *v, int n, long c, int field, int frame)
{
  (void)frame;
  for (int j = 0; j < n && c == 3 && (field == P || field == ENERGY); j++) v[j] *= 1.03;
}

#endif

/* Two sets with known differences. */
#include <stdlib.h>
#include <unistd.h>

#include <netcdf.h>

#include "core/io/json.h"
#include "datasets/prediction.h"
#include "datasets/writer.h"
#include "harness/diff.h"
#include "metrics/metric.h"
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
static double value(long c, int field, int frame, int j)
{
  if (field == MASK) return j == 0 ? 0 : 1;
  return 0.37 * (double)(c + 1) + 1.3 * field + 0.11 * frame * (1 + 0.05 * j) - 0.02 * j * j;
}

static double speed(long c)
{
  return 2.385 + 0.1 * (double)c;
}

static int count_fields(const struct assay_field *f)
{
  int n = 0;
  while (f[n].name) n++;
  return n;
}

static void fill_case(struct assay_case *c, const struct variant *s, long id)
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

static void put_case(struct assay_writer *w, const struct variant *s, const struct assay_layout *l,
                     const struct assay_shape *shape, long k)
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

static void make(const char *path, const struct variant *s)
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

static int compare_with(struct compared *c, const struct variant *a, const struct variant *b,
                        const struct assay_diff_options *options)
{
  *c = (struct compared){0};
  make("a.nc", a);
  make("b.nc", b);
  assert_ok(assay_dataset_open(&c->a, "a.nc"));
  assert_ok(assay_dataset_open(&c->b, "b.nc"));
  return assay_diff_create(&c->diff, c->a, c->b, options);
}

static struct compared compare(const struct variant *a, const struct variant *b)
{
  struct compared c;
  const struct assay_diff_options options = {0};
  assert_ok(compare_with(&c, a, b, &options));
  assert_ok(assay_diff_json(&c.json, c.diff, 3, false));
  return c;
}

static void drop(struct compared *c)
{
  json_decref(c->json);
  assay_diff_destroy(c->diff);
  assay_dataset_close(c->a);
  assay_dataset_close(c->b);
}

static const struct assay_diff_value *of(const struct compared *c, const char *field, long pair)
{
  for (int f = 0; f < c->diff->n_fields; f++)
    if (strcmp(c->diff->fields[f].field->name, field) == 0) return &c->diff->fields[f].values[pair];
  fail_msg("'%s' is not compared", field);
  return NULL;
}

static const json_t *row(const struct compared *c, const char *field)
{
  size_t i;
  const json_t *r, *rows = json_object_get(c->json, "rows");
  json_array_foreach(
      rows, i, r) if (strcmp(json_string_value(json_object_get(r, "field")), field) == 0) return r;
  fail_msg("no row of '%s'", field);
  return NULL;
}

static double at(const struct compared *c, const char *field, const char *key)
{
  return assay_json_to_double(json_object_get(row(c, field), key));
}

/* mean square over the fluid of a frame, of the plain set */
static double square(long c, int field, int frame)
{
  double sum = 0;
  for (int j = 1; j < POINTS; j++) sum += pow(value(c, field, frame, j), 2) / (POINTS - 1);
  return sum;
}

static const struct variant plain = {.first_id = 100};

/* ---- what differs by how much --------------------------------------------------------------- */

static void a_set_is_identical_to_itself(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  struct compared c = compare(&plain, &plain);
  assert_true(json_is_true(json_object_get(c.json, "identical")));
  assert_int_equal(c.diff->n_pairs, CASES);
  assert_int_equal(c.diff->n_fields, FIELDS);
  for (int f = 0; f < FIELDS; f++) {
    const char *name = fields[f].name;
    assert_true(at(&c, name, "same") == CASES && at(&c, name, "largest") == 0 &&
                at(&c, name, "worst") == 0);
    assert_true(json_is_null(json_object_get(row(&c, name), "largest_case")));
  }
  drop(&c);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void three_per_cent_of_case_3(double *v, int n, long c, int field, int frame)
{
  (void)frame;
  for (int j = 0; j < n && c == 3 && (field == P || field == ENERGY); j++) v[j] *= 1.03;
}

static void a_share_is_found_where_it_is(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = three_per_cent_of_case_3};
  struct compared c = compare(&plain, &b);
  for (int f = P; f <= ENERGY; f++) {
    const char *name = fields[f].name;
    assert_close(of(&c, name, 3)->relative, 0.03, 1e-12, 0);
    assert_close(of(&c, name, 3)->worst, 0.03, 1e-12, 0);
    assert_close(at(&c, name, "largest"), 0.03, 1e-12, 0);
    assert_true(at(&c, name, "median") == 0 && at(&c, name, "largest_case") == 103);
    assert_close(at(&c, name, "p90"), 0.6 * 0.03, 1e-12, 0); /* rank 0.9 * 4 = 3.6 */
    assert_true(at(&c, name, "same") == CASES - 1);
  }
  assert_true(of(&c, "u", 3)->same && !of(&c, "p", 3)->same && of(&c, "p", 2)->same);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  assert_int_equal(json_integer_value(json_object_get(json_object_get(c.json, "cases"), "same")),
                   CASES - 1);
  drop(&c);
}

static void a_shift_in_one_frame(double *v, int n, long c, int field, int frame)
{
  for (int j = 0; j < n && c == 1 && field == P && frame == 4; j++) v[j] += 0.4;
}

static void the_worst_frame_is_named(void **state)
{
  (void)state;
  double sum = 0;
  const struct variant b = {.first_id = 100, .change = a_shift_in_one_frame};
  struct compared c = compare(&plain, &b);
  for (int k = 0; k < TIMES; k++) sum += square(1, P, k);
  assert_close(of(&c, "p", 1)->relative, 0.4 / sqrt(sum), 1e-12, 0);
  assert_close(of(&c, "p", 1)->worst, 0.4 / sqrt(square(1, P, 4)), 1e-12, 0);
  assert_close(of(&c, "p", 1)->mean, 0.4 / TIMES / sqrt(sum / TIMES), 1e-12, 0);
  assert_int_equal(of(&c, "p", 1)->worst_frame, 4);
  assert_true(at(&c, "p", "worst_case") == 101 && at(&c, "p", "worst_time") == 1);
  const double *frames = c.diff->fields[P].by_frame + TIMES;
  assert_close(frames[4], 0.4 / sqrt(square(1, P, 4)), 1e-12, 0);
  assert_true(frames[3] == 0);
  drop(&c);
}

static void seven_per_cent_of_the_velocity(double *v, int n, long c, int field, int frame)
{
  (void)c, (void)frame;
  for (int j = 0; j < n && (field == U || field == V); j++) v[j] *= 1.07;
}

/* d_u^2 + d_v^2 = 0.07^2, also when only one of them is asked for */
static void components_are_measured_by_the_velocity(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = seven_per_cent_of_the_velocity};
  struct compared c = compare(&plain, &b), one;
  double u2 = 0, v2 = 0;
  for (int k = 0; k < TIMES; k++) u2 += square(2, U, k), v2 += square(2, V, k);
  const double expected = 0.07 * sqrt(u2 / (u2 + v2));
  assert_close(of(&c, "u", 2)->relative, expected, 1e-12, 0);
  assert_close(hypot(of(&c, "u", 2)->relative, of(&c, "v", 2)->relative), 0.07, 1e-12, 0);
  const struct assay_diff_options options = {.fields = {1, {"u"}}};
  assert_ok(compare_with(&one, &plain, &b, &options));
  assert_int_equal(one.diff->n_fields, 1);
  assert_close(of(&one, "u", 2)->relative, expected, 1e-12, 0);
  drop(&one);
  drop(&c);
}

static void something(double *v, int n, long c, int field, int frame)
{
  for (int j = 0; j < n && field != MASK; j++)
    v[j] += 0.013 * (double)((7 * j + 3 * frame + 5 * (int)c + field) % 11);
}

/* of fields that are no vectors the number over a case is the metric rel_l2 */
static void it_is_the_metric_rel_l2(void **state)
{
  (void)state;
  enum { N = TIMES * POINTS };
  double truth[N], predicted[N], times[TIMES], weights[POINTS], score, by_lead[TIMES], zero = 0;
  const struct assay_metric *m;
  const struct variant b = {.first_id = 100, .change = something};
  struct compared c = compare(&plain, &b);
  for (int j = 0; j < POINTS; j++) weights[j] = j == 0 ? 0 : 1.0 / (POINTS - 1);
  for (int k = 0; k < TIMES; k++) times[k] = 0.25 * k;
  assert_ok(assay_dataset_read(c.a, truth, 3, P, 0, TIMES));
  assert_ok(assay_dataset_read(c.b, predicted, 3, P, 0, TIMES));
  const double *const t = truth, *const p = predicted;
  const struct assay_metric_case one = {.n_fields = 1,
                                        .fields = &fields[P],
                                        .n_leads = TIMES,
                                        .times = times,
                                        .shape = assay_dataset_info(c.a)->shape,
                                        .weights = weights,
                                        .predicted = &p,
                                        .truth = &t,
                                        .floor = &zero};
  assert_ok(assay_metric_find(&m, "rel_l2"));
  assert_ok(m->eval(&score, by_lead, &one));
  assert_true(score > 0.01);
  assert_close(of(&c, "p", 3)->relative, score, 1e-13, 0);
  drop(&c);
}

static void a_solid_cell(double *v, int n, long c, int field, int frame)
{
  (void)n, (void)c, (void)frame;
  if (field == P) v[0] = 1e30;
  if (field == U) v[0] = (double)NAN;
}

static void solid_cells_do_not_count_but_are_not_the_same(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = a_solid_cell};
  struct compared c = compare(&plain, &b);
  assert_true(of(&c, "p", 0)->relative == 0 && of(&c, "u", 0)->relative == 0);
  assert_true(of(&c, "p", 0)->mean == 0 && of(&c, "u", 0)->mean == 0);
  assert_int_equal(of(&c, "u", 0)->unusable, 0);
  assert_false(of(&c, "p", 0)->same);
  assert_false(of(&c, "u", 0)->same);
  assert_true(of(&c, "v", 0)->same);
  drop(&c);
}

static void no_number(double *v, int n, long c, int field, int frame)
{
  if (c == 2 && field == P && frame == 1) v[n - 1] = (double)NAN;
  if (c == 2 && field == P && frame == 3) v[2] = NC_FILL_DOUBLE;
  for (int j = 0; j < n && c == 2 && field == P && frame == 5; j++) v[j] *= 1.2;
}

static void frames_that_are_not_finite_are_counted_and_left_out(void **state)
{
  (void)state;
  double sum = 0;
  const struct variant b = {.first_id = 100, .change = no_number};
  struct compared c = compare(&plain, &b);
  for (int k = 0; k < TIMES; k++) sum += k == 1 || k == 3 ? 0 : square(2, P, k);
  assert_int_equal(of(&c, "p", 2)->unusable, 2);
  assert_close(of(&c, "p", 2)->relative, 0.2 * sqrt(square(2, P, 5) / sum), 1e-12, 0);
  assert_close(of(&c, "p", 2)->worst, 0.2, 1e-12, 0);
  assert_true(at(&c, "p", "unusable_frames") == 2);
  assert_true(isnan(c.diff->fields[P].by_frame[2 * TIMES + 1]));
  drop(&c);
}

static void no_speed(double *v, int n, long c, int field, int frame)
{
  if (c == 0 && field == V && frame == 2) v[n - 1] = (double)INFINITY;
}

/* what a component is measured by must be finite as well */
static void a_component_needs_the_others(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .change = no_speed};
  struct compared c;
  const struct assay_diff_options options = {.fields = {2, {"u", "p"}}};
  assert_ok(compare_with(&c, &a, &plain, &options));
  assert_int_equal(of(&c, "u", 0)->unusable, 1);
  assert_int_equal(of(&c, "p", 0)->unusable, 0);
  assert_true(of(&c, "u", 0)->relative == 0);
  drop(&c);
}

static void nothing_but_a_little(double *v, int n, long c, int field, int frame)
{
  (void)frame;
  for (int j = 0; j < n && field == P; j++) v[j] = c == 1 ? 0 : v[j];
}

static void of_nothing_everything_is_infinitely_much(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .change = nothing_but_a_little};
  struct compared c = compare(&a, &plain);
  assert_true(isinf(of(&c, "p", 1)->relative) && isinf(of(&c, "p", 1)->worst));
  assert_string_equal(json_string_value(json_object_get(row(&c, "p"), "largest")), "inf");
  drop(&c);
  c = compare(&a, &a);
  assert_true(of(&c, "p", 1)->relative == 0 && of(&c, "p", 1)->same);
  drop(&c);
}

static void rest(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame == 0; j++) v[j] = 0;
}

static void hardly_rest(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame == 0; j++) v[j] = 0.0037;
}

/* a frame of nothing is measured by a thousandth of the largest one */
static void frames_of_next_to_nothing_do_not_count_for_much(void **state)
{
  (void)state;
  double largest = 0;
  const struct variant a = {.first_id = 100, .change = rest},
                       b = {.first_id = 100, .change = hardly_rest};
  struct compared c = compare(&a, &b);
  for (int k = 1; k < TIMES; k++) largest = fmax(largest, sqrt(square(4, P, k)));
  assert_close(of(&c, "p", 4)->worst, 3.7 / largest, 1e-12, 0);
  assert_int_equal(of(&c, "p", 4)->worst_frame, 0);
  drop(&c);
}

static void few_digits(double *v, int n, long c, int field, int frame)
{
  (void)c, (void)field, (void)frame;
  for (int j = 0; j < n; j++) v[j] = (double)(float)v[j];
}

static void single_precision_is_close_but_not_identical(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .single = true};
  struct compared c = compare(&plain, &b);
  assert_true(at(&c, "p", "largest") > 1e-9 && at(&c, "p", "largest") < 6e-8);
  assert_true(at(&c, "mask", "same") == CASES);
  drop(&c);
  const struct variant a = {.first_id = 100, .change = few_digits};
  c = compare(&a, &b); /* the same numbers, other bytes */
  assert_true(at(&c, "p", "same") == CASES);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

/* ---- cases, frames, parameters, fields ------------------------------------------------------ */

static json_int_t whole(const struct compared *c, const char *object, const char *list, size_t i)
{
  return json_integer_value(
      json_array_get(json_object_get(json_object_get(c->json, object), list), i));
}

static void cases_are_found_by_their_ids(void **state)
{
  (void)state;
  static const long order[] = {4, 1, 3};
  const struct variant b = {.first_id = 100, .n_cases = 3, .order = order};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->n_pairs, 3);
  assert_true(c.diff->pairs[0].a == 1 && c.diff->pairs[0].b == 1);
  assert_true(c.diff->pairs[2].a == 4 && c.diff->pairs[2].b == 0);
  assert_true(at(&c, "p", "same") == 3);
  assert_true(whole(&c, "cases", "only_a", 0) == 100 && whole(&c, "cases", "only_a", 1) == 102);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

static void or_by_their_parameters(void **state)
{
  (void)state;
  static const long order[] = {3, 0, 4, 1};
  const struct variant b = {
      .first_id = 700, .n_cases = 4, .order = order, .solver = 1, .depth = 0.9};
  struct compared c;
  struct assay_diff_options options = {0};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG,
               "no case in common (by their ids");
  drop(&c);
  options.match = (struct assay_list){1, {"parameters"}}; /* depth and solver do not vary */
  assert_ok(compare_with(&c, &plain, &b, &options));
  assert_int_equal(c.diff->n_pairs, 4);
  assert_int_equal(c.diff->pairs[0].b, 1);
  assert_int_equal(c.diff->pairs[3].a, 4);
  assert_true(of(&c, "p", 3)->same);
  drop(&c);
  options.match = (struct assay_list){2, {"speed", "depth"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG, "by their parameters");
  drop(&c);
  options.match = (struct assay_list){1, {"sped"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_ENOTFOUND,
               "no parameter 'sped' (did you mean 'speed'?");
  drop(&c);
}

static void a_case_is_paired_once(void **state)
{
  (void)state;
  static const long twice[] = {2, 2, 2, 1};
  const struct variant a = {.n_cases = 4, .order = twice}, b = {.n_cases = 3, .order = twice + 1};
  struct compared c = compare(&a, &b);
  assert_int_equal(c.diff->n_pairs, 3);
  assert_int_equal(c.diff->pairs[1].b, 1);
  assert_int_equal(c.diff->pairs[2].a, 3);
  drop(&c);
}

static void frames_are_found_by_their_times(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .n_times = 4, .interval = 0.5, .frames = 3};
  struct compared c = compare(&plain, &b);
  /* b has the frames 0, 1, 2 at 0, 0.5, 1: 0, 2, 4 of a; its values are those of its own index */
  assert_int_equal(c.diff->pairs[0].n_frames, 3);
  assert_false(c.diff->pairs[0].whole);
  const double *d = c.diff->fields[ENERGY].by_frame;
  assert_true(d[0] == 0 && isnan(d[1]) && isnan(d[3]) && isnan(d[5]));
  assert_close(d[2], 1 - value(0, ENERGY, 1, 0) / value(0, ENERGY, 2, 0), 1e-12, 0);
  assert_close(d[4], 1 - value(0, ENERGY, 2, 0) / value(0, ENERGY, 4, 0), 1e-12, 0);
  const json_t *frames = json_array_get(json_object_get(c.json, "frames"), 0);
  assert_int_equal(json_integer_value(json_object_get(frames, "a")), 6);
  assert_int_equal(json_integer_value(json_object_get(frames, "b")), 3);
  drop(&c);
}

static void the_last_frame(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame >= 4; j++) v[j] += 0.6;
}

static void a_steady_state_counts_once(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .steady = 2},
                       b = {.first_id = 100, .steady = 3, .change = the_last_frame},
                       late = {.first_id = 100, .steady = 4, .change = the_last_frame};
  struct compared c = compare(&a, &b);
  assert_int_equal(c.diff->pairs[0].n_used, 4);
  assert_int_equal(c.diff->pairs[0].n_frames, 6);
  assert_true(of(&c, "p", 0)->relative == 0 && !of(&c, "p", 0)->same);
  drop(&c);
  c = compare(&a, &late);
  assert_int_equal(c.diff->pairs[0].n_used, 5);
  assert_close(of(&c, "p", 0)->worst, 0.6 / sqrt(square(0, P, 4)), 1e-12, 0);
  drop(&c);
  c = compare(&plain, &late); /* the other one never gets there */
  assert_int_equal(c.diff->pairs[0].n_used, 6);
  drop(&c);
}

static void a_case_without_frames_has_no_difference(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .n_times = 6, .interval = 0.17};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->pairs[0].n_frames, 1); /* the start */
  drop(&c);
  struct variant none = b;
  none.frames = 1;
  c = compare(&none, &plain);
  assert_true(isnan(c.diff->fields[P].by_frame[1]));
  assert_false(of(&c, "p", 0)->same);
  drop(&c);
}

static void parameters_that_differ_are_named(void **state)
{
  (void)state;
  static const struct assay_quantity renamed[] = {{"speed", "m s-1", "of the inlet", NULL},
                                                  {"level", "m", "the same in all cases", NULL},
                                                  {"pressure", "1", "solver", swapped}};
  const struct variant b = {.first_id = 100, .solver = 1, .params = renamed, .length = 1.9};
  struct compared c = compare(&plain, &b);
  const json_t *list = json_object_get(c.json, "parameters");
  assert_int_equal(json_array_size(list), 2); /* "iterated" has another index: the same */
  assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "only")), "a");
  assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "name")), "level");
  const json_t *axis = json_array_get(json_object_get(c.json, "coordinates"), 0);
  assert_string_equal(json_string_value(json_object_get(axis, "name")), "x");
  assert_int_equal(json_integer_value(json_object_get(axis, "cases")), CASES);
  drop(&c);
  const struct variant other = {.first_id = 100, .solver = 1};
  c = compare(&plain, &other);
  const json_t *p = json_array_get(json_object_get(c.json, "parameters"), 0);
  assert_string_equal(json_string_value(json_object_get(p, "a")), "iterated");
  assert_string_equal(json_string_value(json_object_get(p, "b")), "converged");
  assert_int_equal(json_integer_value(json_object_get(p, "cases")), CASES);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

static const struct assay_field odd[] = {
    {"u", "m s-1", "velocity in x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"w", "m s-1", "velocity in z", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"p", "kPa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"energy", "J", "kinetic energy", NULL, ASSAY_FIELD_STATIC, 0, false},
    {0}};

static void fields_that_do_not_fit_are_named(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .fields = odd};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->n_fields, 1);
  const json_t *f = json_object_get(c.json, "fields");
  assert_string_equal(json_string_value(json_array_get(json_object_get(f, "only_a"), 0)), "v");
  assert_string_equal(json_string_value(json_array_get(json_object_get(f, "only_b"), 0)), "w");
  const json_t *not = json_object_get(f, "not_compared");
  assert_string_equal(json_string_value(json_object_get(json_array_get(not, 0), "reason")),
                      "another unit");
  assert_string_equal(json_string_value(json_object_get(json_array_get(not, 1), "reason")),
                      "other dimensions");
  drop(&c);
  struct assay_diff_options options = {.fields = {1, {"p"}}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG, "'p' has another unit in a.nc");
  drop(&c);
  options.fields = (struct assay_list){1, {"v"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_ENOTFOUND, "b.nc: no field 'v' (");
  drop(&c);
  const struct variant alien = {.first_id = 100, .fields = odd + 1};
  options.fields.n = 0;
  assert_fails(compare_with(&c, &plain, &alien, &options), ASSAY_EARG, "no field in common");
  drop(&c);
}

static void another_grid_is_refused(void **state)
{
  (void)state;
  struct compared c;
  const struct variant b = {.first_id = 100, .nx = 2 * NX};
  const struct assay_diff_options options = {0};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG,
               "a.nc has y 3 x x 5 in frames, b.nc has y 3 x x 10 in frames");
  drop(&c);
}

/* ---- as users call it ----------------------------------------------------------------------- */

/* p(case, time, y, x) and nothing else: no ids, times, hashes, units, or parameters */
static void write_outside_file(const char *path)
{
  int nc, dims[4], var;
  static double v[CASES][TIMES][POINTS];
  for (long c = 0; c < CASES; c++)
    for (int k = 0; k < TIMES; k++)
      for (int j = 0; j < POINTS; j++) v[c][k][j] = 1.05 * value(c, P, k, j);
  assert_int_equal(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "case", CASES, &dims[0]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "time", TIMES, &dims[1]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "y", NY, &dims[2]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "x", NX, &dims[3]), NC_NOERR);
  assert_int_equal(nc_def_var(nc, "p", NC_DOUBLE, 4, dims, &var), NC_NOERR);
  assert_int_equal(nc_put_var_double(nc, var, &v[0][0][0]), NC_NOERR);
  assert_int_equal(nc_close(nc), NC_NOERR);
}

static void a_file_of_somebody_else_is_compared_as_well(void **state)
{
  (void)state;
  const struct variant a = {0};
  make("ours.nc", &a);
  write_outside_file("theirs.nc");
  assert_assay(0, "5 in both, 0 of them the same", "diff", "ours.nc", "theirs.nc");
  assert_said("1 compared; only in A: 4 (u, v, energy, mask)");
  assert_said("0.05");
}

static void the_verb_says_what_differs(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .solver = 1, .change = three_per_cent_of_case_3};
  make("a.nc", &plain);
  make("b.nc", &b);
  assert_assay(0, "5 in both, 4 of them the same", "diff", "a.nc", "b.nc");
  assert_said("pressure: iterated in A, converged in B (case 100; 5 cases differ)");
  assert_assay(0, "| p | 5 | 4 | 0 | 0.018 | 0.03 | 103 | 0.03 | 103 |", "diff", "a.nc", "b.nc",
               "--markdown");
  assert_assay(0, "| 5 | 5 | 0 |", "diff", "a.nc", "b.nc", "--field", "p", "--frames", "2",
               "--markdown");
  assert_assay(0, "\"identical\": false", "diff", "a.nc", "b.nc", "--json");
  json_t *json = json_loads(said, 0, NULL);
  assert_non_null(json);
  assert_int_equal(json_array_size(json_object_get(json, "per_case")), CASES);
  json_decref(json);
  assert_assay(0, "identical: all cases", "diff", "a.nc", "a.nc");
  assert_null(strstr(said, "pressure"));
}

static void a_hash_is_not_believed(void **state)
{
  (void)state;
  struct variant b = {.first_id = 100};
  int nc, var;
  const size_t where[] = {2, 1, 1, 1};
  const double other = 6.5;
  make("a.nc", &plain);
  make("b.nc", &b);
  assert_int_equal(nc_open("b.nc", NC_WRITE, &nc), NC_NOERR);
  assert_int_equal(nc_inq_varid(nc, "p", &var), NC_NOERR);
  assert_int_equal(nc_put_var1_double(nc, var, where, &other), NC_NOERR);
  assert_int_equal(nc_close(nc), NC_NOERR);
  assert_assay(0, "same content_sha256 but other data", "diff", "a.nc", "b.nc");
  assert_said("4 of them the same");
}

static void what_cannot_be_compared_is_an_error(void **state)
{
  (void)state;
  const struct variant wide = {.first_id = 100, .nx = 2 * NX};
  make("a.nc", &plain);
  make("wide.nc", &wide);
  write_text("text.nc", "this is no data set");
  assert_assay(1, "different grids", "diff", "a.nc", "wide.nc");
  assert_assay(1, "not a data set", "diff", "a.nc", "text.nc");
  assert_assay(1, "none.nc: cannot open", "diff", "none.nc", "a.nc");
  assert_assay(1, "did you mean 'energy'", "diff", "a.nc", "a.nc", "--field", "enrgy");
  assert_assay(1, "exclude each other", "diff", "a.nc", "a.nc", "--json", "--markdown");
  assert_assay(1, "usage: assay diff A B", "diff", "a.nc");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(a_set_is_identical_to_itself),
      TEST(a_share_is_found_where_it_is),
      TEST(the_worst_frame_is_named),
      TEST(components_are_measured_by_the_velocity),
      TEST(it_is_the_metric_rel_l2),
      TEST(solid_cells_do_not_count_but_are_not_the_same),
      TEST(frames_that_are_not_finite_are_counted_and_left_out),
      TEST(a_component_needs_the_others),
      TEST(of_nothing_everything_is_infinitely_much),
      TEST(frames_of_next_to_nothing_do_not_count_for_much),
      TEST(single_precision_is_close_but_not_identical),
      TEST(cases_are_found_by_their_ids),
      TEST(or_by_their_parameters),
      TEST(a_case_is_paired_once),
      TEST(frames_are_found_by_their_times),
      TEST(a_steady_state_counts_once),
      TEST(a_case_without_frames_has_no_difference),
      TEST(parameters_that_differ_are_named),
      TEST(fields_that_do_not_fit_are_named),
      TEST(another_grid_is_refused),
      TEST(a_file_of_somebody_else_is_compared_as_well),
      TEST(the_verb_says_what_differs),
      TEST(a_hash_is_not_believed),
      TEST(what_cannot_be_compared_is_an_error),
  };
  if (find_programs() != 0) return 77;
  return cmocka_run_group_tests(tests, NULL, NULL);
}

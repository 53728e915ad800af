/* One battery for every registered generator: conformance NAME [slow]. With `slow` only the slow
 * evidence is measured. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "datasets/hash.h"
#include "generators/generator.h"
#include "tests/test.h"

static const struct assay_generator *g;

/* Parameters of the tiny case; the caller frees. */
static void *tiny_params(void)
{
  char *params = NULL;
  assert_ok(ASSAY_NEW(&params, g->params_size, "parameters"));
  memcpy(params, g->defaults, g->params_size);
  if (g->tiny) g->tiny(params);
  return params;
}

static const struct assay_case_key first = {.seed = 1, .id = 0};

/* Every field, also the optional ones, in double precision, pre-filled with NaN. */
static struct assay_case *empty_case(const void *params, long id)
{
  const char *names[64] = {NULL};
  struct assay_shape shape;
  struct assay_case *c = NULL;
  for (int i = 0; g->fields[i].name; i++) names[i] = g->fields[i].name;
  assert_ok(g->shape(&shape, params));
  assert_ok(assay_case_create(&c, id, &shape, g->fields, names, ASSAY_F64));
  for (int f = 0; f < c->n_fields; f++) {
    double *values = c->data[f];
    const size_t n = assay_case_elements(c, f) * (size_t)assay_case_frames(c, f);
    for (size_t i = 0; i < n; i++) values[i] = (double)NAN;
  }
  return c;
}

static struct assay_case *run_case(const void *params, struct assay_case_key key)
{
  struct assay_case *c = empty_case(params, (long)key.id);
  assert_ok(g->run(c, params, key));
  return c;
}

static bool same_frames(const struct assay_case *a, const struct assay_case *b)
{
  bool same = a->n_frames == b->n_frames;
  for (int f = 0; f < a->n_fields && same; f++) {
    const int frames = g->fields[f].kind == ASSAY_FIELD_STATIC ? 1 : a->n_frames;
    same = memcmp(a->data[f], b->data[f],
                  assay_case_elements(a, f) * (size_t)frames * sizeof(double)) == 0;
  }
  return same;
}

static void it_describes_itself(void **state)
{
  (void)state;
  assert_true(g->version >= 1 && g->order >= 0);
  assert_true(g->doc && strlen(g->doc) > 10 && g->reference && *g->reference);
  assert_non_null(g->tiny);
  assert_true(g->evidence && g->evidence[0].name);
  assert_ok(assay_param_check(g->params, g->defaults));
  for (const struct assay_param *p = g->params; p->name; p++)
    if (!p->doc || (p->type == ASSAY_PT_DOUBLE && !p->unit))
      fail_msg("parameter %s lacks doc or unit", p->name);
  for (const struct assay_field *f = g->fields; f->name; f++) {
    if (!f->unit || !f->doc) fail_msg("field %s lacks unit or doc", f->name);
    for (const struct assay_field *other = g->fields; other < f; other++)
      assert_string_not_equal(other->name, f->name);
    if (assay_param_find(g->params, f->name)) fail_msg("%s is field and parameter", f->name);
  }
  for (const struct assay_illustration *i = g->illustrations; i && i->name; i++)
    if (!i->caption || !i->draw ||
        strspn(i->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(i->name))
      fail_msg("illustration '%s' lacks caption or drawing, or is no file name", i->name);
  for (const struct assay_derived *d = g->derived; d && d->name; d++) {
    if (!d->unit || !d->doc) fail_msg("derived %s lacks unit or doc", d->name);
    assert_true(isfinite(d->value(g->defaults)));
  }
}

static void every_value_of_every_frame_is_written_and_finite(void **state)
{
  (void)state;
  void *params = tiny_params();
  struct assay_case *c = run_case(params, first);
  assert_in_range(c->n_frames, 1, c->shape.n_frames);
  for (int f = 0; f < c->n_fields; f++) {
    const double *values = c->data[f];
    const int frames = g->fields[f].kind == ASSAY_FIELD_STATIC ? 1 : c->n_frames;
    const size_t n = assay_case_elements(c, f) * (size_t)frames;
    for (size_t i = 0; i < n; i++)
      if (!isfinite(values[i])) fail_msg("%s[%zu] = %g", g->fields[f].name, i, values[i]);
  }
  for (int k = 0; k < c->n_frames; k++)
    assert_close(c->time[k], k * c->shape.frame_interval, 1e-14, 0);
  assert_false(c->certificate.diverged);
  assay_case_destroy(c);
  assay_free(params);
}

static void a_case_depends_on_parameters_seed_and_id_only(void **state)
{
  (void)state;
  void *params = tiny_params();
  struct assay_case *a = run_case(params, first);
  struct assay_case *other = run_case(params, (struct assay_case_key){.seed = 1, .id = 5});
  struct assay_case *again = run_case(params, first);
  assert_true(same_frames(a, again));
  assay_case_destroy(a);
  assay_case_destroy(other);
  assay_case_destroy(again);
  assay_free(params);
}

/* what splits without duplicates rely on */
static void it_says_whether_it_draws_random_numbers(void **state)
{
  (void)state;
  void *params = tiny_params();
  struct assay_case *a = run_case(params, first);
  struct assay_case *b = run_case(params, (struct assay_case_key){.seed = 23, .id = 5});
  const bool draws = g->draws && g->draws(params);
  if (same_frames(a, b) == draws)
    fail_msg("with other seed and id the data are %s, but draws says %s", draws ? "equal" : "other",
             draws ? "yes" : "no");
  assay_case_destroy(a);
  assay_case_destroy(b);
  assay_free(params);
}

static void unwanted_fields_change_nothing(void **state)
{
  (void)state;
  void *params = tiny_params();
  const char *only[] = {g->fields[0].name, NULL};
  struct assay_shape shape;
  struct assay_case *all = run_case(params, first), *one = NULL;
  assert_ok(g->shape(&shape, params));
  assert_ok(assay_case_create(&one, 0, &shape, g->fields, only, ASSAY_F64));
  assert_ok(g->run(one, params, first));
  assert_int_equal(one->n_frames, all->n_frames);
  const size_t bytes = assay_case_elements(all, 0) * (size_t)all->n_frames * sizeof(double);
  assert_memory_equal(all->data[0], one->data[0], bytes);
  assay_case_destroy(all);
  assay_case_destroy(one);
  assay_free(params);
}

static void half_resolution_is_the_same_problem(void **state)
{
  (void)state;
  if (!g->coarsen) {
    assert_int_equal(g->order, 0);
    return;
  }
  void *params = tiny_params();
  struct assay_case *fine = run_case(params, first);
  assert_ok(g->coarsen(params));
  struct assay_case *coarse = run_case(params, first);
  assert_close(coarse->shape.frame_interval, fine->shape.frame_interval, 0, 0);
  assert_int_equal(coarse->shape.n_frames, fine->shape.n_frames);
  assert_int_equal(coarse->shape.n_axes, fine->shape.n_axes);
  for (int a = 0; a < fine->shape.n_axes; a++) {
    const struct assay_axis *f = &fine->shape.axis[a], *c = &coarse->shape.axis[a];
    assert_true(f->n == c->n || f->n == 2 * c->n);
    assert_close(c->lo, f->lo, 0, 0);
    assert_close(c->hi, f->hi, 0, 0);
  }
  assay_case_destroy(fine);
  assay_case_destroy(coarse);
  assay_free(params);
}

static void nothing_leaks(void **state)
{
  (void)state;
  void *params = tiny_params();
  const size_t before = assay_mem_in_use().blocks;
  assay_case_destroy(run_case(params, first));
  assert_int_equal(assay_mem_in_use().blocks, before);
  assay_free(params);
}

/* What is stored by default. Fields on demand stay outside: a generator may get more of them and
 * the data that there is remain those of its version. */
static void its_bits_are_those_of_its_version(void **state)
{
  (void)state;
  char hex[ASSAY_SHA256_HEX];
  void *params = tiny_params();
  struct assay_shape shape;
  struct assay_case *c = NULL;
  assert_ok(g->shape(&shape, params));
  assert_ok(assay_case_create(&c, first.id, &shape, g->fields, NULL, ASSAY_F64));
  assert_ok(g->run(c, params, first));
  double *block = NULL;
  const double *x[ASSAY_AXES_MAX] = {NULL};
  assert_ok(assay_hash_coordinates(&block, x, &c->shape));
  const struct assay_hash_source source = {c, c->shape.n_frames > 1, x, 0, NULL, NULL};
  assert_ok(assay_hash_case(hex, &source));
  assay_free(block);
  if (!g->golden || strcmp(hex, g->golden) != 0)
    fail_msg(
        "%s version %d: the tiny case has hash %s, .golden is %s. If the change is meant, raise "
        ".version and put the new hash in",
        g->name, g->version, hex, g->golden ? g->golden : "missing");
  assay_case_destroy(c);
  assay_free(params);
}

static void measure_evidence(bool slow)
{
  for (const struct assay_evidence *e = g->evidence; e->name; e++) {
    double value = (double)NAN;
    if (e->slow != slow) continue;
    assert_ok(e->measure(&value));
    print_message("# %s: %g (expected %g +- %g)\n", e->name, value, e->expected, e->limit);
    if (!(fabs(value - e->expected) <= e->limit))
      fail_msg("%s: %.10g is not within %g of %g", e->name, value, e->limit, e->expected);
  }
}

static void its_quick_evidence_holds(void **state)
{
  (void)state;
  measure_evidence(false);
}

static void its_slow_evidence_holds(void **state)
{
  (void)state;
  measure_evidence(true);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest quick[] = {
      cmocka_unit_test(it_describes_itself),
      cmocka_unit_test(every_value_of_every_frame_is_written_and_finite),
      cmocka_unit_test(a_case_depends_on_parameters_seed_and_id_only),
      cmocka_unit_test(it_says_whether_it_draws_random_numbers),
      cmocka_unit_test(unwanted_fields_change_nothing),
      cmocka_unit_test(half_resolution_is_the_same_problem),
      cmocka_unit_test(nothing_leaks),
      cmocka_unit_test(its_bits_are_those_of_its_version),
      cmocka_unit_test(its_quick_evidence_holds),
  };
  const struct CMUnitTest slow[] = {cmocka_unit_test(its_slow_evidence_holds)};
  if (argc < 2 || assay_generator_find(&g, argv[1]) < 0) {
    fprintf(stderr, "usage: conformance GENERATOR [slow]\n");
    return 1;
  }
  if (argc > 2) return cmocka_run_group_tests_name(argv[1], slow, NULL, NULL);
  return cmocka_run_group_tests_name(argv[1], quick, NULL, NULL);
}

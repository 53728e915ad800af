/* Recipes: cases, splits, canonical text, and a message with a position for everything wrong. */
#include "tests/datasets/toy.h"

#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "datasets/split.h"

static int parse(struct assay_recipe **r, const char *text)
{
  return assay_recipe_parse(r, "dir/r.yaml", text, strlen(text), NULL, toy_find);
}

static struct toy params_of(const struct assay_recipe *r, long id)
{
  struct toy p;
  assert_ok(assay_recipe_params(r, &p, id));
  return p;
}

static struct assay_recipe *good(const char *text)
{
  struct assay_recipe *r = NULL;
  assert_ok(parse(&r, text));
  return r;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static void sweeps_are_nested_loops_the_first_slowest(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("generator: toy\nsweep:\n"
           "  - {kind: grid, values: {amplitude: [1.5, 2.5], kind: [round, square]}}\n"
           "  - {kind: zip, values: {error: [7, 8, 9], flag: [no, yes, no]}}\n");
  assert_int_equal(assay_recipe_cases(r), 12);
  const struct toy p = params_of(r, 7); /* 7 = (0, 1 | 1)... : 2 * 3 + 1 -> grid 2, zip 1 */
  assert_close(p.amplitude, 2.5, 0, 0);
  assert_int_equal(p.kind, 0);
  assert_close(p.error, 8, 0, 0);
  assert_true(p.flag);
  assert_int_equal(params_of(r, 5).kind, 1);
  assert_close(params_of(r, 5).amplitude, 1.5, 0, 0);
  assay_recipe_destroy(r);
}

static void even_ranges_hit_both_ends_and_read_well(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("generator: toy\nsweep:\n"
           "  - {kind: linspace, n: 4, ranges: {amplitude: [0.1, 0.4], error: [3, 0]}}\n"
           "  - {kind: logspace, n: 3, ranges: {length: [0.1, 10]}}\n");
  assert_int_equal(assay_recipe_cases(r), 12);
  assert_true(params_of(r, 2 * 3).amplitude == 0.3); /* not 0.30000000000000004 */
  assert_true(params_of(r, 2 * 3).error == 1);
  assert_true(params_of(r, 1).length == 1 && params_of(r, 2).length == 10);
  assay_recipe_destroy(r);
}

static void tables_give_rows(void **state)
{
  (void)state;
  struct assay_recipe *r = good("generator: toy\nsweep:\n"
                                "  - kind: table\n    columns: [amplitude, kind]\n"
                                "    rows:\n      - [3.25, square]\n      - [4.5, round]\n");
  assert_int_equal(assay_recipe_cases(r), 2);
  assert_close(params_of(r, 0).amplitude, 3.25, 0, 0);
  assert_int_equal(params_of(r, 0).kind, 1);
  assay_recipe_destroy(r);
}

static const char random_text[] = "generator: toy\nseed: 5\nsweep:\n"
                                  "  - {kind: %s, n: %d, ranges: {amplitude: [1, 4]}}\n";

static struct assay_recipe *random_recipe(const char *kind, int n)
{
  char text[256];
  snprintf(text, sizeof text, random_text, kind, n);
  return good(text);
}

/* A case keeps its values when there are more of them; Latin hypercubes depend on n. */
static void random_values_are_keyed_by_the_case(void **state)
{
  (void)state;
  const char *const kinds[] = {"uniform", "loguniform"};
  for (int i = 0; i < 2; i++) {
    struct assay_recipe *few = random_recipe(kinds[i], 5), *many = random_recipe(kinds[i], 400);
    double sum = 0;
    for (long id = 0; id < 5; id++)
      assert_true(params_of(few, id).amplitude == params_of(many, id).amplitude);
    for (long id = 0; id < 400; id++) {
      const double a = params_of(many, id).amplitude;
      assert_true(a >= 1 && a < 4);
      sum += a / 400;
    }
    /* means of the two laws on [1, 4]: 2.5 and 3 / log 4 */
    assert_close(sum, i == 0 ? 2.5 : 3 / log(4), 0, 0.15);
    assay_recipe_destroy(few);
    assay_recipe_destroy(many);
  }
}

static void latin_hypercubes_have_one_case_per_stratum(void **state)
{
  (void)state;
  enum { N = 30 };
  struct assay_recipe *r =
      good("generator: toy\nseed: 9\nsweep:\n  - kind: lhs\n    n: 30\n"
           "    ranges: {amplitude: [10, 40], length: [0.1, 10]}\n    log: [length]\n");
  int seen[2][N] = {{0}}, in_order = 0;
  for (long id = 0; id < N; id++) {
    const struct toy p = params_of(r, id);
    const int a = (int)((p.amplitude - 10) / 30 * N), b = (int)(log(p.length / 0.1) / log(100) * N);
    seen[0][a]++;
    seen[1][b]++;
    in_order += a == id;
  }
  for (int s = 0; s < N; s++) assert_true(seen[0][s] == 1 && seen[1][s] == 1);
  assert_true(in_order < N / 3);
  assay_recipe_destroy(r);
}

static void ranges_may_be_rounded_to_steps(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("generator: toy\nseed: 9\nsweep:\n  - kind: lhs\n    n: 40\n"
           "    ranges: {amplitude: [10, 40], length: [0.3, 9.9]}\n    round: {length: 0.3}\n");
  int different = 0;
  for (long id = 0; id < 40; id++) {
    const struct toy p = params_of(r, id);
    const double steps = p.length / 0.3;
    assert_close(steps, floor(steps + 0.5), 1e-12, 0);
    assert_true(p.length >= 0.3 && p.length <= 9.9 + 1e-9);
    different += p.amplitude != floor(p.amplitude);
  }
  assert_int_equal(different, 40);
  assay_recipe_destroy(r);
}

static void subsets_follow_one_another(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("generator: toy\nparams: {error: 4}\nsubsets:\n"
           "  - name: slow\n    params: {amplitude: 0.5}\n"
           "    sweep: [{kind: grid, values: {length: [1, 2, 3]}}]\n"
           "  - name: fast\n    params: {amplitude: 50}\n"
           "    sweep: [{kind: grid, values: {error: [6, 7]}}]\n"
           "splits:\n  transfer: {kind: subsets, train: [slow], test: [fast]}\n");
  assert_int_equal(assay_recipe_cases(r), 5);
  assert_close(params_of(r, 2).length, 3, 0, 0);
  assert_close(params_of(r, 2).error, 4, 0, 0);
  assert_close(params_of(r, 4).amplitude, 50, 0, 0);
  assert_close(params_of(r, 4).error, 7, 0, 0);
  assert_true(assay_recipe_varies(r, "amplitude") && assay_recipe_varies(r, "error"));
  assert_false(assay_recipe_varies(r, "interval"));
  assay_recipe_destroy(r);
}

/* The last case is case 1, only longer. */
static const char uneven[] =
    "generator: toy\nparams: {flag: yes}\nsubsets:\n"
    "  - name: short\n"
    "    sweep: [{kind: grid, values: {amplitude: [1.5, 2.5]}}]\n"
    "  - name: long\n    params: {frames: 9, error: 3}\n"
    "    sweep: [{kind: grid, values: {amplitude: [2.5, 3.5]}}]\n"
    "  - name: longest\n    params: {frames: 11}\n"
    "    sweep: [{kind: grid, values: {amplitude: [2.5]}}]\n"
    "splits: {s: {kind: stratified, by: amplitude, train: 0.5, test: 0.5}}\n";

static void subsets_may_have_their_own_number_of_frames(void **state)
{
  (void)state;
  struct assay_recipe *r = good(uneven);
  const struct assay_layout *l = assay_recipe_layout(r);
  const int frames[] = {5, 5, 9, 9, 11};
  for (long id = 0; id < 5; id++) assert_int_equal(assay_recipe_frames(r, id), frames[id]);
  assert_true(l->n_times == 11 && l->time);
  assert_close(l->time[10], 1, 1e-15, 0);
  /* 16 cells: two fields and a number per frame, and the mask */
  assert_int_equal(assay_recipe_case_bytes(r, 1), 4 * (33 * 5 + 16));
  assert_int_equal(assay_recipe_case_bytes(r, 4), 4 * (33 * 11 + 16));
  assay_recipe_destroy(r);
}

static void records_end_with_the_frames_of_the_case(void **state)
{
  (void)state;
  struct assay_recipe *r = good(uneven);
  const int8_t unused[] = {0, 0, 0, 0, 1}; /* 4 is 1 once more, 2 has another error */
  for (long id = 0; id < 5; id++) {
    struct assay_writer_record record;
    struct assay_case *c = NULL;
    const int last = assay_recipe_frames(r, id) - 1;
    assert_ok(assay_recipe_case(&c, r, id));
    assert_ok(assay_recipe_record(&record, r, c));
    assert_int_equal(record.splits[0] == ASSAY_SPLIT_UNUSED, unused[id]);
    const double *east = record.boundary + ASSAY_EAST;
    assert_close(east[last * ASSAY_SIDES], params_of(r, id).amplitude + last * 0.1 + 1, 1e-15, 0);
    for (int k = last + 1; k < 11; k++) assert_true(isnan(east[k * ASSAY_SIDES]));
    assay_recipe_record_free(&record);
    assay_case_destroy(c);
  }
  assay_recipe_destroy(r);
}

static void assignments_stand_in_all_subsets(void **state)
{
  (void)state;
  const struct assay_list set = {1, {"params.frames=3"}};
  struct assay_recipe *r = NULL, *again = NULL;
  assert_ok(assay_recipe_parse(&r, "r.yaml", uneven, strlen(uneven), &set, toy_find));
  for (long id = 0; id < 5; id++) assert_int_equal(assay_recipe_frames(r, id), 3);
  assert_close(params_of(r, 3).error, 3, 0, 0); /* what was not assigned stays */
  assert_null(strstr(assay_recipe_text(r), "frames: 9"));
  assert_non_null(strstr(assay_recipe_text(r), "error: 3"));
  again = good(assay_recipe_text(r));
  assert_int_equal(assay_recipe_frames(again, 4), 3);
  assert_string_equal(assay_recipe_text(again) + 8, assay_recipe_text(r) + 8);
  assay_recipe_destroy(r);
  assay_recipe_destroy(again);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void the_resolved_text_is_a_fixed_point(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("seed: 18446744073709551615\ngenerator: toy\ntitle: 'With: \"quotes\", # and more'\n"
           "fields: [q, u]\nprecision: float64\ncertificate: {sample: 0.250}\n"
           "sweep:\n  - {kind: table, columns: [amplitude, kind], rows: [[1.50, square], [2e0, "
           "round]]}\n"
           "splits:\n  a: {kind: random, train: 0.5, test: 0.5}\n");
  const char *text = assay_recipe_text(r);
  struct assay_recipe *again = good(text);
  assert_string_equal(assay_recipe_text(again), text);
  assert_non_null(strstr(text, "name: r\n"));
  assert_non_null(strstr(text, "seed: 18446744073709551615\n"));
  assert_non_null(strstr(text, "generator_version: 3\n"));
  assert_non_null(strstr(text, "fields: [u, q]\n"));
  assert_non_null(strstr(text, "  interval: 0.1\n"));
  assert_non_null(strstr(text, "- [1.5, square]\n"));
  assert_non_null(strstr(text, "sample: 0.25\n"));
  assert_null(strstr(text, "  amplitude: "));
  assert_string_equal(assay_recipe_head(again)->title, "With: \"quotes\", # and more");
  assay_recipe_destroy(r);
  assay_recipe_destroy(again);
}

static int parse_set(struct assay_recipe **r, const char *assignment)
{
  static const char text[] = "generator: toy\nseed: 3\n"
                             "sweep: [{kind: linspace, n: 3, ranges: {amplitude: [1, 2]}}]\n";
  struct assay_list set = {.n = 1, .item = {assignment}};
  return assay_recipe_parse(r, "r.yaml", text, strlen(text), &set, toy_find);
}

static void assignments_change_the_recipe(void **state)
{
  (void)state;
  struct assay_recipe *r = NULL;
  assert_ok(parse_set(&r, "params.length=2.5"));
  assert_close(params_of(r, 1).length, 2.5, 0, 0);
  assert_non_null(strstr(assay_recipe_text(r), "length: 2.5\n"));
  assay_recipe_destroy(r);
  assert_ok(parse_set(&r, "seed=77"));
  assert_true(assay_recipe_head(r)->seed == 77);
  assay_recipe_destroy(r);
  assert_ok(parse_set(&r, "certificate=none"));
  assert_int_equal(assay_recipe_certify(r, 0), ASSAY_CERTIFY_NONE);
  assay_recipe_destroy(r);
  assert_fails(parse_set(&r, "amplitude=2"), ASSAY_EARG, "the recipe sweeps this parameter");
  assert_fails(parse_set(&r, "lenght=2"), ASSAY_ENOTFOUND, "did you mean 'length'");
  assert_fails(parse_set(&r, "length"), ASSAY_EPARSE, "expected key=value");
  assert_fails(parse_set(&r, "length=20"), ASSAY_EARG, "--set length=20: length = 20 is outside");
  assert_null(r);
}

/* ---- splits --------------------------------------------------------------------------------- */

static void count(const struct assay_recipe *r, int split, int counts[4])
{
  memset(counts, 0, 4 * sizeof *counts);
  for (long id = 0; id < assay_recipe_cases(r); id++) {
    struct assay_writer_record record;
    struct assay_case *c = NULL;
    assert_ok(assay_recipe_case(&c, r, id));
    assert_ok(assay_recipe_record(&record, r, c));
    counts[record.splits[split] + 1]++;
    assay_recipe_record_free(&record);
    assay_case_destroy(c);
  }
}

static int code(const struct assay_recipe *r, int split, long id, bool diverged)
{
  struct assay_writer_record record;
  struct assay_case *c = NULL;
  assert_ok(assay_recipe_case(&c, r, id));
  c->certificate.diverged = diverged;
  assert_ok(assay_recipe_record(&record, r, c));
  const int value = record.splits[split];
  assay_recipe_record_free(&record);
  assay_case_destroy(c);
  return value;
}

static const char split_text[] =
    "generator: toy\nseed: 4\n"
    "sweep: [{kind: linspace, n: 20, ranges: {amplitude: [1, 20]}}]\n"
    "splits:\n"
    "  random: {kind: random, train: 0.7, validation: 0.1, test: 0.2}\n"
    "  part: {kind: random, train: 0.3, test: 0.01}\n"
    "  blocks: {kind: blocks, train: 0.5, validation: 0.25, test: 0.25}\n"
    "  high: {kind: sorted, by: amplitude2, order: descending, train: 0.8, test: 0.2}\n"
    "  middle: {kind: ranges, by: amplitude, train: [1, 5], test: [8, 9.5]}\n"
    "  picked: {kind: cases, test: [3, 17], validation: [5]}\n"
    "  gap: {kind: ranges, by: amplitude, train: [[1, 2], [6, 7.5]], test: [3, 4]}\n";

static void splits_follow_their_rules(void **state)
{
  (void)state;
  struct assay_recipe *r = good(split_text);
  static const int expected[7][4] = {{0, 14, 2, 4}, {13, 6, 0, 1}, {0, 10, 5, 5}, {0, 16, 0, 4},
                                     {13, 5, 0, 2}, {0, 17, 1, 2}, {14, 4, 0, 2}};
  for (int s = 0; s < 7; s++) {
    int counts[4];
    count(r, s, counts);
    for (int i = 0; i < 4; i++) assert_int_equal(counts[i], expected[s][i]);
  }
  assert_int_equal(code(r, 2, 10, false), 1);
  assert_int_equal(code(r, 3, 0, false), 2); /* the lowest amplitude comes last */
  assert_int_equal(code(r, 3, 19, false), 0);
  assert_int_equal(code(r, 5, 17, false), 2);
  assert_int_equal(code(r, 5, 17, true), -1);
  assay_recipe_destroy(r);
}

static void random_splits_are_random_and_their_own(void **state)
{
  (void)state;
  char text[sizeof split_text + 8];
  struct assay_recipe *r = good(split_text);
  int in_order = 0, same = 0;
  snprintf(text, sizeof text, "%s", split_text);
  memcpy(strstr(text, "  random"), "  raNdom", 8);
  struct assay_recipe *other = good(text);
  for (long id = 0; id < 20; id++) {
    in_order += code(r, 0, id, false) == (id < 14 ? 0 : id < 16 ? 1 : 2);
    same += code(r, 0, id, false) == code(other, 0, id, false);
    assert_int_equal(code(r, 1, id, false), code(other, 1, id, false));
  }
  assert_true(in_order < 20 && same < 20);
  assay_recipe_destroy(r);
  assay_recipe_destroy(other);
}

/* ---- layout --------------------------------------------------------------------------------- */

static void coordinates_are_shared_only_if_all_cases_share_them(void **state)
{
  (void)state;
  struct assay_recipe *r = good("generator: toy\n"
                                "sweep: [{kind: grid, values: {amplitude: [1, 2]}}]\n");
  const struct assay_layout *l = assay_recipe_layout(r);
  assert_true(l->time && !l->axis_varies[0] && l->n_times == 5);
  assert_int_equal(l->n_fields, 4); /* not the optional one */
  assert_int_equal(l->n_params, 13);
  assert_string_equal(l->params[11].name, "amplitude2");
  assert_string_equal(l->params[9].choices[1], "true");
  assay_recipe_destroy(r);
  r = good("generator: toy\nfields: [extra]\nsweep: [{kind: zip, values: {length: [1, 2], "
           "frames: [3, 7], interval: [0.1, 0.2]}}]\n");
  l = assay_recipe_layout(r);
  assert_true(!l->time && l->axis_varies[0] && l->n_times == 7 && l->n_fields == 1);
  assert_null(l->boundary); /* none of the stored fields has one */
  assay_recipe_destroy(r);
}

static void boundary_values_are_those_of_the_generator(void **state)
{
  (void)state;
  struct assay_recipe *r = good("generator: toy\nparams: {amplitude: 2.5}\n");
  struct assay_writer_record record;
  struct assay_case *c = NULL;
  assert_ok(assay_recipe_case(&c, r, 0));
  assert_ok(assay_recipe_record(&record, r, c));
  assert_close(record.boundary[3 * ASSAY_SIDES + ASSAY_EAST], 2.5 + 3 * 0.1 + 1, 1e-15, 0);
  assert_true(isnan(record.boundary[3 * ASSAY_SIDES + ASSAY_SOUTH]));
  assert_int_equal(assay_recipe_layout(r)->boundary[ASSAY_WEST], ASSAY_BOUNDARY_DIRICHLET);
  assay_recipe_record_free(&record);
  assay_case_destroy(c);
  assay_recipe_destroy(r);
}

static void samples_of_the_certificate_are_spread(void **state)
{
  (void)state;
  struct assay_recipe *r = good("generator: toy\ncertificate: {sample: 0.25}\n"
                                "sweep: [{kind: linspace, n: 40, ranges: {amplitude: [1, 2]}}]\n");
  int n = 0, longest = 0, gap = 0;
  for (long id = 0; id < 40; id++) {
    const bool mine = assay_recipe_certify(r, id) == ASSAY_CERTIFY_REFINE;
    n += mine;
    gap = mine ? 0 : gap + 1;
    longest = gap > longest ? gap : longest;
  }
  assert_int_equal(n, 10);
  assert_int_equal(longest, 3);
  assay_recipe_destroy(r);
}

/* Three subsets of 20, 10 and 3 cases in no order of Re: 4, 2 and 1 of them, from every part. */
static void samples_of_the_certificate_are_spread_over_reynolds_numbers(void **state)
{
  (void)state;
  struct assay_recipe *r = good(
      "generator: toy\ncertificate: {sample: 0.2}\nsubsets:\n"
      "  - {name: a, sweep: [{kind: grid, values: {amplitude: [9, 2, 5, 7, 1, 20, 15, 3, 11, 6,"
      " 4, 8, 10, 12, 13, 14, 16, 17, 18, 19]}}]}\n"
      "  - {name: b, sweep: [{kind: linspace, n: 10, ranges: {amplitude: [50, 41]}}]}\n"
      "  - {name: c, sweep: [{kind: grid, values: {amplitude: [3, 2, 1]}}]}\n");
  /* a: ranks 3, 8, 13, 18 of 20; b: 3 and 8 of 10; c: 3 of 3 */
  static const double expected[] = {3, 8, 13, 18, 43, 48, 3};
  int n = 0;
  bool seen[7] = {false};
  for (long id = 0; id < 33; id++) {
    if (assay_recipe_certify(r, id) != ASSAY_CERTIFY_REFINE) continue;
    for (int i = id < 20 ? 0 : id < 30 ? 4 : 6; i < 7; i++)
      if (params_of(r, id).amplitude == expected[i]) seen[i] = true;
    n++;
  }
  assert_int_equal(n, 7);
  for (int i = 0; i < 7; i++) assert_true(seen[i]);
  assay_recipe_destroy(r);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void everything_wrong_has_a_message_with_its_place(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    int code;
    const char *message;
  } rows[] = {
      {"seed: 3\n", ASSAY_EPARSE, "r.yaml:1:1: key 'generator' is missing"},
      {"generator: tox\n", ASSAY_ENOTFOUND, "r.yaml:1:12: no generator 'tox'"},
      {"generator: toy\nsede: 4\n", ASSAY_ENOTFOUND, "r.yaml:2:7: no parameter 'sede' (did you"},
      {"generator: toy\ngenerator_version: 2\n", ASSAY_EUNSUPPORTED,
       "r.yaml:2:20: made by version"},
      {"generator: toy\nprecision: float16\n", ASSAY_EPARSE, "r.yaml:2:12: precision: no choice"},
      {"generator: toy\nfields: [u, w]\n", ASSAY_ENOTFOUND, "r.yaml:2:9: generator 'toy' has no"},
      {"generator: toy\nparams: {n: x}\n", ASSAY_EPARSE, "r.yaml:2:13: n: expected a whole"},
      {"generator: toy\nparams: {n: 3}\n", ASSAY_EARG, "r.yaml:2:13: n = 3 is outside [4, 4096]"},
      {"generator: toy\nparams: {amplitude: 13.13}\n", ASSAY_EARG, "case 0: an amplitude of 13.13"},
      {"generator: toy\ncertificate: refined\n", ASSAY_EPARSE,
       "r.yaml:2:14: certificate: expected"},
      {"generator: toy\ncertificate: {sample: 0}\n", ASSAY_EARG, "r.yaml:2:23: sample: expected"},
      {"generator: toy\nsweep: {kind: grid}\n", ASSAY_EPARSE, "r.yaml:2:8: sweep: expected a list"},
      {"generator: toy\nsweep: [{kind: gird, values: {error: [1]}}]\n", ASSAY_ENOTFOUND,
       "r.yaml:2:16: no kind of sweep 'gird' (did you mean 'grid'?"},
      {"generator: toy\nsweep: [{kind: grid, valeus: {error: [1]}}]\n", ASSAY_ENOTFOUND,
       "r.yaml:2:30: no key 'valeus'"},
      {"generator: toy\nsweep: [{kind: grid, values: {n: [8, 16]}}]\n", ASSAY_EARG,
       "r.yaml:2:34: n fixes the shape"},
      {"generator: toy\nsweep: [{kind: grid, values: {error: [1, x]}}]\n", ASSAY_EPARSE,
       "r.yaml:2:42: error: expected a number, got 'x'"},
      {"generator: toy\nsweep: [{kind: grid, values: {error: 1}}]\n", ASSAY_EPARSE,
       "r.yaml:2:38: error: expected a list"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1, 2], amplitude: [1]}}]\n",
       ASSAY_EPARSE, "amplitude has 1 values, but error has 2"},
      {"generator: toy\nsweep: [{kind: uniform, ranges: {error: [1, 2]}}]\n", ASSAY_EPARSE,
       "r.yaml:2:9: key 'n' is missing"},
      {"generator: toy\nsweep: [{kind: uniform, n: 2.5, ranges: {error: [1, 2]}}]\n", ASSAY_EARG,
       "n: expected a whole number from 1"},
      {"generator: toy\nsweep: [{kind: logspace, n: 2, ranges: {error: [-1, 2]}}]\n", ASSAY_EARG,
       "error: a logarithmic range needs positive ends"},
      {"generator: toy\nsweep: [{kind: linspace, n: 2, ranges: {kind: [0, 1]}}]\n", ASSAY_EARG,
       "kind is not a number"},
      {"generator: toy\nsweep: [{kind: linspace, n: 2, ranges: {frames: [3, 4000]}}]\n", ASSAY_EARG,
       "frames = 4000 is outside"},
      {"generator: toy\nsweep: [{kind: linspace, n: 3, ranges: {frames: [3, 6]}}]\n", ASSAY_EPARSE,
       "r.yaml:2:9: frames: expected a whole number, got '4.5'"},
      {"generator: toy\nsweep: [{kind: lhs, n: 2, ranges: {error: [1, 2]}, log: [length]}]\n",
       ASSAY_ENOTFOUND, "log: no range of 'length'"},
      {"generator: toy\nsweep: [{kind: lhs, n: 2, ranges: {error: [1, 2]}, round: {length: 1}}]\n",
       ASSAY_ENOTFOUND, "round: no range of 'length'"},
      {"generator: toy\nsweep: [{kind: uniform, n: 2, ranges: {error: [1, 2]}, round: {error: "
       "-0.2}}]\n",
       ASSAY_EARG, "a step must be positive"},
      {"generator: toy\nsweep: [{kind: uniform, n: 2, ranges: {error: [1, 2]}, round: 3}]\n",
       ASSAY_EPARSE, "round: expected 'name: step'"},
      {"generator: toy\nsweep: [{kind: grid, values: {error: [1, 2]}, round: {error: 1}}]\n",
       ASSAY_ENOTFOUND, "no key 'round'"},
      {"generator: toy\nsweep:\n  - {kind: grid, values: {error: [1]}}\n"
       "  - {kind: grid, values: {error: [2]}}\n",
       ASSAY_EARG, "r.yaml:4:5: error is set by two sweeps"},
      {"generator: toy\nsweep: [{kind: table, columns: [error, error], rows: [[1, 2]]}]\n",
       ASSAY_EARG, "error is set twice"},
      {"generator: toy\nsweep: [{kind: table, columns: [error], rows: [[1], [1, 2]]}]\n",
       ASSAY_EPARSE, "r.yaml:2:53: row 2: expected a list of 1 values"},
      {"generator: toy\nsweep: [{kind: grid, values: {error: [1, 2]}, where: {error: [1, 1.5]}}]\n",
       ASSAY_EPARSE, "states its number of cases (here 1)"},
      {"generator: toy\nsweep: [{kind: grid, values: {error: [1, 2]}, n: 3}]\n", ASSAY_EARG,
       "r.yaml:2:50: n: the loop has 2 cases, not 3"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1]}, where: {erro: [1, 2]}, n: 1}]\n",
       ASSAY_ENOTFOUND, "r.yaml:2:57: generator 'toy' has no parameter or derived group 'erro'"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1]}, where: {error: 1}, n: 1}]\n",
       ASSAY_EPARSE, "where: error: expected [lowest, highest]"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1]}, where: {error: [2, 3]}, n: 0}]\n",
       ASSAY_EARG, "no combination is left"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1]}, extra: [{amplitude: 2}]}]\n",
       ASSAY_ENOTFOUND, "extra: this loop does not set 'amplitude'"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: [1], length: [1]}, extra: [{error: "
       "2}]}]\n",
       ASSAY_EPARSE, "extra: a value of 'length' is missing"},
      {"generator: toy\nsweep: [{kind: lhs, n: 3, ranges: {error: [1, 2]}, where: {error: [1, "
       "2]}}]\n",
       ASSAY_ENOTFOUND, "no key 'where' in a sweep of kind 'lhs'"},
      {"generator: toy\nsubsets: [{name: two words}]\n", ASSAY_EPARSE, "name: expected one word"},
      {"generator: toy\nsubsets: [{name: a}]\nsweep: []\n", ASSAY_EPARSE,
       "either 'sweep' or 'subsets'"},
      {"generator: toy\nsubsets: [{name: a}, {name: a}]\n", ASSAY_EARG,
       "r.yaml:2:29: two subsets are called 'a'"},
      {"generator: toy\nsubsets: [{name: a, params: {n: 8}}]\n", ASSAY_EARG,
       "it cannot differ between subsets"},
      {"generator: toy\nsubsets: [{nam: a}]\n", ASSAY_ENOTFOUND, "no key 'nam' in a subset"},
      {"generator: toy\nsplits: {a: {kind: rnadom}}\n", ASSAY_ENOTFOUND,
       "r.yaml:2:20: no kind of split 'rnadom' (did you mean 'random'?"},
      {"generator: toy\nsplits: {a: {kind: random, train: 0.9, test: 0.2}}\n", ASSAY_EARG,
       "r.yaml:2:13: the shares of train"},
      {"generator: toy\nsplits: {a: {kind: random, train: x}}\n", ASSAY_EPARSE,
       "r.yaml:2:35: expected a number"},
      {"generator: toy\nsplits: {a: {kind: random, train: 1, by: n}}\n", ASSAY_ENOTFOUND,
       "r.yaml:2:42: no key 'by' in a split of kind 'random'"},
      {"generator: toy\nsplits: {a: {kind: sorted, train: 1}}\n", ASSAY_EPARSE,
       "key 'by' must be a name"},
      {"generator: toy\nsplits: {a: {kind: sorted, by: re, train: 1}}\n", ASSAY_ENOTFOUND,
       "r.yaml:2:32: generator 'toy' has no parameter or derived group 're'"},
      {"generator: toy\nsplits: {a: {kind: ranges, by: n, train: [1, 90], test: [3, 40]}}\n",
       ASSAY_EARG, "case 0 is in two parts"},
      {"generator: toy\nsplits: {a: {kind: cases, test: [1]}}\n", ASSAY_EARG,
       "r.yaml:2:34: no case 1 (there are 1)"},
      {"generator: toy\nsplits: {a: {kind: cases, test: [0, 0]}}\n", ASSAY_EARG, "listed twice"},
      {"generator: toy\nsplits: {a: {kind: subsets, test: [b]}}\n", ASSAY_ENOTFOUND,
       "no subset 'b'"},
      {"generator: toy\nsweep: [{kind: zip, values: {error: []}}]\n", ASSAY_EPARSE,
       "error: expected a list of values"},
      {"generator: toy\nsweep:\n  - {kind: linspace, n: 40000, ranges: {error: [1, 2]}}\n"
       "  - {kind: linspace, n: 40000, ranges: {amplitude: [1, 2]}}\n",
       ASSAY_EARG, "more than 1000000000 cases"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_recipe *r = NULL;
    const int rc = parse(&r, rows[i].text);
    if (rc != rows[i].code || !strstr(assay_err_last(), rows[i].message) || r)
      fail_msg("recipe %zu:\n%s\nreturned %d with '%s', expected %d with '%s'", i, rows[i].text, rc,
               assay_err_last(), rows[i].code, rows[i].message);
  }
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sweeps_are_nested_loops_the_first_slowest),
      cmocka_unit_test(even_ranges_hit_both_ends_and_read_well),
      cmocka_unit_test(tables_give_rows),
      cmocka_unit_test(random_values_are_keyed_by_the_case),
      cmocka_unit_test(latin_hypercubes_have_one_case_per_stratum),
      cmocka_unit_test(ranges_may_be_rounded_to_steps),
      cmocka_unit_test(subsets_follow_one_another),
      cmocka_unit_test(subsets_may_have_their_own_number_of_frames),
      cmocka_unit_test(records_end_with_the_frames_of_the_case),
      cmocka_unit_test(assignments_stand_in_all_subsets),
      cmocka_unit_test(the_resolved_text_is_a_fixed_point),
      cmocka_unit_test(assignments_change_the_recipe),
      cmocka_unit_test(splits_follow_their_rules),
      cmocka_unit_test(random_splits_are_random_and_their_own),
      cmocka_unit_test(coordinates_are_shared_only_if_all_cases_share_them),
      cmocka_unit_test(boundary_values_are_those_of_the_generator),
      cmocka_unit_test(samples_of_the_certificate_are_spread),
      cmocka_unit_test(samples_of_the_certificate_are_spread_over_reynolds_numbers),
      cmocka_unit_test(everything_wrong_has_a_message_with_its_place),
      cmocka_unit_test(everything_is_freed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

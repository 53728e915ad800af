#include "harness/dry_run.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/estimate.h"

/* Wall time: even shares of the workers, but not less than the longest case. */
static double predicted_seconds(const struct assay_produce *p)
{
  double sum = 0, largest = 0;
  for (long k = 0; k < assay_produce_count(p); k++) {
    const double cost = assay_recipe_cost(p->recipe, assay_produce_case(p, k));
    sum += cost;
    largest = cost > largest ? cost : largest;
  }
  const double even = sum / assay_produce_jobs(p->jobs);
  return even > largest ? even : largest;
}

/* Parameters and groups that differ between cases, of the first few cases. */
static int print_table(const struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  enum { SHOWN = 5 };
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  const size_t n = (size_t)l->n_params;
  const long n_cases = assay_produce_count(p);
  double *first = NULL;
  bool *differs = NULL;
  ASSAY_TRY(ASSAY_NEW(&first, 2 * n, "table"));
  ASSAY_TRY(ASSAY_NEW(&differs, n, "table"));
  double *now = first + n;
  ASSAY_TRY(assay_recipe_values(first, p->recipe, p->first));
  for (long k = 0; k < n_cases; k++) {
    ASSAY_TRY(assay_recipe_values(now, p->recipe, assay_produce_case(p, k)));
    for (size_t q = 0; q < n; q++) differs[q] = differs[q] || now[q] != first[q];
  }
  fprintf(out, "%8s", "case");
  for (size_t q = 0; q < n; q++)
    if (differs[q]) fprintf(out, "  %14s", l->params[q].name);
  for (long k = 0; k < n_cases && k < SHOWN; k++) {
    ASSAY_TRY(assay_recipe_values(now, p->recipe, assay_produce_case(p, k)));
    fprintf(out, "\n%8ld", assay_produce_case(p, k));
    for (size_t q = 0; q < n; q++)
      if (differs[q] && l->params[q].choices)
        fprintf(out, "  %14s", l->params[q].choices[(int)now[q]]);
      else if (differs[q])
        fprintf(out, "  %14.6g", now[q]);
  }
  fprintf(out, "%s\n", n_cases > SHOWN ? "\n     ..." : "");
done:
  assay_free(first);
  assay_free(differs);
  return rc;
}

static void print_cases(const struct assay_produce *p, FILE *out)
{
  const long n = assay_produce_count(p);
  fprintf(out, "cases     %ld (%ld to %ld", n, p->first, assay_produce_case(p, n - 1));
  if (p->step > 1) fprintf(out, ", every %ld", p->step);
  fprintf(out, " of %ld)\n", assay_recipe_cases(p->recipe));
}

static void print_frames(const struct assay_produce *p, FILE *out)
{
  int fewest = 0, most = 0;
  for (long k = 0; k < assay_produce_count(p); k++) {
    const int frames = assay_recipe_frames(p->recipe, assay_produce_case(p, k));
    fewest = k == 0 || frames < fewest ? frames : fewest;
    most = frames > most ? frames : most;
  }
  fprintf(out, "each      ");
  if (fewest < most) fprintf(out, "%d to ", fewest);
  fprintf(out, "%d frames of", most);
}

static void print_shape(const struct assay_produce *p, FILE *out)
{
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  print_frames(p, out);
  for (int a = 0; a < l->n_axes; a++)
    fprintf(out, "%s %s = %d", a ? "," : "", l->axis[a].name, l->axis[a].n);
  fprintf(out, ":");
  for (int f = 0; f < l->n_fields; f++)
    fprintf(out, " %s [%s]%s", l->fields[f].name, l->fields[f].unit,
            f + 1 < l->n_fields ? "," : "");
  fprintf(out, ", %s\n", l->dtype == ASSAY_F32 ? "float32" : "float64");
}

int assay_dry_run_disk(long long *room, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  char *folder = NULL, need[32], have[32];
  ASSAY_TRY(assay_path_folder(&folder, p->path));
  ASSAY_TRY(assay_disk_free(room, folder));
  const long long bytes = assay_produce_bytes(p);
  ASSAY_CHECK(bytes <= *room, ASSAY_EENV,
              "%s: not enough room on disk: up to %s are needed (parts and file), %s are free",
              p->path, assay_text_bytes(need, (double)bytes),
              assay_text_bytes(have, (double)*room));
done:
  assay_free(folder);
  return rc;
}

int assay_dry_run_print(const struct assay_produce *p, FILE *out)
{
  int rc = ASSAY_OK;
  long long room = 0;
  char text[32], more[32];
  const struct assay_recipe_head *h = assay_recipe_head(p->recipe);
  const double bytes = (double)assay_produce_case_bytes(p);
  fprintf(out, "recipe    %s: %s\n", h->name, h->title);
  fprintf(out, "made by   generator %s, version %d, seed %llu\n", h->generator,
          h->generator_version, (unsigned long long)h->seed);
  print_cases(p, out);
  print_shape(p, out);
  ASSAY_TRY(print_table(p, out));
  if (assay_recipe_generator(p->recipe)->cost)
    fprintf(out, "time      about %s with %d worker%s\n",
            assay_duration_text(text, predicted_seconds(p)), assay_produce_jobs(p->jobs),
            assay_produce_jobs(p->jobs) == 1 ? "" : "s");
  fprintf(out, "file      %s, %s uncompressed\n", p->path, assay_text_bytes(text, bytes));
  rc = assay_dry_run_disk(&room, p);
  if (room > 0)
    fprintf(out, "disk      %s needed while it runs, %s free\n",
            assay_text_bytes(text, (double)assay_produce_bytes(p)),
            assay_text_bytes(more, (double)room));
done:
  return rc;
}

/* Rows of the subsets and their total into `object`. */
static int put_rows(json_t *object, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  json_t *rows = json_array(), *total = NULL;
  ASSAY_TRY(assay_estimate_rows(rows, p, 0));
  ASSAY_TRY(assay_estimate_total(&total, rows));
  json_object_set(object, "rows", rows);
  json_object_set(object, "total", total);
done:
  json_decref(rows);
  json_decref(total);
  return rc;
}

/* A parameter or group as it stands in a recipe: the word of a choice, else a number or null. */
static json_t *value_of(const struct assay_layout *l, size_t q, double x)
{
  if (l->params[q].choices) return json_string(l->params[q].choices[(int)x]);
  return isfinite(x) ? json_real(x) : json_null();
}

/* The table of cases by columns: what differs between them into `varying`, one entry per case in
 * their order; what is the same in all into `constant`. */
static int put_values(json_t *object, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  const size_t n = (size_t)l->n_params, cases = (size_t)assay_produce_count(p);
  json_t *varying = json_object(), *constant = json_object();
  double *values = NULL;
  ASSAY_TRY(ASSAY_NEW(&values, n * cases, "table"));
  for (size_t k = 0; k < cases; k++)
    ASSAY_TRY(assay_recipe_values(values + n * k, p->recipe, assay_produce_case(p, (long)k)));
  for (size_t q = 0; q < n; q++) {
    size_t same = 1;
    while (same < cases && values[n * same + q] == values[q]) same++;
    if (same == cases) {
      json_object_set_new(constant, l->params[q].name, value_of(l, q, values[q]));
      continue;
    }
    json_t *column = json_array();
    for (size_t k = 0; k < cases; k++)
      json_array_append_new(column, value_of(l, q, values[n * k + q]));
    json_object_set_new(varying, l->params[q].name, column);
  }
  json_object_set(object, "constant", constant);
  json_object_set(object, "varying", varying);
done:
  assay_free(values);
  json_decref(varying);
  json_decref(constant);
  return rc;
}

static json_t *field_names(const struct assay_layout *l)
{
  json_t *list = json_array();
  for (int f = 0; f < l->n_fields; f++) json_array_append_new(list, json_string(l->fields[f].name));
  return list;
}

int assay_dry_run_json(json_t **out, const struct assay_produce *p)
{
  int rc = ASSAY_OK;
  long long room = 0;
  json_t *object = NULL;
  const struct assay_recipe_head *h = assay_recipe_head(p->recipe);
  const bool predicts = assay_recipe_generator(p->recipe)->cost != NULL;
  const long cases = assay_produce_count(p);
  const int disk = assay_dry_run_disk(&room, p);
  *out = NULL;
  object = json_pack("{ss,ss,ss,si,so,sI,sI,sI,si,so,ss,sI,sI,sI,so}", "recipe", h->name, "title",
                     h->title, "generator", h->generator, "generator_version", h->generator_version,
                     "seed", json_sprintf("%llu", (unsigned long long)h->seed), "first_case",
                     (json_int_t)p->first, "step", (json_int_t)(p->step > 1 ? p->step : 1), "cases",
                     (json_int_t)cases, "jobs", assay_produce_jobs(p->jobs), "seconds",
                     predicts ? json_real(predicted_seconds(p)) : json_null(), "file", p->path,
                     "bytes", (json_int_t)assay_produce_case_bytes(p), "needed_bytes",
                     (json_int_t)assay_produce_bytes(p), "free_bytes", (json_int_t)room, "fields",
                     field_names(assay_recipe_layout(p->recipe)));
  ASSAY_CHECK(object, ASSAY_ENOMEM, "no memory for an estimate");
  ASSAY_TRY(put_values(object, p));
  ASSAY_TRY(put_rows(object, p));
  *out = json_incref(object);
  rc = disk;
done:
  json_decref(object);
  return rc;
}

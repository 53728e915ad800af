/* Titles of pictures: which file, which case, with what parameters, when. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/ticks.h"
#include "harness/picture_data.h"

enum { PARAMS_MAX = 6, LOOK_AT = 64, NAMED_PARAMS = 2 };

/* Lines may break only between two parameters. */
static const char blank[] = "\u00a0", between[] = "\u00a0· ";

void assay_picture_time_text(char *out, size_t size, const struct picture_data *d, int i)
{
  char number[40];
  out[0] = '\0';
  if (!d->truth.times || d->kind == ASSAY_FIELD_STATIC) return;
  snprintf(out, size, "t = %s s",
           assay_number_text(number, sizeof number, d->truth.times[d->frame[i]]));
}

/* File name without folder and ".nc". */
static int stem_of(char **out, const char *path)
{
  int rc = ASSAY_OK;
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  const size_t n = strlen(name);
  ASSAY_TRY(assay_strdup(out, name));
  if (n > 3 && strcmp(name + n - 3, ".nc") == 0) (*out)[n - 3] = '\0';
done:
  return rc;
}

int assay_picture_title(char **out, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  char *name = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  if (d->p->title) {
    ASSAY_TRY(assay_strdup(out, d->p->title));
    goto done;
  }
  ASSAY_TRY(stem_of(&name, info->path));
  if (d->p->n_cases > 0)
    ASSAY_TRY(assay_asprintf(out, "%s: %s", name, d->name));
  else
    ASSAY_TRY(assay_asprintf(out, "%s, case %ld", name, info->case_id[d->truth.k]));
done:
  assay_free(name);
  return rc;
}

/* The parameters that differ between the cases (a sample of them is looked at), Re first:
 * [n_params] is_shown. */
static int choose_params(bool *is_shown, const struct picture_data *d, double *values)
{
  int rc = ASSAY_OK;
  double *other = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  const long step = info->n_cases / LOOK_AT + 1;
  int shown = 0;
  ASSAY_TRY(ASSAY_NEW(&other, (size_t)info->n_params, "parameters"));
  for (long k = 0; k < info->n_cases; k += step) {
    ASSAY_TRY(assay_dataset_params(d->truth.ds, other, k));
    for (int i = 0; i < info->n_params; i++) is_shown[i] = is_shown[i] || other[i] != values[i];
  }
  for (int i = 0; i < info->n_params; i++)
    is_shown[i] = isfinite(values[i]) &&
                  (is_shown[i] || info->n_cases == 1 || strcmp(info->params[i].name, "Re") == 0);
  for (int i = info->n_params - 1; i >= 0; i--) shown += is_shown[i];
  for (int i = info->n_params - 1; i >= 0 && shown > PARAMS_MAX; i--) {
    if (!is_shown[i] || strcmp(info->params[i].name, "Re") == 0) continue;
    is_shown[i] = false;
    shown--;
  }
done:
  assay_free(other);
  return rc;
}

static void put_unbroken(FILE *to, const char *text)
{
  for (; *text; text++) fputs(*text == ' ' ? blank : (const char[]){*text, '\0'}, to);
}

static void put_param(FILE *to, const struct assay_quantity *q, double value)
{
  char number[40], unit[64];
  for (const char *c = q->name; *c; c++) fputs(*c == '_' ? blank : (const char[]){*c, '\0'}, to);
  if (q->choices) {
    int i = 0;
    while (q->choices[i] && i < (int)value) i++;
    fprintf(to, "%s%s", blank, q->choices[i] ? q->choices[i] : "?");
    return;
  }
  assay_unit_text(unit, sizeof unit, q->unit);
  fprintf(to, "%s=%s%s%s", blank, blank, assay_number_text(number, sizeof number, value),
          *unit ? blank : "");
  put_unbroken(to, unit);
}

static int put_params(FILE *to, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  bool *is_shown = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  if (info->n_params == 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)info->n_params, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&is_shown, (size_t)info->n_params, "parameters"));
  ASSAY_TRY(assay_dataset_params(d->truth.ds, values, d->truth.k));
  ASSAY_TRY(choose_params(is_shown, d, values));
  for (int i = 0; i < info->n_params; i++) {
    if (!is_shown[i]) continue;
    if (ftell(to) > 0) fputs(between, to);
    put_param(to, &info->params[i], values[i]);
  }
done:
  assay_free(values);
  assay_free(is_shown);
  return rc;
}

int assay_picture_case_text(char *out, size_t size, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  bool *is_shown = NULL;
  FILE *to = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  int shown = 0;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)info->n_params, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&is_shown, (size_t)info->n_params, "parameters"));
  ASSAY_TRY(assay_dataset_params(d->truth.ds, values, d->truth.k));
  ASSAY_TRY(choose_params(is_shown, d, values));
  to = fmemopen(out, size, "w");
  ASSAY_CHECK(to, ASSAY_ENOMEM, "picture: no memory for a name");
  fprintf(to, "case %ld", info->case_id[d->truth.k]);
  const int re = assay_dataset_param(d->truth.ds, "Re");
  const bool by_re = re >= 0 && is_shown[re];
  for (int i = 0; i < info->n_params && shown < NAMED_PARAMS; i++) {
    if (!is_shown[i] || info->n_cases == 1 || (by_re && i != re)) continue;
    fputs(shown++ == 0 ? ": " : ", ", to);
    put_param(to, &info->params[i], values[i]);
  }
done:
  if (to) fclose(to);
  out[size - 1] = '\0';
  assay_free(values);
  assay_free(is_shown);
  return rc;
}

static void put_plane(FILE *to, const struct picture_data *d)
{
  char number[40], unit[64];
  if (d->n_axes != 3) return;
  const struct assay_axis *axis = &d->axis[0];
  const int plane = (int)(d->offset / ((size_t)d->nx * (size_t)d->ny));
  fprintf(to, "%s%s%s=%s%s%s%s", ftell(to) > 0 ? between : "", axis->name, blank, blank,
          assay_number_text(number, sizeof number, assay_axis_at(axis, plane)), blank,
          assay_unit_text(unit, sizeof unit, axis->unit));
}

int assay_picture_subtitle(char **out, const struct picture_data *d, int i)
{
  int rc = ASSAY_OK;
  char text[2048] = "", when[64] = "";
  FILE *to = NULL;
  *out = NULL;
  if (d->p->subtitle) {
    ASSAY_TRY(assay_strdup(out, d->p->subtitle));
    goto done;
  }
  to = fmemopen(text, sizeof text, "w");
  ASSAY_CHECK(to, ASSAY_ENOMEM, "picture: no memory for a title");
  if (d->p->n_cases == 0) ASSAY_TRY(put_params(to, d));
  put_plane(to, d);
  if (i >= 0) assay_picture_time_text(when, sizeof when, d, i);
  if (*when) fputs(ftell(to) > 0 ? between : "", to);
  put_unbroken(to, when);
  fclose(to);
  to = NULL;
  ASSAY_TRY(assay_strdup(out, text));
done:
  if (to) fclose(to);
  return rc;
}

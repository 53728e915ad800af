#include "harness/picture_data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/draw/ticks.h"

/* ---- which field -------------------------------------------------------------------------------
 */

static int component(const struct assay_dataset_info *info, char which)
{
  for (int f = 0; f < info->n_fields; f++)
    if (info->fields[f].vector == which && info->fields[f].kind == ASSAY_FIELD_FRAME) return f;
  return -1;
}

bool assay_picture_data_flows(const struct picture_side *side)
{
  return side->ds && side->fu >= 0 && side->fv >= 0;
}

static void find_components(struct picture_side *side, int n_axes)
{
  const struct assay_dataset_info *info = assay_dataset_info(side->ds);
  side->fu = n_axes == 2 ? component(info, 'x') : -1;
  side->fv = n_axes == 2 ? component(info, 'y') : -1;
  side->fraction = assay_dataset_field(side->ds, "volume_fraction");
  if (side->fraction >= 0 && info->fields[side->fraction].kind != ASSAY_FIELD_FRAME)
    side->fraction = -1;
}

static int unknown_field(const struct picture_data *d, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  const char **names = NULL;
  char hint[1024];
  int n = 0;
  ASSAY_TRY(ASSAY_NEW(&names, (size_t)info->n_fields + 3, "field names"));
  for (; n < info->n_fields; n++) names[n] = info->fields[n].name;
  if (assay_picture_data_flows(&d->truth)) {
    names[n++] = "speed";
    names[n++] = "vorticity";
  }
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%s: no field '%s'%s", info->path, name,
             assay_text_suggest(hint, sizeof hint, name, names));
done:
  assay_free(names);
  return rc;
}

static int first_field(const struct assay_dataset_info *info)
{
  for (int f = 0; f < info->n_fields; f++)
    if (info->fields[f].kind == ASSAY_FIELD_FRAME) return f;
  return info->n_fields > 0 ? 0 : -1;
}

static void describe_stored(struct picture_data *d, const struct assay_field *field)
{
  /* what it is says more than a letter, if it is short */
  const bool brief =
      field->doc && *field->doc && strlen(field->doc) <= 20 && strlen(field->name) == 1;
  char words[64];
  snprintf(words, sizeof words, "%s", brief ? field->doc : field->name);
  for (char *c = words; *c; c++)
    if (*c == '_') *c = ' ';
  snprintf(d->name, sizeof d->name, "%s", field->name);
  snprintf(d->unit, sizeof d->unit, "%s", field->unit ? field->unit : "");
  d->kind = field->kind;
  assay_label_text(d->label, sizeof d->label, words, field->unit);
}

static void describe_derived(struct picture_data *d, const char *name)
{
  const struct assay_field *u = &assay_dataset_info(d->truth.ds)->fields[d->truth.fu];
  const bool speed = strcmp(name, "speed") == 0;
  d->derived = speed ? PICTURE_SPEED : PICTURE_VORTICITY;
  d->kind = ASSAY_FIELD_FRAME;
  snprintf(d->name, sizeof d->name, "%s", name);
  snprintf(d->unit, sizeof d->unit, "%s", speed && u->unit ? u->unit : speed ? "" : "s-1");
  assay_label_text(d->label, sizeof d->label, name, d->unit);
}

static bool is_derived(const char *name)
{
  return strcmp(name, "speed") == 0 || strcmp(name, "vorticity") == 0;
}

static int choose_field(struct picture_data *d)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(d->truth.ds);
  const char *name = d->p->field && *d->p->field ? d->p->field : NULL;
  const bool flows =
      assay_picture_data_flows(&d->truth) && (!d->guess.ds || assay_picture_data_flows(&d->guess));
  ASSAY_CHECK(info->n_fields > 0, ASSAY_ENOTFOUND, "%s: holds no fields", info->path);
  if (!name) name = flows ? "speed" : info->fields[first_field(info)].name;
  d->truth.field = assay_dataset_field(d->truth.ds, name);
  if (d->truth.field >= 0) {
    describe_stored(d, &info->fields[d->truth.field]);
  } else if (flows && is_derived(name)) {
    describe_derived(d, name);
  } else {
    ASSAY_TRY(unknown_field(d, name));
  }
  if (!d->guess.ds || d->derived) goto done;
  d->guess.field = assay_dataset_field(d->guess.ds, name);
  ASSAY_CHECK(d->guess.field >= 0, ASSAY_ENOTFOUND, "%s: the prediction has no field '%s'",
              assay_dataset_info(d->guess.ds)->path, name);
done:
  return rc;
}

/* ---- grid --------------------------------------------------------------------------------------
 */

static int check_shapes(const struct picture_data *d)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *t = assay_dataset_info(d->truth.ds);
  const struct assay_dataset_info *g = assay_dataset_info(d->guess.ds);
  bool same = t->shape.n_axes == g->shape.n_axes;
  for (int a = 0; same && a < t->shape.n_axes; a++) same = t->shape.axis[a].n == g->shape.axis[a].n;
  ASSAY_CHECK(same, ASSAY_EARG, "%s and %s have different grids", g->path, t->path);
done:
  return rc;
}

static int find_grid(struct picture_data *d)
{
  int rc = ASSAY_OK;
  const struct assay_shape *shape = &assay_dataset_info(d->truth.ds)->shape;
  d->n_axes = d->kind == ASSAY_FIELD_SCALAR ? 0 : shape->n_axes;
  memcpy(d->axis, shape->axis, sizeof d->axis);
  d->points = d->n_axes == 0 ? 1 : assay_shape_points(shape);
  d->nx = d->n_axes > 0 ? d->axis[d->n_axes - 1].n : 1;
  d->ny = d->n_axes > 1 ? d->axis[d->n_axes - 2].n : 1;
  if (d->n_axes == 3) {
    const int nz = d->axis[0].n, plane = d->p->plane < 0 ? nz / 2 : d->p->plane;
    ASSAY_CHECK(plane < nz, ASSAY_EARG, "plane %d is outside 0..%d", plane, nz - 1);
    d->offset = (size_t)plane * (size_t)d->nx * (size_t)d->ny;
  }
  ASSAY_TRY(ASSAY_NEW(&d->whole, d->points, "picture"));
  ASSAY_TRY(ASSAY_NEW(&d->x, (size_t)d->nx, "picture"));
  ASSAY_TRY(ASSAY_NEW(&d->y, (size_t)d->ny, "picture"));
  if (d->n_axes > 0)
    ASSAY_TRY(assay_dataset_coordinate(d->truth.ds, d->x, d->truth.k, d->n_axes - 1));
  if (d->n_axes > 1)
    ASSAY_TRY(assay_dataset_coordinate(d->truth.ds, d->y, d->truth.k, d->n_axes - 2));
done:
  return rc;
}

/* A field that does not move, of the shown part of the grid; *out stays NULL where there is none.
 */
static int read_static(double **out, const struct picture_data *d, const char *name)
{
  int rc = ASSAY_OK;
  const int f = assay_dataset_field(d->truth.ds, name);
  const size_t shown = (size_t)d->nx * (size_t)d->ny;
  if (f < 0 || assay_dataset_info(d->truth.ds)->fields[f].kind != ASSAY_FIELD_STATIC) goto done;
  ASSAY_TRY(ASSAY_NEW(out, shown, "picture"));
  ASSAY_TRY(assay_dataset_read(d->truth.ds, d->whole, d->truth.k, f, 0, 1));
  memcpy(*out, d->whole + d->offset, shown * sizeof **out);
done:
  return rc;
}

/* (1, 4, 1) / 6 along one direction of n cells, step apart */
static void soften(double *to, const double *from, int points, int n, int step)
{
  for (int k = 0; k < points; k++) {
    const int i = k / step % n;
    const double back = from[i > 0 ? k - step : k], on = from[i + 1 < n ? k + step : k];
    to[k] = (back + 4 * from[k] + on) / 6;
  }
}

static bool is_cut(double fluid)
{
  return fluid > 0.01 && fluid < 0.99;
}

/* Whether more cells are cut by surfaces than have a face on them: surfaces are not on cell faces.
 */
static bool has_cut_cells(const struct picture_data *d)
{
  int cut = 0, whole = 0;
  for (int k = 0; k < d->nx * d->ny; k++) {
    const double here = d->mask[k];
    const double east = (k + 1) % d->nx ? d->mask[k + 1] : here;
    const double north = k + d->nx < d->nx * d->ny ? d->mask[k + d->nx] : here;
    cut += is_cut(here);
    whole += !is_cut(here) && !is_cut(east) && fabs(here - east) > 0.5;
    whole += !is_cut(here) && !is_cut(north) && fabs(here - north) > 0.5;
  }
  return cut > whole;
}

/* The parts of cut cells that are fluid run from 0 to 1 within about a cell: less a half they have
 * their zero near the surface, as a distance has; softened it is less of a staircase. Where
 * surfaces lie on cell faces, masks stay as they are, cell by cell. */
static int guess_distance(struct picture_data *d)
{
  int rc = ASSAY_OK;
  const size_t shown = (size_t)d->nx * (size_t)d->ny;
  double *half = NULL;
  if (!has_cut_cells(d)) goto done;
  ASSAY_TRY(ASSAY_NEW(&d->distance, shown, "picture"));
  ASSAY_TRY(ASSAY_NEW(&half, shown, "picture"));
  soften(half, d->mask, (int)shown, d->nx, 1);
  soften(d->distance, half, (int)shown, d->ny, d->nx);
  for (size_t k = 0; k < shown; k++) d->distance[k] -= 0.5;
done:
  assay_free(half);
  return rc;
}

/* What describes solids is itself drawn without them. */
static int read_solids(struct picture_data *d)
{
  int rc = ASSAY_OK;
  if (d->n_axes == 0 || strcmp(d->name, "mask") == 0 || strcmp(d->name, "signed_distance") == 0)
    goto done;
  ASSAY_TRY(read_static(&d->mask, d, "mask"));
  if (!d->mask || d->n_axes < 2) goto done;
  ASSAY_TRY(read_static(&d->distance, d, "signed_distance"));
  if (!d->distance) ASSAY_TRY(guess_distance(d));
done:
  return rc;
}

/* ---- frames ------------------------------------------------------------------------------------
 */

static int read_times(struct picture_side *side)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(side->ds);
  side->n_times = info->n_times;
  if (info->n_times == 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&side->times, (size_t)info->n_times, "picture times"));
  if (assay_dataset_times(side->ds, side->times, side->k) < 0 || !isfinite(side->times[0])) {
    assay_free(side->times); /* some predictions come without */
    side->times = NULL;
  }
done:
  return rc;
}

/* Frame of the prediction at the time of a frame of the truth; -1: none. */
static int partner_of(const struct picture_data *d, int frame)
{
  const struct picture_side *t = &d->truth, *g = &d->guess;
  const int have = assay_dataset_frames(g->ds, g->k);
  if (d->kind == ASSAY_FIELD_STATIC) return 0;
  if (!t->times || !g->times) return t->n_times == g->n_times && frame < have ? frame : -1;
  const double slack = 1e-6 * fmax(fabs(t->times[0]), fabs(t->times[t->n_times - 1]));
  for (int i = 0; i < have; i++)
    if (fabs(g->times[i] - t->times[frame]) <= slack) return i;
  return -1;
}

static int list_frames(struct picture_data *d)
{
  int rc = ASSAY_OK;
  const char *path = assay_dataset_info(d->truth.ds)->path;
  const long id = assay_dataset_info(d->truth.ds)->case_id[d->truth.k];
  const int have =
      d->kind == ASSAY_FIELD_STATIC ? 1 : assay_dataset_frames(d->truth.ds, d->truth.k);
  ASSAY_CHECK(have > 0, ASSAY_EARG, "%s: case %ld has no frames", path, id);
  const bool one = d->kind == ASSAY_FIELD_STATIC;
  const int first = one ? 0 : d->p->first < 0 ? d->p->first + have : d->p->first;
  const int last = one ? 0 : d->p->last < 0 ? d->p->last + have : d->p->last;
  ASSAY_CHECK(first >= 0 && first <= last && last < have, ASSAY_EARG,
              "%s: frames %d to %d are not among the frames 0 to %d of case %ld", path, d->p->first,
              d->p->last, have - 1, id);
  ASSAY_TRY(ASSAY_NEW(&d->frame, (size_t)have, "picture frames"));
  ASSAY_TRY(ASSAY_NEW(&d->partner, (size_t)have, "picture frames"));
  for (int f = first; f <= last; f++) {
    const int partner = d->guess.ds ? partner_of(d, f) : 0;
    if (partner < 0) continue;
    d->frame[d->n_frames] = f;
    d->partner[d->n_frames++] = partner;
  }
  ASSAY_CHECK(d->n_frames > 0, ASSAY_EARG, "%s: the prediction has no time of the frames %d to %d",
              assay_dataset_info(d->guess.ds)->path, first, last);
done:
  return rc;
}

void assay_picture_data_thin(struct picture_data *d, int n)
{
  const int last = d->n_frames - 1;
  if (n >= d->n_frames) return;
  for (int i = 0; i < n; i++) {
    const int from = n > 1 ? (int)((double)i * last / (n - 1) + 0.5) : last;
    d->frame[i] = d->frame[from];
    d->partner[i] = d->partner[from];
  }
  if (n < 1) {
    d->frame[0] = d->frame[last];
    d->partner[0] = d->partner[last];
  }
  d->n_frames = n < 1 ? 1 : n;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static int read_field(const struct picture_data *d, const struct picture_side *side, int i,
                      int field, double *values)
{
  int rc = ASSAY_OK;
  const int frame = side == &d->guess ? d->partner[i] : d->frame[i];
  ASSAY_TRY(assay_dataset_read(side->ds, d->whole, side->k, field, frame, 1));
  memcpy(values, d->whole + d->offset, (size_t)d->nx * (size_t)d->ny * sizeof *values);
done:
  return rc;
}

bool assay_picture_data_has_interface(const struct picture_data *d, const struct picture_side *side)
{
  return side->ds && d->n_axes > 1 && d->kind == ASSAY_FIELD_FRAME && side->fraction >= 0 &&
         (d->derived || side->fraction != side->field);
}

int assay_picture_data_fraction(const struct picture_data *d, const struct picture_side *side,
                                int i, double *fraction)
{
  return read_field(d, side, i, side->fraction, fraction);
}

int assay_picture_data_velocity(const struct picture_data *d, const struct picture_side *side,
                                int i, double *u, double *v)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(read_field(d, side, i, side->fu, u));
  ASSAY_TRY(read_field(d, side, i, side->fv, v));
done:
  return rc;
}

static bool is_fluid(const struct picture_data *d, int k)
{
  return !d->mask || d->mask[k] >= 0.5;
}

/* Central difference along one direction, one-sided where a neighbour is missing or solid. */
static double slope(const struct picture_data *d, const double *f, const double *at, int k, int i,
                    int n, int step)
{
  const int back = i > 0 && is_fluid(d, k - step), on = i + 1 < n && is_fluid(d, k + step);
  if (!back && !on) return 0;
  return (f[k + on * step] - f[k - back * step]) / (at[i + on] - at[i - back]);
}

int assay_picture_data_read(const struct picture_data *d, const struct picture_side *side, int i,
                            double *values)
{
  int rc = ASSAY_OK;
  double *u = NULL, *v = NULL;
  const int n = d->nx * d->ny;
  if (!d->derived) {
    ASSAY_TRY(read_field(d, side, i, side->field, values));
    goto done;
  }
  ASSAY_TRY(ASSAY_NEW(&u, (size_t)n, "picture"));
  ASSAY_TRY(ASSAY_NEW(&v, (size_t)n, "picture"));
  ASSAY_TRY(assay_picture_data_velocity(d, side, i, u, v));
  for (int k = 0; k < n; k++)
    values[k] = d->derived == PICTURE_SPEED ? sqrt(u[k] * u[k] + v[k] * v[k])
                                            : slope(d, v, d->x, k, k % d->nx, d->nx, 1) -
                                                  slope(d, u, d->y, k, k / d->nx, d->ny, d->nx);
done:
  assay_free(u);
  assay_free(v);
  return rc;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static int check_case(const struct picture_side *side)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(side->ds);
  ASSAY_CHECK(side->k >= 0 && side->k < info->n_cases, ASSAY_EARG,
              "%s: no case at position %ld, there are %ld", info->path, side->k, info->n_cases);
done:
  return rc;
}

int assay_picture_data_open(struct picture_data *d, const struct assay_picture *p)
{
  int rc = ASSAY_OK;
  *d = (struct picture_data){.p = p};
  d->truth = (struct picture_side){.ds = p->truth, .k = p->k, .field = -1};
  d->guess = (struct picture_side){.ds = p->prediction, .k = p->k_prediction, .field = -1};
  ASSAY_TRY(check_case(&d->truth));
  if (d->guess.ds) {
    ASSAY_TRY(check_case(&d->guess));
    ASSAY_TRY(check_shapes(d));
    find_components(&d->guess, assay_dataset_info(p->prediction)->shape.n_axes);
    ASSAY_TRY(read_times(&d->guess));
  }
  find_components(&d->truth, assay_dataset_info(p->truth)->shape.n_axes);
  ASSAY_TRY(read_times(&d->truth));
  ASSAY_TRY(choose_field(d));
  ASSAY_TRY(find_grid(d));
  ASSAY_CHECK(p->n_cases == 0 || d->n_axes == 0, ASSAY_EARG,
              "%s: several cases are lines over time of a number, '%s' has %d dimension%s",
              assay_dataset_info(p->truth)->path, d->name, d->n_axes, d->n_axes == 1 ? "" : "s");
  ASSAY_TRY(read_solids(d));
  ASSAY_TRY(list_frames(d));
done:
  if (rc < 0) assay_picture_data_close(d);
  return rc;
}

void assay_picture_data_close(struct picture_data *d)
{
  assay_free(d->truth.times);
  assay_free(d->guess.times);
  assay_free(d->x);
  assay_free(d->y);
  assay_free(d->mask);
  assay_free(d->distance);
  assay_free(d->whole);
  assay_free(d->frame);
  assay_free(d->partner);
  *d = (struct picture_data){0};
}

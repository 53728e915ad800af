#include "core/flow/remap.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* Where the new faces lie: at `part` of the way from old face `cell` to the next one. */
struct axis {
  int n, m;
  int *cell;    /* [m + 1], 0..n-1 */
  double *part; /* [m + 1], 0..1 */
};

struct assay_remap {
  struct axis x, y;
  double *weight;      /* [ny] of the old rows */
  double *face_weight; /* [ny + 1] of the old horizontal faces */
};

static int axis_create(struct axis *a, int n, int m)
{
  int rc = ASSAY_OK;
  a->n = n;
  a->m = m;
  ASSAY_TRY(ASSAY_NEW(&a->cell, (size_t)m + 1, "remap"));
  ASSAY_TRY(ASSAY_NEW(&a->part, (size_t)m + 1, "remap"));
  for (int k = 0; k <= m; k++) {
    const long long at = (long long)k * n;
    const int cell = (int)(at / m);
    a->cell[k] = cell < n ? cell : n - 1;
    a->part[k] = cell < n ? (double)(at % m) / m : 1;
  }
done:
  return rc;
}

int assay_remap_create(struct assay_remap **out, int nx, int ny, int mx, int my)
{
  int rc = ASSAY_OK;
  struct assay_remap *p = NULL;
  *out = NULL;
  ASSAY_CHECK(nx >= 1 && ny >= 1 && mx >= 1 && my >= 1, ASSAY_EARG,
              "cannot map %d x %d cells to %d x %d", nx, ny, mx, my);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "remap"));
  ASSAY_TRY(axis_create(&p->x, nx, mx));
  ASSAY_TRY(axis_create(&p->y, ny, my));
  ASSAY_TRY(ASSAY_NEW(&p->weight, (size_t)ny, "remap"));
  ASSAY_TRY(ASSAY_NEW(&p->face_weight, (size_t)ny + 1, "remap"));
  assay_remap_weigh_y(p, NULL, NULL);
  *out = p;
  p = NULL;
done:
  assay_remap_destroy(p);
  return rc;
}

void assay_remap_destroy(struct assay_remap *p)
{
  if (!p) return;
  assay_free(p->x.cell);
  assay_free(p->x.part);
  assay_free(p->y.cell);
  assay_free(p->y.part);
  assay_free(p->weight);
  assay_free(p->face_weight);
  assay_free(p);
}

void assay_remap_weigh_y(struct assay_remap *p, const double *weight, const double *face_weight)
{
  for (int j = 0; j < p->y.n; j++) p->weight[j] = weight ? weight[j] : 1;
  for (int j = 0; j <= p->y.n; j++) p->face_weight[j] = face_weight ? face_weight[j] : 1;
}

/* Share of old cell i in new cell k, in old cells. */
static double overlap(const struct axis *a, int k, int i)
{
  const double lo = i == a->cell[k] ? a->part[k] : 0;
  const double hi = i == a->cell[k + 1] ? a->part[k + 1] : 1;
  return hi - lo;
}

/* Weighted sum over the part of a row in new cell k; the weights themselves add up in *sum. */
static double row_part(const struct axis *a, int k, const double *in, const unsigned char *solid,
                       double scale, double *sum)
{
  double total = 0;
  for (int i = a->cell[k]; i <= a->cell[k + 1]; i++) {
    const double w = solid && solid[i] ? 0 : scale * overlap(a, k, i);
    total += w * in[i];
    *sum += w;
  }
  return total;
}

void assay_remap_mean(const struct assay_remap *p, double *out, struct assay_mac_view in,
                      const unsigned char *solid, double otherwise)
{
  for (int l = 0; l < p->y.m; l++)
    for (int k = 0; k < p->x.m; k++) {
      double total = 0, sum = 0;
      for (int j = p->y.cell[l]; j <= p->y.cell[l + 1]; j++)
        total += row_part(&p->x, k, in.data + j * in.stride,
                          solid ? solid + (ptrdiff_t)j * p->x.n : NULL,
                          overlap(&p->y, l, j) * p->weight[j], &sum);
      *out++ = sum > 0 ? total / sum : otherwise;
    }
}

/* Between two old faces, at a part of the way; the far one need not exist where the part is 0. */
static double between(double near, const double *far, double part)
{
  return part == 0 ? near : near + part * (*far - near);
}

/* Mean velocity through new vertical face k of new row l: weighted mean over the height, between
 * the two old faces of the cell it lies in. */
static double mean_u(const struct assay_remap *p, int l, int k, struct assay_mac_view u)
{
  const int i = p->x.cell[k];
  const double part = p->x.part[k];
  double total = 0, sum = 0;
  for (int j = p->y.cell[l]; j <= p->y.cell[l + 1]; j++) {
    const double w = overlap(&p->y, l, j) * p->weight[j];
    if (w == 0) continue;
    const double *at = u.data + j * u.stride + i;
    total += w * between(at[0], at + 1, part);
    sum += w;
  }
  return total / sum;
}

static double mean_v(const struct assay_remap *p, int l, int k, struct assay_mac_view v)
{
  const int j = p->y.cell[l];
  const double part = p->y.part[l], *lower = v.data + j * v.stride, *upper = lower + v.stride;
  const double w0 = p->face_weight[j], w1 = p->face_weight[j + 1];
  const double area = between(w0, &w1, part);
  double total = 0, sum = 0;
  for (int i = p->x.cell[k]; i <= p->x.cell[k + 1]; i++) {
    const double w = overlap(&p->x, k, i), far = part == 0 ? 0 : w1 * upper[i];
    if (w == 0) continue;
    total += w * between(w0 * lower[i], &far, part);
    sum += w;
  }
  return area > 0 ? total / (sum * area) : 0;
}

void assay_remap_faces(const struct assay_remap *p, double *out_u, double *out_v,
                       struct assay_mac_view u, struct assay_mac_view v)
{
  for (int l = 0; l < p->y.m; l++)
    for (int k = 0; k <= p->x.m; k++) *out_u++ = mean_u(p, l, k, u);
  for (int l = 0; l <= p->y.m; l++)
    for (int k = 0; k < p->x.m; k++) *out_v++ = mean_v(p, l, k, v);
}

void assay_remap_centred(const struct assay_remap *p, double *out_u, double *out_v,
                         struct assay_mac_view u, struct assay_mac_view v)
{
  for (int l = 0; out_u && l < p->y.m; l++) {
    double west = mean_u(p, l, 0, u);
    for (int k = 0; k < p->x.m; k++) {
      const double east = mean_u(p, l, k + 1, u);
      *out_u++ = 0.5 * (west + east);
      west = east;
    }
  }
  for (int l = 0; out_v && l < p->y.m; l++)
    for (int k = 0; k < p->x.m; k++) *out_v++ = 0.5 * (mean_v(p, l, k, v) + mean_v(p, l + 1, k, v));
}

/* Parts of the grid that closed faces cut off: disjoint sets of cells, joined over open faces. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/capacitance_plan.h"

struct sets {
  const struct assay_poisson *p;
  int n;
  int *up;                     /* [n] towards the root of the set; roots point to themselves */
  int *held;                   /* [n] of roots: some condition or coefficient fixes the constant */
  unsigned char *east, *north; /* [n] the face on that side is closed */
};

static int root(struct sets *s, int i)
{
  for (; s->up[i] != i; i = s->up[i]) s->up[i] = s->up[s->up[i]];
  return i;
}

/* the smaller index becomes the root, so that it is the first cell of its set */
static void join(struct sets *s, int a, int b)
{
  a = root(s, a), b = root(s, b);
  const int low = a < b ? a : b, high = a < b ? b : a;
  s->up[high] = low;
  s->held[low] |= s->held[high];
}

static void close_faces(struct sets *s, const struct assay_change *change, int n)
{
  for (int k = 0; k < n; k++)
    if (change[k].closed) (change[k].along_y ? s->north : s->east)[change[k].a] = 1;
}

static void hold(struct sets *s, const struct assay_change *change, int n_cells)
{
  const struct assay_poisson *p = s->p;
  for (int j = 0; j < p->ny; j++) {
    const int row = j * p->nx;
    int all = p->shift > 0 || (p->extra && p->extra[j] > 0);
    all |= j == 0 && assay_bc_is_value(p->y, 0) && p->link_y[0] > 0;
    all |= j == p->ny - 1 && assay_bc_is_value(p->y, 1) && p->link_y[p->ny] > 0;
    for (int i = 0; i < p->nx; i++) s->held[row + i] = all;
    s->held[row] |= assay_bc_is_value(p->x, 0);
    s->held[row + p->nx - 1] |= assay_bc_is_value(p->x, 1);
  }
  for (int k = 0; k < n_cells; k++) s->held[change[k].a] = 1;
}

static void join_over_open_faces(struct sets *s)
{
  const int nx = s->p->nx, ny = s->p->ny;
  for (int c = 0; c < s->n; c++) {
    const int i = c % nx, j = c / nx;
    if (!s->east[c] && (i < nx - 1 || s->p->x == ASSAY_BC_PERIODIC))
      join(s, c, i < nx - 1 ? c + 1 : c - i);
    if (!s->north[c] && (j < ny - 1 || s->p->y == ASSAY_BC_PERIODIC))
      join(s, c, j < ny - 1 ? c + nx : i);
  }
}

/* label[c]: number of the part of cell c, -1 if held; returns the number of parts */
static int number(struct sets *s, int *label)
{
  int parts = 0;
  for (int c = 0; c < s->n; c++) {
    const int r = root(s, c);
    label[c] = s->held[r] ? -1 : r == c ? parts++ : label[r];
  }
  return parts;
}

/* Runs counted per part, or written behind each other; next[k]: where the next one of part k goes.
 */
static void find_runs(struct assay_run *run, int *next, const struct sets *s, const int *label)
{
  const int nx = s->p->nx;
  for (int c = 0, start = 0; c < s->n; c++) {
    if (c % nx == 0 || label[c] != label[c - 1]) start = c;
    if (label[c] < 0 || ((c + 1) % nx != 0 && label[c + 1] == label[c])) continue;
    const int place = next[label[c]]++;
    if (run) run[place] = (struct assay_run){start, c + 1 - start, s->p->volume[c / nx]};
  }
}

static int make_parts(struct assay_parts *parts, const struct sets *s, const int *label)
{
  int rc = ASSAY_OK, *next = NULL;
  const size_t n = (size_t)parts->n;
  ASSAY_TRY(ASSAY_NEW(&parts->first, n + 1, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&parts->total, n, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&next, n, "capacitance"));
  find_runs(NULL, next, s, label);
  for (size_t k = 0; k < n; k++) {
    parts->first[k + 1] = parts->first[k] + next[k];
    next[k] = parts->first[k];
  }
  ASSAY_TRY(ASSAY_NEW(&parts->run, (size_t)parts->first[n], "capacitance"));
  find_runs(parts->run, next, s, label);
  for (size_t k = 0; k < n; k++)
    for (int r = parts->first[k]; r < parts->first[k + 1]; r++)
      parts->total[k] += parts->run[r].volume * parts->run[r].count;
done:
  assay_free(next);
  return rc;
}

/* A closed face between two sets of which one is not held is a bridge; they go to the end. */
static int drop_bridges(struct sets *s, struct assay_change *change, int *n, int n_cells)
{
  int rc = ASSAY_OK, kept = n_cells, bridges = 0;
  struct assay_change *bridge = NULL;
  ASSAY_TRY(ASSAY_NEW(&bridge, (size_t)(*n - n_cells), "capacitance"));
  for (int k = n_cells; k < *n; k++) {
    const int a = root(s, change[k].a), b = root(s, change[k].b);
    if (a != b && !(s->held[a] && s->held[b])) {
      join(s, a, b);
      bridge[bridges++] = change[k];
    } else {
      change[kept++] = change[k];
    }
  }
  memcpy(change + kept, bridge, (size_t)bridges * sizeof *bridge);
  *n = kept;
done:
  assay_free(bridge);
  return rc;
}

int assay_capacitance_parts(struct assay_parts *parts, const struct assay_poisson *p,
                            struct assay_change *change, int *n, int n_cells)
{
  int rc = ASSAY_OK, *label = NULL, others = 0;
  struct sets s = {.p = p, .n = p->nx * p->ny};
  const size_t cells = (size_t)s.n;
  ASSAY_TRY(ASSAY_NEW(&s.up, cells, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&s.held, cells, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&s.east, cells, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&s.north, cells, "capacitance"));
  ASSAY_TRY(ASSAY_NEW(&label, cells, "capacitance"));
  for (int c = 0; c < s.n; c++) s.up[c] = c;
  hold(&s, change, n_cells);
  close_faces(&s, change + n_cells, *n - n_cells);
  join_over_open_faces(&s);
  parts->n = number(&s, label);
  for (int c = 0; c < s.n; c++) others = others || label[c] != 0;
  if (!others) parts->n = 0; /* one part, the whole grid: that is the plan's own task */
  if (parts->n > 0) ASSAY_TRY(make_parts(parts, &s, label));
  ASSAY_TRY(drop_bridges(&s, change, n, n_cells));
done:
  assay_free(s.up);
  assay_free(s.held);
  assay_free(s.east);
  assay_free(s.north);
  assay_free(label);
  return rc;
}

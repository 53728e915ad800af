#include "core/num/poisson_lanes.h"

#include <assert.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/dct.h"
#include "core/num/poisson_plan.h"

enum { GROUP = 8 }; /* wavenumbers in a group of the plan, rows in its tiles */

int assay_poisson_lanes_create(struct assay_poisson_lanes **out, int nx, int ny, int vl)
{
  int rc = ASSAY_OK;
  struct assay_poisson_lanes *p = NULL;
  const size_t cells = (size_t)nx * (size_t)ny;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "poisson lanes"));
  p->nx = nx, p->ny = ny, p->vl = vl;
  ASSAY_TRY(assay_dct_create(&p->dct, nx));
  ASSAY_TRY(ASSAY_NEW(&p->e, cells * (size_t)vl, "poisson lanes"));
  ASSAY_TRY(ASSAY_NEW(&p->common, cells, "poisson lanes"));
  ASSAY_TRY(ASSAY_NEW(&p->s, 2 * (size_t)vl, "poisson lanes"));
  ASSAY_TRY(ASSAY_NEW(&p->h, (size_t)ny, "poisson lanes"));
  ASSAY_TRY(ASSAY_NEW(&p->w, (size_t)ny, "poisson lanes"));
  *out = p;
  p = NULL;
done:
  assay_poisson_lanes_destroy(p);
  return rc;
}

void assay_poisson_lanes_destroy(struct assay_poisson_lanes *p)
{
  if (!p) return;
  assay_dct_destroy(p->dct);
  assay_free(p->e);
  assay_free(p->common);
  assay_free(p->s);
  assay_free(p->h);
  assay_free(p->w);
  assay_free(p);
}

/* e of row j, place k of the transform */
static double pivot(const struct assay_poisson *plan, int j, int k)
{
  const struct assay_poisson_group *g = &plan->group[k / GROUP];
  const int block = j / GROUP, inside = j % GROUP * GROUP + k % GROUP;
  if (block == plan->blocks - 1) return g->e_end[inside];
  if (block < g->tiles) return g->e[block * ASSAY_TILE + inside];
  return g->e_rest[k % GROUP];
}

static void fill_lane(struct assay_poisson_lanes *p, int lane, const struct assay_poisson *plan)
{
  for (int j = 0; j < p->ny; j++)
    for (int k = 0; k < p->nx; k++)
      p->e[((ptrdiff_t)j * p->nx + k) * p->vl + lane] = pivot(plan, j, k);
  for (int k = 0; k < 2; k++) p->s[k * p->vl + lane] = plan->group[0].s[k];
}

static int lanes_agree(const struct assay_poisson_lanes *p)
{
  const size_t n = (size_t)p->nx * (size_t)p->ny * (size_t)p->vl, vl = (size_t)p->vl;
  for (size_t i = 0; i < n; i++)
    if (p->e[i] != p->e[i / vl * vl]) return 0;
  return 1;
}

void assay_poisson_lanes_put(struct assay_poisson_lanes *p, int lane, unsigned busy,
                             const struct assay_poisson *plan)
{
  assert(plan->nx == p->nx && plan->ny == p->ny && plan->singular && !plan->periodic);
  for (int l = 0; l < p->vl; l++)
    if (l == lane || !(busy >> l & 1)) fill_lane(p, l, plan);
  memcpy(p->h, plan->h, (size_t)p->ny * sizeof *p->h);
  memcpy(p->w, plan->w, (size_t)p->ny * sizeof *p->w);
  p->shared = lanes_agree(p);
  for (ptrdiff_t i = 0; p->shared && i < (ptrdiff_t)p->nx * p->ny; i++)
    p->common[i] = p->e[i * p->vl];
}

/* the transformed row, or its buffer, and the transform's scratch */
size_t assay_poisson_lanes_work(const struct assay_poisson_lanes *p)
{
  const size_t rows = (size_t)(p->nx + 7) / 8 * 8;
  return 4 * rows * (size_t)p->vl;
}

size_t assay_poisson_lanes_carry(const struct assay_poisson_lanes *p)
{
  return (size_t)p->nx * (size_t)p->vl;
}

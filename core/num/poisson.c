#include "core/num/poisson.h"

#include <assert.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/isa.h"

struct assay_poisson {
  int nx, ny;
  double dx, dy;
  enum assay_bc x, y;
};

int assay_poisson_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                         enum assay_bc x, enum assay_bc y)
{
  int rc = ASSAY_OK;
  *out = NULL;
  ASSAY_CHECK(nx >= 1 && ny >= 1, ASSAY_EARG, "poisson: %d x %d cells", nx, ny);
  ASSAY_CHECK(dx > 0 && dy > 0, ASSAY_EARG, "poisson: cells of %g x %g", dx, dy);
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(out, 1, "poisson"));
  **out = (struct assay_poisson){nx, ny, dx, dy, x, y};
done:
  return rc;
}

void assay_poisson_destroy(struct assay_poisson *p)
{
  assay_free(p);
}

size_t assay_poisson_work(const struct assay_poisson *p)
{
  return (size_t)(p->nx + 8) * (size_t)(p->ny + 8);
}

void assay_poisson_solve(const struct assay_poisson *p, double *restrict phi,
                         const double *restrict rhs, double *restrict work)
{
  (void)work;
  int rc = assay_poisson_ref(phi, rhs, p->nx, p->ny, p->dx, p->dy, p->x, p->y);
  assert(rc == ASSAY_OK);
  (void)rc;
}

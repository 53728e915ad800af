/* psi(x, y) = scale * sum a_mn f_m(x/W) f_n(y/H),  m, n >= 1, m^2 + n^2 <= modes^2 + 1,
 *
 *   f_m(s) = cos((m-1) pi s) - cos((m+1) pi s) = 2 sin(pi s) sin(m pi s),
 *
 * so that psi and its normal derivative vanish on the boundary. a_mn is a standard normal deviate
 * over m^2 + n^2, at a place in the random stream that depends on m and n only. Written as a cosine
 * series with coefficients c_ab, 0 <= a, b <= modes + 1, whose waves are orthogonal, so that the
 * mean square speed is known exactly:
 *
 *   <|grad psi|^2> = sum c_ab^2 ((a pi/W)^2 + (b pi/H)^2) w_a w_b,  w_0 = 1, other w = 1/2
 *   (sin(a pi s) has the mean square 1/2 for a > 0 and its term vanishes for a = 0). */
#include "core/flow/random_stream.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/trig.h"

enum { WAVES = ASSAY_RANDOM_STREAM_MODES + 2, PLACES_PER_ROW = 4096 };

struct series {
  int waves; /* a, b < waves */
  double c[WAVES][WAVES];
};

static void draw(struct series *s, int modes, const struct assay_rng *rng)
{
  for (int m = 1; m <= modes; m++)
    for (int n = 1; n <= modes; n++) {
      if (m * m + n * n > modes * modes + 1) continue;
      struct assay_rng at = assay_rng_at(rng, (uint64_t)m * PLACES_PER_ROW + (uint64_t)n);
      const double a = assay_rng_normal(&at) / (m * m + n * n);
      s->c[m - 1][n - 1] += a;
      s->c[m + 1][n + 1] += a;
      s->c[m - 1][n + 1] -= a;
      s->c[m + 1][n - 1] -= a;
    }
}

static double mean_square_speed(const struct series *s, double width, double height)
{
  const double pi = 3.14159265358979323846;
  double sum = 0;
  for (int a = 0; a < s->waves; a++)
    for (int b = 0; b < s->waves; b++) {
      const double kx = a * pi / width, ky = b * pi / height;
      const double weight = (a ? 0.5 : 1) * (b ? 0.5 : 1);
      sum += weight * s->c[a][b] * s->c[a][b] * (kx * kx + ky * ky);
    }
  return sum;
}

/* cos(pi k / n) for 0 <= k < 2n, so that cos(a pi i / n) is entry (a i) mod 2n. */
static int cosines(double **out, int n)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, 2 * (size_t)n, "random stream"));
  for (int k = 0; k < 2 * n; k++) (*out)[k] = assay_cospi(k, n);
done:
  return rc;
}

static double cosine_sum(const double *weight, int waves, const double *cosine, int i, int n)
{
  double sum = 0;
  for (int a = 0; a < waves; a++) sum += weight[a] * cosine[a * i % (2 * n)];
  return sum;
}

int assay_random_stream(double *psi, const struct assay_random_stream *set,
                        const struct assay_rng *rng)
{
  int rc = ASSAY_OK;
  struct series *s = NULL;
  double *cx = NULL, *cy = NULL, row[WAVES];
  ASSAY_CHECK(set->modes >= 1 && set->modes <= ASSAY_RANDOM_STREAM_MODES, ASSAY_EARG,
              "random stream function of %d modes: 1 to %d", set->modes, ASSAY_RANDOM_STREAM_MODES);
  ASSAY_TRY(ASSAY_NEW(&s, 1, "random stream"));
  ASSAY_TRY(cosines(&cx, set->nx));
  ASSAY_TRY(cosines(&cy, set->ny));
  s->waves = set->modes + 2;
  draw(s, set->modes, rng);
  const double scale = set->speed / sqrt(mean_square_speed(s, set->width, set->height));
  for (int j = 0; j <= set->ny; j++) {
    for (int a = 0; a < s->waves; a++)
      row[a] = scale * cosine_sum(s->c[a], s->waves, cy, j, set->ny);
    for (int i = 0; i <= set->nx; i++) {
      const int wall = i == 0 || j == 0 || i == set->nx || j == set->ny;
      *psi++ = wall ? 0 : cosine_sum(row, s->waves, cx, i, set->nx);
    }
  }
done:
  assay_free(s);
  assay_free(cx);
  assay_free(cy);
  return rc;
}

void assay_stream_to_faces(double *u, double *v, const double *psi, int nx, int ny, double dx,
                           double dy)
{
  const ptrdiff_t st = nx + 1;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) *u++ = (psi[(j + 1) * st + i] - psi[j * st + i]) / dy;
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i < nx; i++) *v++ = (psi[j * st + i] - psi[j * st + i + 1]) / dx;
}

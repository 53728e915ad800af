/* Spectrum error: whether a field has the right amount of structure at every scale, wherever it is.
 *
 * On a periodic grid of N points, with F the discrete Fourier transform, |K| the wave number in
 * periods per longest side, and shells k - 1/2 <= |K| < k + 1/2,
 *
 *     E(k) = 1/2 sum over the shell of |F / N|^2,    sum over all K of E = <u^2> / 2,
 *
 * and two spectra are compared by the root mean square of log10 E_P - log10 E_T over k = 1 .. a
 * third of the fewest points along a side. What is 12 decades below the truth's largest shell is
 * rounding of stored numbers and counts as that. Decades are computed, not energies, so nothing
 * overflows. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/fft.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"

static const double decades = 12;

struct spectrum {
  struct assay_fft *fft;
  const struct assay_shape *shape;
  int shells;                /* last k */
  double *field;             /* [points], scaled */
  double _Complex *modes;    /* [modes] */
  double *truth, *predicted; /* [shells + 1] log10 E; -infinity: none */
};

static double length_of(const struct assay_axis *a)
{
  return a->hi - a->lo;
}

static int open_spectrum(struct spectrum *s, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK, n[ASSAY_AXES_MAX];
  double longest = 0, shells = HUGE_VAL;
  *s = (struct spectrum){.shape = &c->shape};
  ASSAY_CHECK(c->shape.n_axes > 0, ASSAY_EUNSUPPORTED, "a spectrum needs a grid with axes");
  for (int a = 0; a < c->shape.n_axes; a++) {
    ASSAY_CHECK(c->shape.axis[a].kind == ASSAY_AXIS_PERIODIC, ASSAY_EUNSUPPORTED,
                "a spectrum needs a periodic grid; %s is not", c->shape.axis[a].name);
    n[a] = c->shape.axis[a].n;
    longest = fmax(longest, length_of(&c->shape.axis[a]));
  }
  for (size_t i = 0; i < assay_shape_points(&c->shape); i++)
    ASSAY_CHECK(c->weights[i] > 0, ASSAY_EUNSUPPORTED, "a spectrum needs a grid without solids");
  for (int a = 0; a < c->shape.n_axes; a++)
    shells = fmin(shells, floor(n[a] * longest / length_of(&c->shape.axis[a]) / 3));
  ASSAY_CHECK(shells >= 1, ASSAY_EUNSUPPORTED, "a spectrum needs at least 3 points along a side");
  s->shells = (int)shells;
  ASSAY_TRY(assay_fft_create(&s->fft, c->shape.n_axes, n));
  ASSAY_TRY(ASSAY_NEW(&s->field, assay_fft_points(s->fft), "spectrum"));
  ASSAY_TRY(ASSAY_NEW(&s->modes, assay_fft_modes(s->fft), "spectrum"));
  ASSAY_TRY(ASSAY_NEW(&s->truth, (size_t)s->shells + 1, "spectrum"));
  ASSAY_TRY(ASSAY_NEW(&s->predicted, (size_t)s->shells + 1, "spectrum"));
done:
  return rc;
}

static void close_spectrum(struct spectrum *s)
{
  assay_fft_destroy(s->fft);
  assay_free(s->field);
  assay_free(s->modes);
  assay_free(s->truth);
  assay_free(s->predicted);
}

/* Shell of a mode of the half spectrum, and how many modes it stands for (itself and its mirror).
 */
static int shell_of(int *copies, const struct assay_shape *shape, size_t mode)
{
  double square = 0, longest = 0;
  const int last = shape->n_axes - 1;
  for (int a = 0; a <= last; a++) longest = fmax(longest, length_of(&shape->axis[a]));
  for (int a = last; a >= 0; a--) {
    const int n = shape->axis[a].n, kept = a == last ? n / 2 + 1 : n;
    const int i = (int)(mode % (size_t)kept), m = i <= n / 2 ? i : i - n;
    const double k = m * longest / length_of(&shape->axis[a]);
    if (a == last) *copies = i == 0 || 2 * i == n ? 1 : 2;
    square += k * k;
    mode /= (size_t)kept;
  }
  return (int)fmin(floor(sqrt(square) + 0.5), 1e9);
}

/* out [shells + 1] = log10 E of one frame */
static void log_spectrum(double *out, struct spectrum *s, const double *frame)
{
  const size_t points = assay_fft_points(s->fft), n_modes = assay_fft_modes(s->fft);
  double largest = 0;
  for (size_t i = 0; i < points; i++) largest = fmax(largest, fabs(frame[i]));
  const double scale = assay_scale_of(largest);
  for (size_t i = 0; i < points; i++) s->field[i] = frame[i] * scale / (double)points;
  assay_fft_forward(s->fft, s->modes, s->field);
  memset(out, 0, ((size_t)s->shells + 1) * sizeof *out);
  for (size_t j = 0; j < n_modes; j++) {
    int copies = 0;
    const int shell = shell_of(&copies, s->shape, j);
    const double re = creal(s->modes[j]), im = cimag(s->modes[j]);
    if (shell <= s->shells) out[shell] += 0.5 * copies * (re * re + im * im);
  }
  for (int k = 0; k <= s->shells; k++) out[k] = log10(out[k]) - 2 * log10(scale);
}

static double largest_of(const double *spectrum, int shells)
{
  double largest = -HUGE_VAL;
  for (int k = 1; k <= shells; k++) largest = fmax(largest, spectrum[k]);
  return largest;
}

static double compare(const struct spectrum *s, double least)
{
  double sum = 0;
  const double reference = fmax(largest_of(s->truth, s->shells), log10(0.5) + 2 * log10(least));
  if (isinf(reference)) return isinf(largest_of(s->predicted, s->shells)) ? 0 : HUGE_VAL;
  for (int k = 1; k <= s->shells; k++) {
    const double d =
        fmax(s->predicted[k], reference - decades) - fmax(s->truth[k], reference - decades);
    sum += d * d;
  }
  return sqrt(sum / s->shells);
}

static int eval_spectrum(double *value, double *by_lead, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  struct spectrum s;
  ASSAY_TRY(open_spectrum(&s, c));
  const size_t points = assay_fft_points(s.fft);
  for (int f = 0; f < c->n_fields; f++) {
    double sum = 0;
    for (int l = 0; l < c->n_leads; l++) {
      log_spectrum(s.truth, &s, c->truth[f] + (size_t)l * points);
      log_spectrum(s.predicted, &s, c->predicted[f] + (size_t)l * points);
      sum += by_lead[f * c->n_leads + l] = compare(&s, c->floor[f]);
    }
    value[f] = sum / c->n_leads;
  }
done:
  close_spectrum(&s);
  return rc;
}

/* Worked examples. */

#define PI 3.14159265358979323846
static const struct assay_answer_axis ring[] = {{ASSAY_AXIS_PERIODIC, 48, 0, 3}};
static const struct assay_answer_axis torus[] = {{ASSAY_AXIS_PERIODIC, 32, 0, 2 * PI},
                                                 {ASSAY_AXIS_PERIODIC, 32, 0, 2 * PI}};

/* All waves of the ring up to 16 = 48 / 3, everything 10 % too large: 2 log10 1.1 in every shell.
 */
static void ten_per_cent(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 2, 0.5, ring, 1);
  for (int i = 0; i < 2 * 48; i++) {
    double u = 7.5;
    for (int m = 1; m <= 16; m++) u += cos(2 * PI * m * i / 48.0 + m * m) / m;
    assay_answer_truth(0)[i] = u;
    assay_answer_predicted(0)[i] = -1.1 * u;
  }
}

static double tilted(double x, double y, double t)
{
  (void)t;
  return 1.5 * cos(3 * x + 4 * y);
}

static double upright(double x, double y, double t)
{
  (void)y, (void)t;
  return 1.5 * cos(x);
}

/* Shell 5 alone holds 1.5^2 / 4; a tenth of the amplitude is two decades in one of ten shells. */
static void a_tenth(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 2, 0.5, torus, 2);
  assay_answer_fill(assay_answer_truth(0), c, tilted);
  for (int i = 0; i < 2 * 1024; i++)
    assay_answer_predicted(0)[i] = 0.1 * assay_answer_truth(0)[i] + 20;
}

/* The same energy in shell 1 instead: 12 decades too much there, 12 too few in shell 5. */
static void wrong_shell(struct assay_metric_case *c)
{
  a_tenth(c);
  assay_answer_fill(assay_answer_predicted(0), c, upright);
}

static double diagonal(double x, double y, double t)
{
  (void)t;
  return 1.5 * cos(4 * x + 4 * y);
}

static double short_wave(double x, double y, double t)
{
  (void)y, (void)t;
  return 1.5 * sin(6 * x);
}

/* |(4, 4)| = 5.66 belongs to shell 6, like (6, 0): the spectra are the same. */
static void one_shell(struct assay_metric_case *c)
{
  a_tenth(c);
  assay_answer_fill(assay_answer_truth(0), c, diagonal);
  assay_answer_fill(assay_answer_predicted(0), c, short_wave);
}

/* Nothing there, floor 3: energy counts from 12 decades below 3^2 / 2; the wave has 1.5^2 / 4. */
static void from_nothing(struct assay_metric_case *c)
{
  wrong_shell(c);
  memset(assay_answer_truth(0), 0, 2 * 1024 * sizeof(double));
  assay_answer_floor()[0] = 3;
}

static double sideways(double x, double y, double t)
{
  (void)x, (void)t;
  return 1.5 * cos(y);
}

/* A wave along y has the energy of one along x, although half of the modes of x are not stored. */
static void from_nothing_sideways(struct assay_metric_case *c)
{
  from_nothing(c);
  assay_answer_fill(assay_answer_predicted(0), c, sideways);
}

const struct assay_metric assay_metric_spectrum = {
    .name = "spectrum",
    .version = 1,
    .doc = "error of the energy spectrum in decades, over wave numbers",
    .formula =
        "mean over leads of sqrt(mean over k of (log10 E_P(k) - log10 E_T(k))^2), root per lead, "
        "per "
        "case. E(k) = 1/2 sum |F/N|^2 over k - 1/2 <= |K| < k + 1/2, |K| in periods per longest "
        "side; k from 1 to a third of the fewest points along a side; the mean (k = 0) does not "
        "count. Not weighted: periodic grids without solids only, else absent. Shells count as "
        "at least 1e-12 of the truth's largest, or of half the squared floor if that is more; if "
        "both are zero the score is 0 for a prediction without structure, else infinite.",
    .reference = "shell-summed spectra as in turbulence; log-spectral distance",
    .unit = "1",
    .per_field = true,
    .needs_truth = true,
    .eval = eval_spectrum,
    .answers =
        (const struct assay_metric_answer[]){
            {"10 % too large in all shells", ten_per_cent, 0, 0.08278537031645, 1e-12},
            {"a tenth of cos(3x + 4y)", a_tenth, 0, 0.6324555320336759, 1e-12},
            {"its energy in the wrong shell", wrong_shell, 0, 5.366563145999495, 1e-11},
            {"cos(4x + 4y) and sin(6x)", one_shell, 0, 0, 1e-12},
            {"waves where nothing is, floor 3", from_nothing, 0, 3.5091510631034173, 1e-12},
            {"the same along y", from_nothing_sideways, 0, 3.5091510631034173, 1e-12},
            {0}},
};

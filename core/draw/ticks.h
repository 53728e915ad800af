/* Where axes are marked, and what is written there. */
#ifndef ASSAY_CORE_DRAW_TICKS_H
#define ASSAY_CORE_DRAW_TICKS_H
#include <stdbool.h>
#include <stddef.h>

enum assay_scale { ASSAY_SCALE_LINEAR, ASSAY_SCALE_LOG };

enum { ASSAY_TICKS_MAX = 64, ASSAY_TICK_TEXT = 24 };
struct assay_ticks {
  int n;
  double at[ASSAY_TICKS_MAX];
  char text[ASSAY_TICKS_MAX][ASSAY_TICK_TEXT]; /* UTF-8; "" for a minor mark */
  int exponent; /* the texts are to be multiplied by 10^exponent; 0: as they are */
};

/* Marks within [lo, hi] (lo < hi; both > 0 on a log scale), at most about `most` of them labelled.
 * Linear: multiples of 1, 2 or 5 times a power of ten. Log: powers of ten, with 2 and 5 between
 * when there are few decades; unlabelled marks at the other digits when there is room. */
void assay_ticks_make(struct assay_ticks *out, enum assay_scale scale, double lo, double hi,
                      int most);

/* Widen [*lo, *hi] outwards to marks, so that data do not touch the frame. An empty or non-finite
 * range becomes one around its value. */
void assay_ticks_widen(double *lo, double *hi, enum assay_scale scale, int most);

/* "×10⁻⁵" into out, returns out; "" for exponent 0 */
const char *assay_exponent_text(char *out, size_t size, int exponent);

/* A number for people, three or so digits: "0.128", "1.2×10⁻⁵", "nan"; returns out. */
const char *assay_number_text(char *out, size_t size, double value);

/* A UDUNITS unit for people: "m s-1" -> "m s⁻¹"; "" for none ("1", NULL or ""). Returns out. */
const char *assay_unit_text(char *out, size_t size, const char *unit);

/* A name with its UDUNITS unit for people: ("u", "m s-1") -> "u (m s⁻¹)"; without a unit ("1",
 * NULL or "") the name alone. Returns out. */
const char *assay_label_text(char *out, size_t size, const char *name, const char *unit);

#endif

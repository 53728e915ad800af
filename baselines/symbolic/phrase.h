/* Writing equations: text of bounded length, numbers in their simplest form, products of powers. */
#ifndef ASSAY_BASELINES_SYMBOLIC_PHRASE_H
#define ASSAY_BASELINES_SYMBOLIC_PHRASE_H
#include <stdbool.h>
#include <stddef.h>

enum { ASSAY_SR_PHRASE = 16384 };

struct assay_sr_phrase {
  size_t n;
  bool overflow; /* something did not fit: the text is useless */
  char text[ASSAY_SR_PHRASE];
};
void assay_sr_put(struct assay_sr_phrase *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The fraction p/q, q <= 6, |p/q| <= 12, within tolerance of value, smallest q first; false: none.
 */
bool assay_sr_snap_fraction(int *p, int *q, double value, double tolerance);

/* value, or a simpler number within `tolerance` relative to it: a fraction with q <= 12, such a
 * fraction times pi, a decimal of at most 10 digits; if there is none, the decimal with the fewest
 * digits that is off by no more than 1e-15. */
double assay_sr_snap(double value, double tolerance);

/* The same, appended as text that reads back ("2*pi", "0.25", "6.6743e-11"). */
void assay_sr_put_number(struct assay_sr_phrase *p, double value, double tolerance);

/* coefficient x product of (text)^power; text is an expression (put in parentheses where it needs
 * them). Powers of one half are joined under one root, negative powers in one denominator. */
struct assay_sr_factor {
  const char *text;
  double power;
  bool absolute; /* |text|^power */
};
void assay_sr_put_product(struct assay_sr_phrase *p, double coefficient, double tolerance,
                          const struct assay_sr_factor *factor, int n);

#endif

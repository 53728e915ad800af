/* Decimal numbers, whatever the locale of the process. */
#ifndef ASSAY_CORE_EXPR_NUMBER_H
#define ASSAY_CORE_EXPR_NUMBER_H
#include <stdbool.h>
#include <stddef.h>

enum assay_expr_number_fault {
  ASSAY_EXPR_NUMBER_OK,
  ASSAY_EXPR_NUMBER_NONE,     /* no digit here */
  ASSAY_EXPR_NUMBER_EXPONENT, /* "1e" without digits behind it */
  ASSAY_EXPR_NUMBER_LARGE,    /* beyond the largest double */
  ASSAY_EXPR_NUMBER_SMALL,    /* not zero, but rounds to zero */
};

/* Unsigned decimal at the start of text: digits, point, exponent. Nearest double, ties to even.
 * *length: bytes of the number, or up to the fault. *exact: only digits, value at most 2^53. */
enum assay_expr_number_fault assay_expr_number_read(double *value, bool *exact, size_t *length,
                                                    const char *text);

/* Fewest digits that read back to the same bits; "nan", "inf", "-inf". A whole number is "2" if
 * exact and "2.0" otherwise. out holds 32 bytes; returns out. */
const char *assay_expr_number_text(char *out, double value, bool exact);

#endif

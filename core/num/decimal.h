/* Doubles as text with 19 significant digits, what printf writes for %.18e, several times faster:
 * tables of numbers for other programs are many megabytes of it. */
#ifndef ASSAY_CORE_NUM_DECIMAL_H
#define ASSAY_CORE_NUM_DECIMAL_H

enum { ASSAY_DECIMAL_ROOM = 32 }; /* bytes that a number takes at most, with the final zero */

struct assay_decimal; /* powers of ten; read-only once made */

int assay_decimal_create(struct assay_decimal **out);
void assay_decimal_destroy(struct assay_decimal *d); /* NULL allowed */

/* Exactly the bytes of snprintf(out, ROOM, "%.18e", value) in the default rounding mode and a
 * locale with a point; returns their number. */
int assay_decimal_exp18(const struct assay_decimal *d, char out[ASSAY_DECIMAL_ROOM], double value);

#endif

#include "core/expr/canonical_steps.h"
const struct term *assay_canonical_trig(struct assay_alg *s, const struct term *t){(void)s;return t;}
const struct term *assay_canonical_quotients(struct assay_alg *s, const struct term *t){(void)s;return t;}

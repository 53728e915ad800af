/* What CFDBench's code does and the methods here do not, each to be brought back by its name, so
 * that published numbers can be studied: `--set defects=units+mixed`, or `--set published=yes` for
 * all that belongs to how the method was trained. docs/neural-published.md explains them. */
#ifndef ASSAY_BASELINES_NEURAL_DEFECTS_H
#define ASSAY_BASELINES_NEURAL_DEFECTS_H
#include <stdbool.h>

#include "core/base/param.h"

enum {
  ASSAY_NN_UNITS = 1 << 0,     /* constants of one problem for all; raw fields, indices as places */
  ASSAY_NN_COMPANY = 1 << 1,   /* norms over all points that are asked for */
  ASSAY_NN_MIXED = 1 << 2,     /* frames of other samples */
  ASSAY_NN_ONE_FIELD = 1 << 3, /* only the first field is predicted */
  ASSAY_NN_BLIND = 1 << 4,     /* nothing is told of what is solid */
  ASSAY_NN_PADDING = 1 << 5,   /* the ring and solid places count in the loss */
  ASSAY_NN_STEADY = 1 << 6,    /* cases are cut where little changes */
  ASSAY_NN_UNMASKED = 1 << 7,  /* predictions are not multiplied by the mask */
  ASSAY_NN_HELD = 1 << 8,      /* after the first score norms and dropout stay as in answers */
  ASSAY_NN_RESTLESS = 1 << 9,  /* answers with norms and dropout as in training */
  ASSAY_NN_FADED = 1 << 10,    /* imposed values are lost after the first step */
  ASSAY_NN_AHEAD = 1 << 11,    /* answers are one step ahead */
  ASSAY_NN_ORDER = 1 << 12,    /* parameters are handed over in another order in answers */
  ASSAY_NN_NORMS = 1 << 13,    /* parameters of norms that are never applied */
  /* those that a network sees in training and answers alike */
  ASSAY_NN_SEEN = ASSAY_NN_UNITS | ASSAY_NN_COMPANY | ASSAY_NN_ONE_FIELD | ASSAY_NN_BLIND |
                  ASSAY_NN_PADDING | ASSAY_NN_UNMASKED | ASSAY_NN_NORMS,
  /* of every method that steps from frame to frame */
  ASSAY_NN_STEPPING =
      ASSAY_NN_UNITS | ASSAY_NN_BLIND | ASSAY_NN_STEADY | ASSAY_NN_FADED | ASSAY_NN_AHEAD,
};

/* Which of them a method can have, and which it had when it was published. */
struct assay_nn_history {
  unsigned possible, published;
};

/* What is set. */
struct assay_nn_original {
  bool published;
  const char *defects; /* names, "units+mixed"; NULL: none */
  int lag;             /* frames between the two of a training pair; 0: as the task steps */
};

/* ASSAY_EARG: a name that is not one of the method's; the message lists those. */
int assay_nn_defects_of(unsigned *out, const struct assay_nn_original *set,
                        const struct assay_nn_history *history, const char *method);

/* Rows of a struct S that holds them as its member `original`. */
#define ASSAY_NN_ORIGINAL_ROWS(S)                                                            \
  {.name = "published",                                                                      \
   .type = ASSAY_PT_BOOL,                                                                    \
   .offset = ASSAY_OFFSET(S, original.published, bool),                                      \
   .doc = "as CFDBench trained it: with those of the method's defects that belong to that"}, \
  {                                                                                          \
    .name = "defects", .type = ASSAY_PT_STRING,                                              \
    .offset = ASSAY_OFFSET(S, original.defects, const char *),                               \
    .doc = "single defects of CFDBench to bring back, \"units+mixed\""                       \
  }
#define ASSAY_NN_LAG_ROW(S)                                                                \
  {                                                                                        \
    .name = "lag", .type = ASSAY_PT_INT, .offset = ASSAY_OFFSET(S, original.lag, int),     \
    .unit = "1", .doc = "frames between the two of a training pair; 0: as the task steps", \
    .min = 0, .max = 1e6                                                                   \
  }

#endif

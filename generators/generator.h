/* A generator is the code for one physical system: parameters in, one case out.
 *
 * To add one: write generators/NAME.c that defines
 *     const struct assay_generator assay_generator_NAME
 * with designated initialisers, and put 'NAME' into the list in generators/meson.build. Nothing
 * else: registry, help, file attributes, JSON, docs and one conformance test follow from the
 * struct. A generator must bring evidence; the conformance test refuses one that brings none. */
#ifndef ASSAY_GENERATORS_GENERATOR_H
#define ASSAY_GENERATORS_GENERATOR_H
#include <stdint.h>

#include "core/base/param.h"
#include "datasets/case.h"

/* Names the random numbers of a case: core/num/random.h streams are keyed by it, so that a case can
 * be made alone, in any order, in any process. */
struct assay_case_key {
  uint64_t seed; /* of the data set */
  uint64_t id;   /* global index of the case */
};

/* A number that follows from the parameters and is stored beside them (Re, lid turnover time). */
struct assay_derived {
  const char *name, *unit, *doc; /* name == NULL ends the table */
  double (*value)(const void *params);
};

enum assay_evidence_kind {
  ASSAY_EVIDENCE_EXACT,
  ASSAY_EVIDENCE_MANUFACTURED,
  ASSAY_EVIDENCE_CONSERVED,
  ASSAY_EVIDENCE_PUBLISHED,
  ASSAY_EVIDENCE_SYMMETRY,
};

/* A check that this generator is right: measure() computes a number that must lie within `limit`
 * of `expected`. Run by the conformance test, printed by `assay show`. */
struct assay_evidence {
  const char *name, *doc, *reference; /* name == NULL ends the table */
  enum assay_evidence_kind kind;
  double expected, limit;
  bool slow; /* more than a second: only in the slow suite */
  int (*measure)(double *out);
};

/* A picture of evidence: a computed curve beside the published one. `assay evidence -o DIR` draws
 * it as DIR/GENERATOR-NAME.png. */
struct assay_illustration {
  const char *name, *caption; /* name == NULL ends the table; name: part of a file name */
  bool slow;                  /* more than a second */
  int (*draw)(const char *path);
};

/* Where the cases of a group come from and go to. What they return ends the group when negative. */
struct assay_case_stream {
  void *user;
  /* The next case to run with its parameters and key; room and parameters stay valid until it is
   * given back. *c NULL: there are no more. */
  int (*next)(void *user, struct assay_case **c, const void **params, struct assay_case_key *key);
  /* Give a case back with what run would have returned for it, the message set when negative. */
  int (*done)(void *user, struct assay_case *c, int rc);
};

struct assay_generator {
  const char *name;
  int version; /* raise when the bits of a case change: golden hashes in the tests force it */
  const char *doc;
  const char *reference;
  const struct assay_param *params;
  size_t params_size;
  const void *defaults;
  const struct assay_field *fields;
  const struct assay_derived *derived; /* NULL: none */
  const struct assay_evidence *evidence;
  const struct assay_illustration *illustrations; /* NULL: none */
  int order; /* nominal order p of the error in the grid size; 0 when the solution is exact */

  /* Whether the parameters go together (beyond the ranges of the rows); optional. */
  int (*check)(const void *params);
  /* Dimensions and coordinates of a case; must depend on parameters only. */
  int (*shape)(struct assay_shape *out, const void *params);
  /* Fill frames, n_frames, time and the certificate of `out` (created for this shape).
   * ASSAY_EDIVERGED: frames up to out->n_frames are good, certificate says when. */
  int (*run)(struct assay_case *out, const void *params, struct assay_case_key key);
  /* Whether a case depends on its key: cases with the same parameters are then different data.
   * NULL: it never does. */
  bool (*draws)(const void *params);
  /* Optional, all three: cases side by side in vector lanes, each with the bits that run would give
   * it. group: how many cases of this kind it takes to be faster than one after the other, 0:
   * never. goes_with: whether two cases can go together. run_group: all cases of a stream that go
   * together, several at a time; negative only when the group itself failed. */
  int (*group)(const void *params);
  bool (*goes_with)(const void *params, const void *other);
  int (*run_group)(const struct assay_case_stream *stream);
  /* Change params to half the solver resolution in every direction, same physics and same start:
   * the second run of the Richardson estimate. The stored shape may halve too. NULL: no estimate.
   */
  int (*coarsen)(void *params);
  /* What is imposed on a field at a side, at time t; the default (NULL) is nothing. */
  enum assay_boundary_type (*boundary)(double *value, const void *params, int field,
                                       enum assay_side side, double t);
  /* Where the imposed value changes along a side: its factor at the coordinate s of that side
   * (boundary() gives the value where it is 1); NaN: nothing is imposed there. In two dimensions.
   * NULL: 1 everywhere. */
  double (*boundary_profile)(const void *params, int field, enum assay_side side, double s);
  /* Change params to the smallest case that still shows everything (well below 0.1 s): what the
   * conformance test runs. */
  void (*tiny)(void *params);
  /* SHA-256 of case 0 of seed 1 with the tiny parameters on float64 fields, those on demand left
   * out: a change of bits without a new version fails the conformance test, which prints the
   * present one. */
  const char *golden;
  /* Predicted CPU seconds of one case on a current core, for progress and --dry-run; optional. */
  double (*cost)(const void *params);
};

extern const struct assay_generator *const assay_generators[]; /* NULL-terminated */

/* ASSAY_ENOTFOUND with the nearest name and the full list. */
int assay_generator_find(const struct assay_generator **out, const char *name);

#endif

/* Tables of equations: what a symbolic data set is made from. A line per equation says how it is
 * written, what its inputs are called, their units, and how they are drawn; docs/symbolic.md
 * describes the columns. Built-in tables live in datasets/equations. */
#ifndef ASSAY_DATASETS_EQUATION_H
#define ASSAY_DATASETS_EQUATION_H
#include "core/base/embed.h"

/* How a number is drawn; the order of assay_law_kinds. */
enum assay_law_kind {
  ASSAY_LAW_LOGUNIFORM, /* 10^U(log10 lo, log10 hi) */
  ASSAY_LAW_UNIFORM,    /* U(lo, hi) */
  ASSAY_LAW_INTUNIFORM, /* whole numbers lo .. hi - 1 */
};
/* What then happens to its sign; the order of assay_law_signs. */
enum assay_law_sign {
  ASSAY_SIGN_POS, /* as drawn */
  ASSAY_SIGN_ANY, /* negated with probability 1/2 */
  ASSAY_SIGN_NEG, /* negated */
};
extern const char *const assay_law_kinds[], *const assay_law_signs[]; /* NULL-terminated */

struct assay_law {
  enum assay_law_kind kind;
  enum assay_law_sign sign;
  double lo, hi;
};
/* Inputs of a system have no law: lo == hi. "loguniform pos 0.01 1" into out (96 bytes); returns
 * out. */
const char *assay_law_text(char *out, const struct assay_law *law);
/* The same back. ASSAY_EPARSE. */
int assay_law_parse(struct assay_law *out, const char *text);

struct assay_equation_input {
  const char *quantity, *unit; /* physical name; UDUNITS text, "" unknown */
  struct assay_law law;
};

/* How the trajectories of a system are computed; the order of assay_integrators. */
enum assay_integrator {
  ASSAY_INTEGRATE_SPLIT, /* the scheme of the published data, generators/table_system.c */
  ASSAY_INTEGRATE_ACCURATE,
};
extern const char *const assay_integrators[]; /* NULL-terminated */

/* Ordinary differential equations; every state is a table whose y is its rate. */
enum { ASSAY_STATES_MAX = 8, ASSAY_STARTS_MAX = 32 };
struct assay_system {
  const char *name;
  int n_states;
  const char *state[ASSAY_STATES_MAX], *unit[ASSAY_STATES_MAX];
  const char *rate[ASSAY_STATES_MAX]; /* over x0, x1, ... */
  int n_starts;
  double start[ASSAY_STARTS_MAX][ASSAY_STATES_MAX];
  double step; /* s, between points of a trajectory */
  int points;  /* of a trajectory, the start included */
  enum assay_integrator integrator;
};

enum { ASSAY_INPUTS_MAX = 16 };
/* Texts are borrowed from the table; "" where the line has "-". */
struct assay_equation {
  const char *id, *difficulty;
  const char *target, *target_unit;
  const char *expression; /* over x0, x1, ...: what makes the data */
  const char *truth;      /* what metrics compare with, where it differs from `expression` */
  const char *reference, *notes;
  int n_inputs;
  struct assay_equation_input input[ASSAY_INPUTS_MAX];
  long number; /* line of the table, from 0: names its random numbers. A table that extends another
                  gives an equation the number it has there. */
  const struct assay_system *system; /* the inputs are its states; NULL: they are drawn */
  int state;                         /* of the system, whose rate the expression is */
  bool changed; /* the table extends another one and replaces this equation of it */
  /* Why nobody can find it in its data (an input without effect, a target that is rounding); NULL:
   * it can be found. A statement of the table, not a measurement. */
  const char *unidentifiable;
};

struct assay_equations;

extern const struct assay_embedded assay_equation_files[];

/* A built-in table ("srsd") or a file of the user ("./mine.tsv"). ASSAY_ENOTFOUND, ASSAY_EIO,
 * ASSAY_EPARSE with FILE:LINE. */
int assay_equations_open(struct assay_equations **out, const char *name);
void assay_equations_close(struct assay_equations *e); /* NULL allowed */

long assay_equations_count(const struct assay_equations *e);
/* The i-th, 0 <= i < count; borrowed. */
const struct assay_equation *assay_equations_at(const struct assay_equations *e, long i);
/* ASSAY_ENOTFOUND with the nearest id. */
int assay_equations_find(const struct assay_equation **out, const struct assay_equations *e,
                         const char *id);
/* Whether there is a built-in table of this name. */
bool assay_equations_known(const char *name);

#endif

/* Evaluation of one expression over many rows, with gradients.
 *
 * An expression is compiled once to a flat list of block operations: each takes whole blocks of
 * ASSAY_EXPR_BLOCK rows, whose operands are columns of the table (read in place), registers or
 * scalars. What depends on constants only is computed once per call. Nothing recurses per row.
 *
 * Constants. Every finite constant that is not `exact` is a parameter: it lives in an array outside
 * the program (in the order of the text), so that an optimiser changes it without compiling again.
 * With `fixed` there are none; then equal subexpressions are computed once even when they hold
 * constants.
 *
 * Semantics. IEEE 754 double precision, round to nearest, one rounding per + - * / sqrt neg abs,
 * never contracted or reordered; no protected operators: 1/0 = inf, 0/0 = NaN, log(0) = -inf,
 * log(-1) = NaN, sqrt(-1) = NaN, asin(2) = NaN. sin, exp, ... are those of core/num/fmath.h (errors
 * stated there). min and max are NaN if either operand is. Powers with a constant exponent (one
 * that holds no variable):
 *
 *   x^0 = 1 (also for NaN), x^1 = x, x^2 = x x, x^3 = (x x) x, x^4 = (x x)(x x), x^5 = x^4 x,
 *   x^6 = (x^3)(x^3), x^7 = x^6 x, x^8 = (x^4)(x^4), x^-n = 1/(x^n) for n = 1..8,
 *   x^0.5 = sqrt(x), x^-0.5 = 1/sqrt(x), x^1.5 = x sqrt(x), x^-1.5 = 1/(x sqrt(x));
 *   every other exponent, and every exponent that varies by row: assay_fmath_pow.
 *
 * The same bits on every instruction set, block position and number of rows; every NaN that is
 * returned is 0x7ff8000000000000 (float: 0x7fc00000).
 *
 * Programs are read-only while they run: threads may share one, each with its own workspace. */
#ifndef ASSAY_CORE_EXPR_PROGRAM_H
#define ASSAY_CORE_EXPR_PROGRAM_H
#include <stddef.h>

#include "core/expr/expr.h"

enum { ASSAY_EXPR_BLOCK = 256 }; /* rows */

struct assay_expr_program; /* opaque */
struct assay_expr_work;    /* buffers, grown as needed */

struct assay_expr_compile_options {
  bool fixed;    /* no parameters: all constants are built in */
  bool no_share; /* do not look for equal subexpressions */
};

/* options: NULL for the defaults. The caller owns *out; e is not kept. */
int assay_expr_compile(struct assay_expr_program **out, const struct assay_expr *e,
                       const struct assay_expr_compile_options *options);
/* The same into a program that exists, whose memory is used again. */
int assay_expr_recompile(struct assay_expr_program *p, const struct assay_expr *e,
                         const struct assay_expr_compile_options *options);
void assay_expr_program_free(struct assay_expr_program *p);

/* Parameters: how many, their values in the expression, and the node of each ([n_params]). */
int assay_expr_program_n_params(const struct assay_expr_program *p);
const double *assay_expr_program_params(const struct assay_expr_program *p);
const int *assay_expr_program_param_nodes(const struct assay_expr_program *p);
int assay_expr_program_n_vars(const struct assay_expr_program *p);
int assay_expr_program_n_nodes(const struct assay_expr_program *p); /* of the expression */
int assay_expr_program_n_ops(const struct assay_expr_program *p);   /* after sharing, per row */

/* The expression with these parameter values in place of its own. */
int assay_expr_set_params(struct assay_expr *e, const struct assay_expr_program *p,
                          const double *params);

int assay_expr_work_create(struct assay_expr_work **out);
void assay_expr_work_free(struct assay_expr_work *w);

/* All below: params [n_params] (NULL: those of the expression), columns [n_vars] pointers to
 * contiguous values [n] (those of variables that do not occur may be NULL), w of this thread. They
 * fail only for want of memory (ASSAY_ENOMEM); values may be NaN or infinite. */

/* out [n] */
int assay_expr_eval(double *out, const struct assay_expr_program *p, const double *params,
                    const double *const *columns, ptrdiff_t n, struct assay_expr_work *w);

/* The same values, bit by bit, straight from nodes in postfix order (those of a valid expression):
 * nothing is compiled and nothing shared. For a few hundred rows, which are evaluated in less time
 * than compiling takes. */
int assay_expr_eval_nodes(double *out, const struct assay_expr_node *node, int n_nodes,
                          const double *const *columns, ptrdiff_t n, struct assay_expr_work *w);

/* f at one point, x [n_vars] */
int assay_expr_eval_point(double *out, const struct assay_expr_program *p, const double *params,
                          const double *x, struct assay_expr_work *w);

/* sum of (f - y)^2 in a fixed order: 32 lanes per block, joined pairwise, blocks one after the
 * other. Stops early, with some value above limit, once the sum passes limit (INFINITY: never), and
 * with NaN once a row is NaN. */
int assay_expr_sse(double *out, const struct assay_expr_program *p, const double *params,
                   const double *const *columns, const double *y, ptrdiff_t n, double limit,
                   struct assay_expr_work *w);

/* Moments of f and y about their means, merged block by block, in one pass. */
struct assay_expr_stats {
  double n, mean_f, mean_y;
  double ff, fy, yy; /* sums of (f - mean_f)^2, (f - mean_f)(y - mean_y), (y - mean_y)^2 */
};
int assay_expr_stats(struct assay_expr_stats *out, const struct assay_expr_program *p,
                     const double *params, const double *const *columns, const double *y,
                     ptrdiff_t n, struct assay_expr_work *w);

/* y ~ a + b f with the least squared error, which is *sse: b = fy/ff (0 where f is constant or not
 * finite, then a is the mean of y). */
void assay_expr_linear_scaling(double *a, double *b, double *sse, const struct assay_expr_stats *s);

/* f [n] (may be NULL) and jac [n_params, n]: derivatives with respect to the parameters, by one
 * reverse sweep per block. */
int assay_expr_jacobian(double *f, double *jac, const struct assay_expr_program *p,
                        const double *params, const double *const *columns, ptrdiff_t n,
                        struct assay_expr_work *w);

/* f [n] (may be NULL) and grad [n_vars, n]: derivatives with respect to the variables. */
int assay_expr_input_gradient(double *f, double *grad, const struct assay_expr_program *p,
                              const double *params, const double *const *columns, ptrdiff_t n,
                              struct assay_expr_work *w);

/* Sums over the rows, in a fixed order, for Gauss-Newton and Levenberg-Marquardt, without storing
 * the Jacobian J: jtj = J^T J [n_params, n_params], jtr = J^T (f - y) [n_params], *sse. */
int assay_expr_normal_equations(double *jtj, double *jtr, double *sse,
                                const struct assay_expr_program *p, const double *params,
                                const double *const *columns, const double *y, ptrdiff_t n,
                                struct assay_expr_work *w);

/* Single precision: constants rounded to float, everything else as above. */
int assay_expr_eval_float(float *out, const struct assay_expr_program *p, const double *params,
                          const float *const *columns, ptrdiff_t n, struct assay_expr_work *w);
/* terms in float, their sum per lane and block in float, blocks in double */
int assay_expr_sse_float(double *out, const struct assay_expr_program *p, const double *params,
                         const float *const *columns, const float *y, ptrdiff_t n, double limit,
                         struct assay_expr_work *w);

#endif

/* Return codes and the last-error message of this thread.
 *
 * Every function that can fail returns int: ASSAY_OK (0) or a negative code. The place that notices
 * a failure writes one message; callers pass the code up unchanged and may only put a position in
 * front ("cavity.yaml:3:7: ", "case 118: "). Nobody overwrites. Numerical failure is an ordinary
 * outcome (ASSAY_EDIVERGED); broken contracts between our own functions are assert(). */
#ifndef ASSAY_CORE_BASE_ERR_H
#define ASSAY_CORE_BASE_ERR_H

#define ASSAY_RC_LIST(X)                                              \
  X(ASSAY_EARG, -1, "invalid argument")                               \
  X(ASSAY_ENOMEM, -2, "out of memory")                                \
  X(ASSAY_EIO, -3, "input or output failed")                          \
  X(ASSAY_EPARSE, -4, "malformed input")                              \
  X(ASSAY_ENOTFOUND, -5, "no such item")                              \
  X(ASSAY_EDIVERGED, -6, "the numerical method diverged")             \
  X(ASSAY_EUNSUPPORTED, -7, "not supported")                          \
  X(ASSAY_ECORRUPT, -8, "data do not match their checksum or schema") \
  X(ASSAY_EJOB, -9, "a job or case failed")                           \
  X(ASSAY_EENV, -10, "the environment lacks something")

enum assay_rc {
  ASSAY_OK = 0,
#define X(name, value, text) name = value,
  ASSAY_RC_LIST(X)
#undef X
};

/* One line for a code; never NULL. */
const char *assay_rc_text(int rc);

/* The program's exit code for a return code: 0 ok, 1 usage or bad input, 2 a job or case failed,
 * 5 environment problem (3 and 4 belong to `assay track`). */
int assay_rc_exit(int rc);

/* Message of the last failure in this thread, "" when there was none; valid until the next one. */
const char *assay_err_last(void);

/* Source position ("core/base/file.c:41") where the last message was set. For debug logs. */
const char *assay_err_where(void);

/* Record a failure and return rc. Use ASSAY_FAIL or ASSAY_CHECK instead where possible. */
int assay_err_set(int rc, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Put a prefix in front of the last message if rc is a failure; returns rc, so that a call can be
 * wrapped: ASSAY_TRY(assay_err_prefix(read(...), "%s: ", path)). */
int assay_err_prefix(int rc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* These expect a local `int rc` and a label `done` behind which everything is released. */
#define ASSAY_FAIL(code, ...)                                    \
  do {                                                           \
    rc = assay_err_set((code), __FILE__, __LINE__, __VA_ARGS__); \
    goto done;                                                   \
  } while (0)
#define ASSAY_CHECK(cond, code, ...)            \
  do {                                          \
    if (!(cond)) ASSAY_FAIL(code, __VA_ARGS__); \
  } while (0)
#define ASSAY_TRY(expr)               \
  do {                                \
    if ((rc = (expr)) < 0) goto done; \
  } while (0)

#endif

/* What every test program includes: cmocka in the order it wants, and comparisons that print what
 * was compared. Use high-entropy values (2.385, not 1). */
#ifndef ASSAY_TESTS_TEST_H
#define ASSAY_TESTS_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"

/* |a - b| <= atol + rtol |b|; NaN equals nothing */
#define assert_close(a, b, rtol, atol)                                       \
  do {                                                                       \
    const double close_a = (a), close_b = (b);                               \
    if (!(fabs(close_a - close_b) <= (atol) + (rtol)*fabs(close_b)))         \
      fail_msg("%s = %.17g, expected %s = %.17g", #a, close_a, #b, close_b); \
  } while (0)

#define assert_ok(expr)                                                                    \
  do {                                                                                     \
    const int ok_rc = (expr);                                                              \
    if (ok_rc < 0) fail_msg("%s: %s (%s)", #expr, assay_err_last(), assay_rc_text(ok_rc)); \
  } while (0)

/* the call fails with this code and its message contains this text */
#define assert_fails(expr, code, text)                                                       \
  do {                                                                                       \
    const int fails_rc = (expr);                                                             \
    if (fails_rc != (code)) fail_msg("%s returned %d, expected %s", #expr, fails_rc, #code); \
    if (!strstr(assay_err_last(), (text)))                                                   \
      fail_msg("%s: message is '%s', expected it to contain '%s'", #expr, assay_err_last(),  \
               (text));                                                                      \
  } while (0)

#endif

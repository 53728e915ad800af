/* Messages and progress for people: to standard error, one line per event
 * ("warn  generate  case=12 diverged at t = 0.4 s"). Results never go through here. */
#ifndef ASSAY_CORE_BASE_LOG_H
#define ASSAY_CORE_BASE_LOG_H
#include <stdbool.h>
#include <stdio.h>

enum assay_log_level { ASSAY_LOG_ERROR, ASSAY_LOG_WARN, ASSAY_LOG_INFO, ASSAY_LOG_DEBUG };

/* Least important level that is shown (default INFO; environment ASSAY_LOG=error|warn|info|debug)
 * and where to (default stderr). */
void assay_log_setup(enum assay_log_level level, FILE *to);
bool assay_log_shows(enum assay_log_level level);

void assay_log(enum assay_log_level level, const char *module, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A progress bar with rate and time left, redrawn at most five times a second, on a terminal only.
 * Elsewhere nothing, or with ASSAY_LOG=debug one plain line per tenth. Work is counted in any unit;
 * weights let uneven cases be predicted (cost instead of count). */
struct assay_progress {
  const char *what; /* "cases" */
  double total, done;
  double started, drawn; /* monotonic seconds */
  int tenth;
  FILE *to;
  bool terminal;
};
void assay_progress_start(struct assay_progress *p, const char *what, double total, FILE *to);
void assay_progress_add(struct assay_progress *p, double work, const char *note);
void assay_progress_finish(struct assay_progress *p);

/* Monotonic clock in seconds. */
double assay_clock(void);

/* "2 min 5 s" into out (32 bytes); returns out. */
const char *assay_duration_text(char *out, double seconds);

#endif

#include "core/base/log.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static struct {
  enum assay_log_level level;
  FILE *to;
  bool set;
} state;

static enum assay_log_level level_from_environment(void)
{
  const char *wanted = getenv("ASSAY_LOG");
  for (int i = 0; wanted && i < 4; i++)
    if (strcmp(wanted, level_names[i]) == 0) return (enum assay_log_level)i;
  return ASSAY_LOG_INFO;
}

static void ensure_setup(void)
{
  if (!state.set) assay_log_setup(level_from_environment(), stderr);
}

void assay_log_setup(enum assay_log_level level, FILE *to)
{
  state.level = level;
  state.to = to;
  state.set = true;
}

bool assay_log_shows(enum assay_log_level level)
{
  ensure_setup();
  return level <= state.level;
}

void assay_log(enum assay_log_level level, const char *module, const char *fmt, ...)
{
  if (!assay_log_shows(level)) return;
  char text[1024];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  /* one write, so that lines of several processes do not mix */
  fprintf(state.to, "%s%-5s %s: %s\n", isatty(fileno(state.to)) ? "\r\033[K" : "",
          level_names[level], module, text);
  fflush(state.to);
}

double assay_clock(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

const char *assay_duration_text(char *out, double seconds)
{
  if (!(seconds >= 0 && seconds < 1e9))
    snprintf(out, 32, "?");
  else if (seconds < 10)
    snprintf(out, 32, "%.1f s", seconds);
  else if (seconds < 60)
    snprintf(out, 32, "%.0f s", seconds);
  else if (seconds < 3600)
    snprintf(out, 32, "%d min %d s", (int)seconds / 60, (int)seconds % 60);
  else
    snprintf(out, 32, "%d h %d min", (int)seconds / 3600, (int)seconds % 3600 / 60);
  return out;
}

static double fraction_done(const struct assay_progress *p)
{
  const double f = p->total > 0 ? p->done / p->total : 1;
  return f < 0 ? 0 : f > 1 ? 1 : f;
}

static void describe(const struct assay_progress *p, char *out, size_t size, const char *note)
{
  char spent[32], left[32];
  const double f = fraction_done(p), t = assay_clock() - p->started;
  const double remaining = f > 0 ? t * (1 - f) / f : (double)NAN;
  snprintf(out, size, "%3.0f %%  %s  %s left  %s", 100 * f, assay_duration_text(spent, t),
           assay_duration_text(left, remaining), note ? note : "");
}

static void draw_bar(struct assay_progress *p, const char *note)
{
  enum { WIDTH = 30 };
  char bar[WIDTH + 1], text[160];
  const int full = (int)(fraction_done(p) * WIDTH);
  memset(bar, '.', WIDTH);
  memset(bar, '#', (size_t)full);
  bar[WIDTH] = '\0';
  describe(p, text, sizeof text, note);
  fprintf(p->to, "\r\033[K%s [%s] %s", p->what, bar, text);
  fflush(p->to);
}

void assay_progress_start(struct assay_progress *p, const char *what, double total, FILE *to)
{
  *p = (struct assay_progress){.what = what, .total = total, .started = assay_clock(), .to = to};
  p->terminal = isatty(fileno(to));
}

void assay_progress_add(struct assay_progress *p, double work, const char *note)
{
  p->done += work;
  if (!assay_log_shows(p->terminal ? ASSAY_LOG_INFO : ASSAY_LOG_DEBUG)) return;
  const double now = assay_clock();
  const int tenth = (int)(10 * fraction_done(p));
  if (p->terminal && now - p->drawn >= 0.2) {
    draw_bar(p, note);
    p->drawn = now;
  } else if (!p->terminal && tenth > p->tenth && now - p->started > 2) {
    char text[160];
    describe(p, text, sizeof text, NULL);
    fprintf(p->to, "%s %s\n", p->what, text);
  }
  p->tenth = tenth;
}

void assay_progress_finish(struct assay_progress *p)
{
  if (p->terminal && p->drawn > 0) fprintf(p->to, "\r\033[K");
  fflush(p->to);
}

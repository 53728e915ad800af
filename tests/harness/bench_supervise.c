/* What being supervised costs: time to start and end a command, and the share of a processor that
 * watching one takes. One JSON line per figure. */
#include <stdio.h>
#include <sys/resource.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "harness/supervise.h"

static int run(struct assay_outcome *o, const char *const *argv)
{
  const struct assay_command c = {
      .argv = argv, .dir = "/", .log = "/dev/null", .limits = {.wall = 60, .memory = 1e9}};
  return assay_supervise(o, &c);
}

static double children_cpu(void)
{
  struct rusage u;
  getrusage(RUSAGE_CHILDREN, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
         1e-6 * ((double)u.ru_utime.tv_usec + (double)u.ru_stime.tv_usec);
}

int main(void)
{
  enum { STARTS = 40 };
  int rc = ASSAY_OK;
  struct assay_outcome o;
  double started = assay_clock();
  for (int i = 0; i < STARTS; i++) ASSAY_TRY(run(&o, (const char *const[]){"true", NULL}));
  printf("{\"name\": \"supervise/start\", \"unit\": \"ms per command\", \"value\": %.3f}\n",
         1e3 * (assay_clock() - started) / STARTS);
  const double before = children_cpu();
  started = assay_clock();
  ASSAY_TRY(run(&o, (const char *const[]){"sleep", "3", NULL}));
  printf("{\"name\": \"supervise/watch\", \"unit\": \"CPU s per s\", \"value\": %.4f}\n",
         (children_cpu() - before) / (assay_clock() - started));
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}

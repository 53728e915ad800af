/* From a recipe to a data-set file: workers make cases and leave each as a part on disk; the parent
 * puts them into the file in case order while they work. What was finished survives an interruption
 * and is used again by a later run. */
#ifndef ASSAY_HARNESS_PRODUCE_H
#define ASSAY_HARNESS_PRODUCE_H
#include "datasets/recipe.h"

struct assay_produce {
  const struct assay_recipe *recipe;
  const char *path;
  long first, last; /* cases [first, last), */
  long step;        /* of them every step-th, from first on; 0: all */
  int jobs;         /* 0: one per processor */
  bool resume;      /* use parts of an earlier run */
  bool force;       /* drop parts and replace the file */
  bool keep_parts;
  enum assay_compression compression;
  int level;
  FILE *progress; /* for the bar; NULL: none */
};

struct assay_produce_report {
  long made, reused;     /* cases */
  long diverged, failed; /* failed: worker died, out of memory, ... */
  double wall, cpu;      /* s, of this run's cases */
  bool complete_before;  /* --resume found the finished file */
};

/* ASSAY_EJOB when the file is there but some case diverged or failed, and when interrupted (then no
 * file). ASSAY_EIO, ASSAY_EENV: stopped; parts stay. ASSAY_EARG: the file or parts of something
 * else are in the way. */
int assay_produce(struct assay_produce_report *report, const struct assay_produce *p);

/* Names beside the file "dir/name.nc": "dir/name.parts", "dir/name.journal.jsonl". The caller owns
 * *out. */
int assay_produce_name(char **out, const char *path, const char *suffix);

/* Number of cases, and the id of the k-th, 0 <= k < count. */
long assay_produce_count(const struct assay_produce *p);
long assay_produce_case(const struct assay_produce *p, long k);

/* Bytes of the fields of these cases, each with the frames that it has. */
long long assay_produce_case_bytes(const struct assay_produce *p);

/* Bytes that the run needs on disk at most, parts and file together. */
long long assay_produce_bytes(const struct assay_produce *p);

int assay_produce_jobs(int jobs);

#endif

/* What the files of the report share; for nobody else. A part writes HTML to r->to. */
#ifndef ASSAY_RESULTS_REPORT_PARTS_H
#define ASSAY_RESULTS_REPORT_PARTS_H
#include "core/draw/colour.h"
#include "core/draw/plot.h"
#include "results/arena.h"
#include "results/report/html.h"
#include "results/report/report.h"
#include "results/text_table.h"

/* A method has the same colour and marker everywhere. */
struct report_method {
  const char *name;
  char slug[ASSAY_SLUG];
  bool floor;
  int style; /* 1 ...: of core/draw/plot.h; floors are grey */
};

struct report_picture {
  const char *what; /* "best" */
  int k;            /* index of the case */
  const char *file; /* relative to the site; NULL: none */
  const char *caption, *problem;
};
enum { REPORT_PICTURES = 3 }; /* best, median, worst */

struct report_task {
  const struct assay_rank_table *table;
  char slug[ASSAY_SLUG];
  struct report_picture (*pictures)[REPORT_PICTURES]; /* [n_rows] */
};

struct report {
  const struct assay_ranking *ranking;
  const struct assay_report_options *options;
  const char *dir; /* where the site is being made */
  struct assay_arena arena;
  int n_methods;
  struct report_method *methods;
  struct report_task *tasks; /* [ranking->n_tables] */
  FILE *to;                  /* the page being written */
};

const struct report_method *assay_report_method(const struct report *r, const char *name);
/* The dot of its colour before a method's name. */
void assay_report_swatch(const struct report *r, const char *method);
/* Cell with a number: sorts by value, shows text (assay_value_text). */
void assay_report_cell(const struct report *r, double value, double low, double high);
/* "[low, high]", small; nothing where there is no interval. */
void assay_report_bounds(const struct report *r, double value, double low, double high);
/* A probability, with two digits. */
void assay_report_chance(const struct report *r, double p);
/* Unit for people in brackets, " (m s⁻¹)", nothing for "1". */
void assay_report_unit(const struct report *r, const char *unit);
/* Dot and bar for value and interval on an axis that all rows share. */
struct report_scale {
  double lo, hi;
  bool log;
};
struct report_scale assay_report_scale(const double *low, const double *high, int n);
void assay_report_interval(const struct report *r, const struct report_scale *s, const char *method,
                           double value, double low, double high);

/* Pages */
int assay_report_index(struct report *r);
int assay_report_task(struct report *r, const struct report_task *task);

/* Parts of a task's page */
int assay_report_leaderboard(struct report *r, const struct report_task *task);
int assay_report_scores(struct report *r, const struct report_task *task);
int assay_report_lead_plots(struct report *r, const struct report_task *task);
int assay_report_cost_plots(struct report *r, const struct report_task *task);
int assay_report_strip(struct report *r, const struct report_task *task);
int assay_report_pictures(struct report *r, const struct report_task *task);
int assay_report_failures(struct report *r, const struct report_task *task);
int assay_report_commands(struct report *r, const struct report_task *task);
int assay_report_dataset(struct report *r, const struct report_task *task);
/* Data sets of all tasks, each once. */
int assay_report_datasets(struct report *r);
int assay_report_provenance(struct report *r, const struct assay_rank_table *const *tables, int n);

/* Draw the pictures of a task into the site. */
int assay_report_draw(struct report *r, struct report_task *task);

/* Head and foot of every page. title: of this page; "" on the index. */
void assay_report_head(const struct report *r, const char *title);
void assay_report_foot(const struct report *r);

#endif

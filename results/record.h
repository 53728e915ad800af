/* A record: one finished job (suite, task, method, seed) as one JSON object, one line of the
 * journal. Everything that ranking, report pages and tracking know stands in records; they never
 * look into the data set (pictures apart: results/report/report.h).
 *
 * Schema "assay-record/1". Members marked * must be there; readers pass over what they do not know.
 *
 *   schema*      "assay-record/1"
 *   key*         {suite*, task*, method*: text, seed*: integer >= 0,
 *                 task_hash*, data_hash*, method_hash*: text}
 *                task_hash: of the resolved task definition with the versions of its metrics;
 *                data_hash: content_sha256 of the data set; method_hash: of name, version,
 *                parameters (of an outside method: of the files of its directory)
 *   status*      "ok" | "failed" | "withdrawn"
 *   part         of a task in parts: {index, id, of, set, identifiable}; results/gather.h
 *   notes        [texts]: what a reader must know of a job that went well
 *   failure      unless ok: {reason*: text, kind: "crash" | "timeout" | "memory" | "disk" | "shape"
 * | "nonfinite" | "missing" | "other", phase: "train" | "predict" | "score", output: [last lines of
 * the job's output, oldest first]} task         {title, kind, primary: name of the metric that
 * ranks (required if scores exist)} method       {title, doc, version, floor: true for a
 * no-learning floor, flags: ["pretrained", "unverified", "quoted", ...]} dataset      {name, title,
 * generator, regenerate: command that makes it again, licence, cases: {train, validation, test:
 * integer}, fields: [{name, unit, long_name}]} cases        {ids*: [integer], labels: ["Re = 400",
 * ...], identifiable: [true, ...] whether the answer can be found from what is given}: the test
 * cases, in the order of every per-case array below leads        {label: "time",
 * unit: "s", times*: [number]}: abscissa of every per-lead array (with times that differ from case
 * to case: the mean, or a number per case such as t U/L with its unit "1") scores       {METRIC:
 * {better*: "lower" | "higher", unit: text, version, doc, fields*: {FIELD: {value*, floor, worst,
 * unit, cases*, leads, leads_low, leads_high}}}} FIELD is "all" for a metric of the whole state.
 * cases [n cases]: one number per test case (reduced over leads as the metric says), null where the
 * metric has none; value: their mean; floor: value of the truth itself; worst: value of a case that
 * was not answered; leads [n leads]: mean over cases
 * at each lead, leads_low and leads_high the 10 % and 90 % quantiles over cases, null where a lead
 * has none; unit of a field wins over that of the metric. In a failed record scores are diagnosis
 * only and never rank. cost         {train, predict: {wall_s, cpu_s: s, peak_rss_mb: 1e6 bytes}}:
 * predict is for all test cases together provenance   {revision, compiler, flags, cpu, isa,
 * host_os, libraries: {NAME: version}, started: "2026-05-01T12:00:00Z", isolation, ...}: texts,
 * shown as they are command      the exact command that repeats the job artefacts    {prediction,
 * truth, log: paths relative to the results folder}
 *
 * Numbers are finite or null. Times are in s, sizes in MB = 1e6 bytes. */
#ifndef ASSAY_RESULTS_RECORD_H
#define ASSAY_RESULTS_RECORD_H
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/io/sha256.h"

#define ASSAY_RECORD_SCHEMA "assay-record/1"
#define ASSAY_RECORD_WHOLE "all" /* field name of metrics of the whole state */

/* A method's own values may differ from those of its equation by so much of these; beyond, its
 * answer is flagged (member answer.differs). */
#define ASSAY_ANSWER_TOLERANCE 1e-6

enum assay_record_status { ASSAY_RECORD_OK, ASSAY_RECORD_FAILED, ASSAY_RECORD_WITHDRAWN };
extern const char *const assay_record_statuses[]; /* names in this order, NULL-terminated */

struct assay_record_key {
  const char *suite, *task, *method;
  int64_t seed;
  const char *task_hash, *data_hash, *method_hash;
};

/* ---- writing ---- */

/* A new record with schema, key and status; add the other objects with json_object_set_new. The
 * caller owns *out. ASSAY_ENOMEM. */
int assay_record_create(json_t **out, const struct assay_record_key *key,
                        enum assay_record_status status);

/* What is known of one metric on one field. */
struct assay_record_values {
  const char *metric, *field; /* field: a name or ASSAY_RECORD_WHOLE */
  const char *unit;           /* "1" when dimensionless */
  bool higher_is_better;
  int version;     /* of the metric */
  const char *doc; /* of the metric, one line; NULL: none */
  double floor;    /* value of the truth itself, NaN: none */
  int n_cases, n_leads;
  const double *cases;   /* [n_cases], NaN: the metric has no value for this case */
  const double *by_lead; /* [n_cases, n_leads], NaN as above; NULL: none */
  bool has_worst;
  double worst; /* has_worst: the value of a case without an answer */
};

/* Put it into the record's scores; the mean over cases, the mean over cases at each lead and the
 * quantiles are computed here, so that all records agree on them. A field without any value is left
 * out. ASSAY_EARG for an infinite value, ASSAY_ENOMEM. */
int assay_record_add_score(json_t *record, const struct assay_record_values *v);

/* The identity of a job: SHA-256 over the members of its key. */
int assay_record_job(char hex[ASSAY_SHA256_HEX], const struct assay_record_key *key);

/* ---- reading ---- */

struct assay_record_score {
  const char *metric, *field, *unit, *doc; /* doc may be NULL */
  bool higher_is_better;
  int version;
  double value, floor;                          /* floor NaN: none */
  double worst;                                 /* value of a case without an answer; NaN: none */
  const double *cases;                          /* [n_cases], NaN: none */
  const double *leads, *leads_low, *leads_high; /* [n_leads] or NULL; NaN: none */
};

struct assay_record_cost {
  double wall_s, cpu_s, peak_rss_mb; /* NaN: not known */
};

/* A checked record with its members in place; texts are "" when absent. */
struct assay_record {
  struct assay_record_key key;
  char job[ASSAY_SHA256_HEX];
  long line; /* in the journal it was read from; 0: none */
  enum assay_record_status status;
  const char *reason, *kind, *phase; /* of the failure */
  int n_output;
  const char *const *output; /* [n_output] last lines */
  const char *task_title, *task_kind, *primary;
  const char *method_title, *method_doc, *method_version;
  bool floor;
  int n_flags;
  const char *const *flags; /* [n_flags] */
  int n_cases;
  const int64_t *case_ids;        /* [n_cases] */
  const char *const *case_labels; /* [n_cases]; "case 17" when the record has none */
  const bool *identifiable;       /* [n_cases] cases.identifiable; NULL: all of them */
  int n_leads;
  const char *lead_label, *lead_unit;
  const double *lead_times; /* [n_leads] */
  int n_scores;
  const struct assay_record_score *scores; /* [n_scores], metrics in the order of the record */
  struct assay_record_cost train, predict;
  const char *command;
  const char *prediction, *truth, *log; /* artefacts */
  const json_t *dataset, *provenance;   /* objects or NULL */
  const json_t *json;                   /* the whole record */
};

/* Check and decode; takes its own reference to json. ASSAY_EPARSE names the member
 * ("scores.vrmse.fields.u.cases[3]: expected a number or null, got text"). */
int assay_record_decode(struct assay_record **out, json_t *json);
int assay_record_parse(struct assay_record **out, const char *text, size_t size);
void assay_record_destroy(struct assay_record *record);

/* The score of (metric, field), or NULL. */
const struct assay_record_score *assay_record_score(const struct assay_record *record,
                                                    const char *metric, const char *field);

#endif

#include "baselines/discovery.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/answer.h"

static int model_path(char **out, const char *dir)
{
  return assay_asprintf(out, "%s/answer.nc", dir);
}

/* ---- the model ---------------------------------------------------------------------------- */

static int count_terms(const double *c, int n)
{
  int used = 0;
  for (int k = 0; k < n; k++) used += c[k] != 0;
  return used;
}

/* c [n_states, n terms] */
static int write_model(const struct assay_train_job *job, const struct assay_library *l,
                       const double *c)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_answer a = {.system = true};
  const size_t n = (size_t)l->n_states;
  ASSAY_TRY(ASSAY_NEW(&a.equation, n, "equations"));
  ASSAY_TRY(ASSAY_NEW(&a.complexity, n, "equations"));
  for (; a.n < l->n_states; a.n++) {
    const double *own = c + (size_t)a.n * (size_t)l->n;
    ASSAY_TRY(assay_library_print(&a.equation[a.n], l, own));
    a.complexity[a.n] = count_terms(own, l->n);
  }
  ASSAY_TRY(model_path(&path, job->model_dir));
  ASSAY_TRY(assay_answer_write(&a, path));
done:
  assay_answer_release(&a);
  assay_free(path);
  return rc;
}

int assay_discovery_predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct assay_answer a = {0};
  ASSAY_TRY(model_path(&path, job->model_dir));
  ASSAY_TRY(assay_answer_read_system(&a, path));
  ASSAY_TRY(assay_answer_write(&a, job->output));
done:
  assay_answer_release(&a);
  assay_free(path);
  return rc;
}

/* ---- libraries ---------------------------------------------------------------------------- */

enum { CHOICES = 2 * ASSAY_LIBRARY_DEGREE_MAX };

/* Terms 0 .. n - 1, and the waves behind the last monomial if asked for. */
static int add_choice(struct assay_sparse_library *out, const struct assay_library *l, int n,
                      bool waves, int n_monomials)
{
  int rc = ASSAY_OK;
  *out = (struct assay_sparse_library){0};
  ASSAY_TRY(ASSAY_NEW(&out->term, (size_t)l->n, "library"));
  for (int k = 0; k < l->n; k++)
    if (k < n || (waves && k >= n_monomials)) out->term[out->n++] = k;
done:
  return rc;
}

/* Degrees 1, 2, ..., each without waves and, if asked for, with them. */
static int make_choices(struct assay_sparse_library *choice, int *n, const struct assay_library *l,
                        const struct assay_discovery_params *p)
{
  int rc = ASSAY_OK;
  for (int waves = 0; waves <= (int)p->waves; waves++)
    for (int d = 1; d <= p->degree; d++)
      ASSAY_TRY(add_choice(&choice[(*n)++], l, l->of_degree[d], waves, l->of_degree[p->degree]));
done:
  return rc;
}

static int fit(double *c, const struct assay_dynamics_problem *problem,
               const struct assay_library *l, const struct assay_discovery_params *p)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_sparse_library choice[CHOICES] = {{0}};
  ASSAY_TRY(make_choices(choice, &n, l, p));
  ASSAY_TRY(assay_sparse_fit(c, problem, choice, n, p->most));
done:
  for (int i = 0; i < CHOICES; i++) assay_free(choice[i].term);
  return rc;
}

/* ---- training ----------------------------------------------------------------------------- */

/* What both kinds of training need. */
struct training {
  struct assay_observed *observed;
  struct assay_library *library;
  struct assay_dynamics_problem *problem;
  double *c; /* [n_states, n terms] */
};

static void close_training(struct training *t)
{
  assay_observed_destroy(t->observed);
  assay_library_destroy(t->library);
  assay_dynamics_problem_destroy(t->problem);
  assay_free(t->c);
}

static int open_training(struct training *t, const struct assay_train_job *job, int degree,
                         bool waves, assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_observed_create(&t->observed, job->table));
  ASSAY_TRY(assay_library_create(&t->library, t->observed->n_states, degree, waves));
  ASSAY_TRY(rows(&t->problem, t->library, t->observed, job->params));
  ASSAY_TRY(
      ASSAY_NEW(&t->c, (size_t)t->observed->n_states * (size_t)t->library->n, "coefficients"));
done:
  return rc;
}

int assay_discovery_train(const struct assay_train_job *job,
                          const struct assay_discovery_params *params, assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  struct training t = {0};
  ASSAY_TRY(open_training(&t, job, params->degree, params->waves, rows));
  ASSAY_TRY(fit(t.c, t.problem, t.library, params));
  ASSAY_TRY(write_model(job, t.library, t.c));
done:
  close_training(&t);
  return rc;
}

int assay_discovery_train_all(const struct assay_train_job *job, int degree,
                              assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  struct training t = {0};
  struct assay_sparse_library all = {0};
  ASSAY_TRY(open_training(&t, job, degree, false, rows));
  ASSAY_TRY(add_choice(&all, t.library, t.library->n, false, t.library->n));
  ASSAY_TRY(assay_sparse_fit_all(t.c, t.problem, &all));
  ASSAY_TRY(write_model(job, t.library, t.c));
done:
  assay_free(all.term);
  close_training(&t);
  return rc;
}

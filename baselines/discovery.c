#include "baselines/discovery.h"

#include "core/base/err.h"
#include "core/base/mem.h"

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

int assay_discovery_say(struct assay_answer *out, const struct assay_discovery *d)
{
  int rc = ASSAY_OK;
  const struct assay_library *l = d->library;
  const size_t n = (size_t)l->n_states;
  *out = (struct assay_answer){.system = true};
  ASSAY_TRY(ASSAY_NEW(&out->equation, n, "equations"));
  ASSAY_TRY(ASSAY_NEW(&out->complexity, n, "equations"));
  for (; out->n < l->n_states; out->n++) {
    const double *own = d->c + (size_t)out->n * (size_t)l->n;
    ASSAY_TRY(assay_library_print(&out->equation[out->n], l, own));
    out->complexity[out->n] = count_terms(own, l->n);
  }
done:
  return rc;
}

int assay_discovery_keep(const struct assay_train_job *job, const struct assay_answer *a)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(model_path(&path, job->model_dir));
  ASSAY_TRY(assay_answer_write(a, path));
done:
  assay_free(path);
  return rc;
}

static int say_and_keep(const struct assay_train_job *job, const struct assay_discovery *d)
{
  int rc = ASSAY_OK;
  struct assay_answer a = {0};
  ASSAY_TRY(assay_discovery_say(&a, d));
  ASSAY_TRY(assay_discovery_keep(job, &a));
done:
  assay_answer_release(&a);
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

int assay_discovery_fit(struct assay_discovery *d, const struct assay_discovery_params *params)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_sparse_library choice[CHOICES] = {{0}};
  ASSAY_TRY(make_choices(choice, &n, d->library, params));
  ASSAY_TRY(assay_sparse_fit(d->c, d->problem, choice, n, params->most));
done:
  for (int i = 0; i < CHOICES; i++) assay_free(choice[i].term);
  return rc;
}

/* ---- training ----------------------------------------------------------------------------- */

void assay_discovery_close(struct assay_discovery *d)
{
  assay_observed_destroy(d->observed);
  assay_library_destroy(d->library);
  assay_dynamics_problem_destroy(d->problem);
  assay_free(d->c);
}

int assay_discovery_open(struct assay_discovery *d, const struct assay_train_job *job, int degree,
                         bool waves, assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  *d = (struct assay_discovery){0};
  ASSAY_TRY(assay_observed_create(&d->observed, job->table));
  ASSAY_TRY(assay_library_create(&d->library, d->observed->n_states, degree, waves));
  ASSAY_TRY(rows(&d->problem, d->library, d->observed, job->params));
  ASSAY_TRY(
      ASSAY_NEW(&d->c, (size_t)d->observed->n_states * (size_t)d->library->n, "coefficients"));
done:
  return rc;
}

int assay_discovery_train(const struct assay_train_job *job,
                          const struct assay_discovery_params *params, assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  struct assay_discovery d;
  ASSAY_TRY(assay_discovery_open(&d, job, params->degree, params->waves, rows));
  ASSAY_TRY(assay_discovery_fit(&d, params));
  ASSAY_TRY(say_and_keep(job, &d));
done:
  assay_discovery_close(&d);
  return rc;
}

int assay_discovery_train_all(const struct assay_train_job *job, int degree,
                              assay_discovery_rows *rows)
{
  int rc = ASSAY_OK;
  struct assay_discovery d;
  struct assay_sparse_library all = {0};
  ASSAY_TRY(assay_discovery_open(&d, job, degree, false, rows));
  ASSAY_TRY(add_choice(&all, d.library, d.library->n, false, d.library->n));
  ASSAY_TRY(assay_sparse_fit_all(d.c, d.problem, &all));
  ASSAY_TRY(say_and_keep(job, &d));
done:
  assay_free(all.term);
  assay_discovery_close(&d);
  return rc;
}

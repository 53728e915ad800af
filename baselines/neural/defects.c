#include "baselines/neural/defects.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const struct {
  unsigned bit;
  const char *name;
} defects[] = {
    {ASSAY_NN_UNITS, "units"},   {ASSAY_NN_COMPANY, "company"},
    {ASSAY_NN_MIXED, "mixed"},   {ASSAY_NN_ONE_FIELD, "one_field"},
    {ASSAY_NN_BLIND, "blind"},   {ASSAY_NN_PADDING, "padding"},
    {ASSAY_NN_STEADY, "steady"}, {ASSAY_NN_UNMASKED, "unmasked"},
    {ASSAY_NN_HELD, "held"},     {ASSAY_NN_RESTLESS, "restless"},
    {ASSAY_NN_FADED, "faded"},   {ASSAY_NN_AHEAD, "ahead"},
    {ASSAY_NN_ORDER, "order"},   {ASSAY_NN_NORMS, "norms"},
};
enum { DEFECTS = sizeof defects / sizeof *defects };

static unsigned find(const char *name, size_t length)
{
  for (int i = 0; i < DEFECTS; i++)
    if (strlen(defects[i].name) == length && strncmp(defects[i].name, name, length) == 0)
      return defects[i].bit;
  return 0;
}

/* "units mixed ..." */
static int names_of(char **out, unsigned bits)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_strdup(out, ""));
  for (int i = 0; i < DEFECTS; i++)
    if (bits & defects[i].bit) ASSAY_TRY(assay_text_append(out, " ", defects[i].name));
done:
  return rc;
}

int assay_nn_defects_of(unsigned *out, const struct assay_nn_original *set,
                        const struct assay_nn_history *history, const char *method)
{
  int rc = ASSAY_OK;
  static const char separators[] = "+, ";
  char *names = NULL;
  *out = set->published ? history->published : 0;
  ASSAY_TRY(names_of(&names, history->possible));
  for (const char *at = set->defects ? set->defects : ""; *at;) {
    const size_t length = strcspn(at, separators);
    const unsigned bit = find(at, length) & history->possible;
    ASSAY_CHECK(bit != 0 || length == 0, ASSAY_EARG, "%s has no defect '%.*s'; it has: %s", method,
                (int)length, at, names);
    *out |= bit;
    at += length + strspn(at + length, separators);
  }
done:
  assay_free(names);
  return rc;
}

#include "datasets/equation.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* One file of the chain that `@extends` makes; equations point into the texts of all. */
struct assay_equations {
  char *file, *text;
  struct assay_equations *base; /* what it extends */
  long n;
  struct assay_equation *row; /* [n] */
};

const char *const assay_law_kinds[] = {"loguniform", "uniform", "intuniform", NULL};
const char *const assay_law_signs[] = {"pos", "any", "neg", NULL};

/* ---- laws ----------------------------------------------------------------------------------- */

const char *assay_law_text(char *out, const struct assay_law *law)
{
  char lo[32], hi[32];
  snprintf(out, 96, "%s %s %s %s", assay_law_kinds[law->kind], assay_law_signs[law->sign],
           assay_text_double(lo, law->lo), assay_text_double(hi, law->hi));
  return out;
}

static int index_of(const char *const *names, const char *word)
{
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], word) == 0) return i;
  return -1;
}

static int check_law(const struct assay_law *law, const char *text)
{
  int rc = ASSAY_OK;
  const bool whole = law->lo == (double)(long)law->lo && law->hi == (double)(long)law->hi;
  ASSAY_CHECK(law->lo < law->hi, ASSAY_EPARSE, "'%s': expected lower < upper end", text);
  ASSAY_CHECK(law->kind != ASSAY_LAW_LOGUNIFORM || law->lo > 0, ASSAY_EPARSE,
              "'%s': loguniform needs ends above 0", text);
  ASSAY_CHECK(law->kind != ASSAY_LAW_INTUNIFORM || whole, ASSAY_EPARSE,
              "'%s': intuniform needs whole ends", text);
done:
  return rc;
}

int assay_law_parse(struct assay_law *out, const char *text)
{
  int rc = ASSAY_OK, end = 0;
  char kind[16], sign[8], lo[40], hi[40];
  ASSAY_CHECK(sscanf(text, "%15s %7s %39s %39s %n", kind, sign, lo, hi, &end) == 4 && !text[end],
              ASSAY_EPARSE, "'%s': expected KIND SIGN LOWER UPPER", text);
  const int k = index_of(assay_law_kinds, kind), s = index_of(assay_law_signs, sign);
  ASSAY_CHECK(k >= 0, ASSAY_EPARSE, "'%s': expected loguniform, uniform or intuniform", text);
  ASSAY_CHECK(s >= 0, ASSAY_EPARSE, "'%s': expected the sign pos, any or neg", text);
  *out = (struct assay_law){.kind = (enum assay_law_kind)k, .sign = (enum assay_law_sign)s};
  ASSAY_TRY(assay_text_to_double(&out->lo, lo));
  ASSAY_TRY(assay_text_to_double(&out->hi, hi));
  ASSAY_TRY(check_law(out, text));
done:
  return rc;
}

/* ---- one line ------------------------------------------------------------------------------- */

static char *trim(char *text)
{
  while (isspace((unsigned char)*text)) text++;
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1])) text[--n] = '\0';
  return text;
}

/* "name [unit] rest": all but `rest` may not be empty, the unit "?" is unknown. */
static int read_quantity(const char **name, const char **unit, char **rest, char *text)
{
  int rc = ASSAY_OK;
  char *open = strchr(text, '['), *close = strchr(text, ']');
  ASSAY_CHECK(open && close && open < close, ASSAY_EPARSE, "'%s': expected NAME [UNIT]", text);
  *open = *close = '\0';
  *name = trim(text);
  *unit = trim(open + 1);
  *rest = trim(close + 1);
  ASSAY_CHECK(**name && **unit, ASSAY_EPARSE, "a quantity needs a name and a unit in brackets");
  if (strcmp(*unit, "?") == 0) *unit = "";
done:
  return rc;
}

static int read_inputs(struct assay_equation *e, char *text)
{
  int rc = ASSAY_OK;
  char *law, *state = NULL;
  for (char *at = strtok_r(text, ";", &state); at; at = strtok_r(NULL, ";", &state)) {
    ASSAY_CHECK(e->n_inputs < ASSAY_INPUTS_MAX, ASSAY_EPARSE, "more than %d inputs",
                ASSAY_INPUTS_MAX);
    struct assay_equation_input *input = &e->input[e->n_inputs++];
    ASSAY_TRY(read_quantity(&input->quantity, &input->unit, &law, at));
    ASSAY_TRY(assay_law_parse(&input->law, law));
  }
  ASSAY_CHECK(e->n_inputs > 0, ASSAY_EPARSE, "an equation needs inputs");
done:
  return rc;
}

enum { ID, DIFFICULTY, TARGET, INPUTS, EXPRESSION, TRUTH, REFERENCE, NOTES, COLUMNS };
static const char *const columns[COLUMNS + 1] = {
    "id", "difficulty", "target", "inputs", "expression", "truth", "reference", "notes", NULL};

/* Split at tabs, in place; "-" becomes "". */
static int split_columns(char *cell[COLUMNS], char *line)
{
  int rc = ASSAY_OK, n = 0;
  for (char *at = line, *tab; at && n <= COLUMNS; at = tab) {
    if ((tab = strchr(at, '\t'))) *tab++ = '\0';
    if (n < COLUMNS) cell[n] = strcmp(at, "-") == 0 ? at + 1 : at;
    n++;
  }
  ASSAY_CHECK(n == COLUMNS, ASSAY_EPARSE, "expected %d columns between tabs, got %d%s", COLUMNS, n,
              n > COLUMNS ? " or more" : "");
done:
  return rc;
}

static int read_equation(struct assay_equation *e, char *line)
{
  int rc = ASSAY_OK;
  char *cell[COLUMNS], *rest;
  ASSAY_TRY(split_columns(cell, line));
  ASSAY_CHECK(*cell[ID] && *cell[EXPRESSION], ASSAY_EPARSE, "an equation needs %s and %s",
              columns[ID], columns[EXPRESSION]);
  *e = (struct assay_equation){.id = cell[ID],
                               .difficulty = cell[DIFFICULTY],
                               .expression = cell[EXPRESSION],
                               .truth = *cell[TRUTH] ? cell[TRUTH] : cell[EXPRESSION],
                               .reference = cell[REFERENCE],
                               .notes = cell[NOTES]};
  ASSAY_TRY(read_quantity(&e->target, &e->target_unit, &rest, cell[TARGET]));
  ASSAY_TRY(read_inputs(e, cell[INPUTS]));
done:
  return rc;
}

/* ---- a table -------------------------------------------------------------------------------- */

static int add_equation(struct assay_equations *e, char *line)
{
  int rc = ASSAY_OK;
  struct assay_equation now;
  ASSAY_TRY(read_equation(&now, line));
  long i = 0;
  while (i < e->n && strcmp(e->row[i].id, now.id) != 0) i++;
  ASSAY_CHECK(i == e->n || (e->base && !e->row[i].changed), ASSAY_EPARSE, "two equations '%s'",
              now.id);
  now.number = i;
  now.changed = i < e->n;
  if (i == e->n) ASSAY_TRY(ASSAY_GROW(&e->row, (size_t)++e->n, "equations"));
  e->row[i] = now;
done:
  return rc;
}

/* "@extends NAME": all equations of that table; those that follow replace their namesakes. */
static int extend(struct assay_equations *e, const char *name)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(!e->base && e->n == 0, ASSAY_EPARSE, "@extends stands before all equations, once");
  ASSAY_CHECK(!assay_embedded_is_path(name), ASSAY_EPARSE, "@extends: expected a built-in table");
  ASSAY_TRY(assay_equations_open(&e->base, name));
  ASSAY_TRY(ASSAY_GROW(&e->row, (size_t)e->base->n, "equations"));
  memcpy(e->row, e->base->row, (size_t)e->base->n * sizeof *e->row);
  e->n = e->base->n;
done:
  return rc;
}

static int read_line(struct assay_equations *e, char *line, bool *headed)
{
  int rc = ASSAY_OK;
  char *cell[COLUMNS];
  if (!*trim(line) || *line == '#') return ASSAY_OK;
  if (strncmp(line, "@extends ", 9) == 0) return extend(e, trim(line + 9));
  if (*headed) return add_equation(e, line);
  ASSAY_TRY(split_columns(cell, line));
  for (int c = 0; c < COLUMNS; c++)
    ASSAY_CHECK(strcmp(cell[c], columns[c]) == 0, ASSAY_EPARSE,
                "column %d: expected '%s', got '%s'", c + 1, columns[c], cell[c]);
  *headed = true;
done:
  return rc;
}

static int read_text(struct assay_equations *e)
{
  int rc = ASSAY_OK, number = 1;
  bool headed = false;
  for (char *line = e->text, *end; line; line = end, number++) {
    if ((end = strchr(line, '\n'))) *end++ = '\0';
    line[strcspn(line, "\r")] = '\0';
    ASSAY_TRY(assay_err_prefix(read_line(e, line, &headed), "%s:%d: ", e->file, number));
  }
  ASSAY_CHECK(e->n > 0, ASSAY_EPARSE, "%s: no equations", e->file);
done:
  return rc;
}

static bool is_file(const char *name)
{
  const size_t n = strlen(name);
  return (n > 4 && strcmp(name + n - 4, ".tsv") == 0) || assay_embedded_is_path(name);
}

static int load(struct assay_equations *e, const char *name)
{
  int rc = ASSAY_OK;
  size_t size;
  char *full = NULL;
  if (is_file(name)) {
    ASSAY_TRY(assay_strdup(&e->file, name));
    ASSAY_TRY(assay_file_read(&e->text, &size, name));
    goto done;
  }
  ASSAY_TRY(assay_asprintf(&full, "%s.tsv", name));
  ASSAY_TRY(assay_asprintf(&e->file, "datasets/equations/%s", full));
  ASSAY_TRY(assay_embedded_text(&e->text, assay_equation_files, "table of equations", full));
done:
  assay_free(full);
  return rc;
}

int assay_equations_open(struct assay_equations **out, const char *name)
{
  int rc = ASSAY_OK;
  struct assay_equations *e = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&e, 1, "equations"));
  ASSAY_TRY(load(e, name));
  ASSAY_TRY(read_text(e));
  *out = e;
  e = NULL;
done:
  assay_equations_close(e);
  return rc;
}

void assay_equations_close(struct assay_equations *e)
{
  if (!e) return;
  assay_equations_close(e->base);
  assay_free(e->file);
  assay_free(e->text);
  assay_free(e->row);
  assay_free(e);
}

long assay_equations_count(const struct assay_equations *e)
{
  return e->n;
}

const struct assay_equation *assay_equations_at(const struct assay_equations *e, long i)
{
  return &e->row[i];
}

int assay_equations_find(const struct assay_equation **out, const struct assay_equations *e,
                         const char *id)
{
  int rc = ASSAY_OK;
  const char **ids = NULL;
  char hint[1024];
  *out = NULL;
  for (long i = 0; i < e->n && !*out; i++)
    if (strcmp(e->row[i].id, id) == 0) *out = &e->row[i];
  if (*out) goto done;
  ASSAY_TRY(ASSAY_NEW(&ids, (size_t)e->n + 1, "ids"));
  for (long i = 0; i < e->n; i++) ids[i] = e->row[i].id;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%s: no equation '%s'%s", e->file, id,
             assay_text_suggest(hint, sizeof hint, id, ids));
done:
  assay_free(ids);
  return rc;
}

bool assay_equations_known(const char *name)
{
  const size_t n = strlen(name);
  for (const struct assay_embedded *f = assay_equation_files; f->name; f++)
    if (strncmp(f->name, name, n) == 0 && strcmp(f->name + n, ".tsv") == 0) return true;
  return false;
}

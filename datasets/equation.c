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
  int n_systems;
  struct assay_system **system; /* [n_systems] */
};

const char *const assay_law_kinds[] = {"loguniform", "uniform", "intuniform", NULL};
const char *const assay_law_signs[] = {"pos", "any", "neg", NULL};
const char *const assay_integrators[] = {"split", "accurate", NULL};

/* ---- laws ----------------------------------------------------------------------------------- */

const char *assay_law_text(char *out, const struct assay_law *law)
{
  char lo[32], hi[32];
  if (law->lo == law->hi) return strcpy(out, "");
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
static const char *const columns[] = {"id",         "difficulty", "target",    "inputs",
                                      "expression", "truth",      "reference", "notes"};
/* of a table of systems */
enum { NAME, STATES, RATES, STARTS, STEP, POINTS, INTEGRATOR, SOURCE, COMMENT, SYSTEM_COLUMNS };
static const char *const system_columns[] = {"id",     "states",     "rates",     "starts", "step",
                                             "points", "integrator", "reference", "notes"};
enum { CELLS_MAX = 9 };

/* Split into so many cells at tabs, in place; "-" becomes "". */
static int split_columns(char *cell[CELLS_MAX], char *line, int wanted)
{
  int rc = ASSAY_OK, n = 0;
  for (char *at = line, *tab; at && n <= wanted; at = tab) {
    if ((tab = strchr(at, '\t'))) *tab++ = '\0';
    if (n < wanted) cell[n] = strcmp(at, "-") == 0 ? at + 1 : at;
    n++;
  }
  ASSAY_CHECK(n == wanted, ASSAY_EPARSE, "expected %d columns between tabs, got %d%s", wanted, n,
              n > wanted ? " or more" : "");
done:
  return rc;
}

static int read_equation(struct assay_equation *e, char *line)
{
  int rc = ASSAY_OK;
  char *cell[CELLS_MAX], *rest;
  ASSAY_TRY(split_columns(cell, line, COLUMNS));
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

/* ---- systems -------------------------------------------------------------------------------- */

static int read_states(struct assay_system *s, char *text)
{
  int rc = ASSAY_OK;
  char *rest, *state = NULL;
  for (char *at = strtok_r(text, ";", &state); at; at = strtok_r(NULL, ";", &state)) {
    ASSAY_CHECK(s->n_states < ASSAY_STATES_MAX, ASSAY_EPARSE, "more than %d states",
                ASSAY_STATES_MAX);
    ASSAY_TRY(read_quantity(&s->state[s->n_states], &s->unit[s->n_states], &rest, at));
    s->n_states++;
  }
  ASSAY_CHECK(s->n_states > 0, ASSAY_EPARSE, "a system needs states");
done:
  return rc;
}

static int read_rates(struct assay_system *s, char *text)
{
  int rc = ASSAY_OK, n = 0;
  char *state = NULL;
  for (char *at = strtok_r(text, ";", &state); at; at = strtok_r(NULL, ";", &state), n++)
    if (n < s->n_states) s->rate[n] = trim(at);
  ASSAY_CHECK(n == s->n_states, ASSAY_EPARSE, "%d rates of %d states", n, s->n_states);
done:
  return rc;
}

static int read_start(double *start, int n_states, char *text)
{
  int rc = ASSAY_OK, n = 0;
  char *state = NULL;
  for (char *at = strtok_r(text, " ", &state); at; at = strtok_r(NULL, " ", &state), n++)
    if (n < n_states) ASSAY_TRY(assay_text_to_double(&start[n], at));
  ASSAY_CHECK(n == n_states, ASSAY_EPARSE, "a start has %d numbers for %d states", n, n_states);
done:
  return rc;
}

static int read_starts(struct assay_system *s, char *text)
{
  int rc = ASSAY_OK;
  char *state = NULL;
  for (char *at = strtok_r(text, ";", &state); at; at = strtok_r(NULL, ";", &state)) {
    ASSAY_CHECK(s->n_starts < ASSAY_STARTS_MAX, ASSAY_EPARSE, "more than %d starts",
                ASSAY_STARTS_MAX);
    ASSAY_TRY(read_start(s->start[s->n_starts++], s->n_states, at));
  }
  ASSAY_CHECK(s->n_starts > 0, ASSAY_EPARSE, "a system needs starts");
done:
  return rc;
}

static int read_system(struct assay_system *s, char *cell[CELLS_MAX])
{
  int rc = ASSAY_OK;
  double points;
  *s = (struct assay_system){.name = cell[NAME]};
  ASSAY_TRY(read_states(s, cell[STATES]));
  ASSAY_TRY(read_rates(s, cell[RATES]));
  ASSAY_TRY(read_starts(s, cell[STARTS]));
  ASSAY_TRY(assay_text_to_double(&s->step, cell[STEP]));
  ASSAY_TRY(assay_text_to_double(&points, cell[POINTS]));
  ASSAY_CHECK(s->step > 0 && s->step < 1e6, ASSAY_EPARSE, "step %s: expected a time above 0",
              cell[STEP]);
  ASSAY_CHECK(points >= 2 && points <= 1e6 && points == (double)(int)points, ASSAY_EPARSE,
              "points %s: expected a whole number from 2", cell[POINTS]);
  s->points = (int)points;
  const int k = index_of(assay_integrators, cell[INTEGRATOR]);
  ASSAY_CHECK(k >= 0, ASSAY_EPARSE, "integrator '%s': expected split or accurate",
              cell[INTEGRATOR]);
  ASSAY_CHECK(k != ASSAY_INTEGRATE_SPLIT || s->n_states == 2, ASSAY_EPARSE,
              "the integrator split is one of two states");
  s->integrator = (enum assay_integrator)k;
done:
  return rc;
}

/* Its k-th table: "lv1" and so on. The caller owns *id. */
static int equation_of(struct assay_equation *e, char **id, const struct assay_system *s, int k,
                       char *cell[CELLS_MAX])
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_asprintf(id, "%s%d", s->name, k + 1));
  *e = (struct assay_equation){.id = *id,
                               .difficulty = "",
                               .target = s->state[k],
                               .target_unit = "",
                               .expression = s->rate[k],
                               .truth = s->rate[k],
                               .reference = cell[SOURCE],
                               .notes = cell[COMMENT],
                               .n_inputs = s->n_states,
                               .system = s,
                               .state = k};
  for (int c = 0; c < s->n_states; c++)
    e->input[c] = (struct assay_equation_input){.quantity = s->state[c], .unit = s->unit[c]};
done:
  return rc;
}

/* ---- a table -------------------------------------------------------------------------------- */

static int place(struct assay_equations *e, const struct assay_equation *now)
{
  int rc = ASSAY_OK;
  long i = 0;
  while (i < e->n && strcmp(e->row[i].id, now->id) != 0) i++;
  ASSAY_CHECK(i == e->n || (e->base && !e->row[i].changed), ASSAY_EPARSE, "two equations '%s'",
              now->id);
  const bool changed = i < e->n;
  if (!changed) ASSAY_TRY(ASSAY_GROW(&e->row, (size_t)++e->n, "equations"));
  e->row[i] = *now;
  e->row[i].number = i;
  e->row[i].changed = changed;
done:
  return rc;
}

static int add_equation(struct assay_equations *e, char *line)
{
  int rc = ASSAY_OK;
  struct assay_equation now;
  ASSAY_TRY(read_equation(&now, line));
  ASSAY_TRY(place(e, &now));
done:
  return rc;
}

/* The ids of its tables are kept with the system. */
struct kept_system {
  struct assay_system system; /* first: what equations point to */
  char *id[ASSAY_STATES_MAX];
};

static int add_system(struct assay_equations *e, char *line)
{
  int rc = ASSAY_OK;
  char *cell[CELLS_MAX];
  struct kept_system *kept = NULL;
  struct assay_equation now;
  ASSAY_TRY(ASSAY_NEW(&kept, 1, "system"));
  ASSAY_TRY(ASSAY_GROW(&e->system, (size_t)e->n_systems + 1, "systems"));
  e->system[e->n_systems++] = &kept->system;
  ASSAY_TRY(split_columns(cell, line, SYSTEM_COLUMNS));
  ASSAY_TRY(read_system(&kept->system, cell));
  for (int k = 0; k < kept->system.n_states; k++) {
    ASSAY_TRY(equation_of(&now, &kept->id[k], &kept->system, k, cell));
    ASSAY_TRY(place(e, &now));
  }
done:
  return rc;
}

static void forget_system(struct assay_system *s)
{
  struct kept_system *kept = (struct kept_system *)s;
  for (int k = 0; k < ASSAY_STATES_MAX; k++) assay_free(kept->id[k]);
  assay_free(kept);
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

/* "@unidentifiable ID REASON": of an equation that stands before. */
static int mark_unidentifiable(struct assay_equations *e, char *text)
{
  int rc = ASSAY_OK;
  const char *id = text;
  text += strcspn(text, " ");
  if (*text) *text++ = '\0';
  const char *reason = trim(text);
  ASSAY_CHECK(*id && *reason, ASSAY_EPARSE, "@unidentifiable: expected ID REASON");
  for (long i = 0; i < e->n; i++) {
    if (strcmp(e->row[i].id, id) != 0) continue;
    e->row[i].unidentifiable = reason;
    goto done;
  }
  ASSAY_FAIL(ASSAY_EPARSE, "@unidentifiable: no equation '%s' before this line", id);
done:
  return rc;
}

/* What the reader has seen of a file. */
struct seen {
  bool systems, head;
};

static int read_head(char *line, bool systems)
{
  int rc = ASSAY_OK;
  char *cell[CELLS_MAX];
  const char *const *names = systems ? system_columns : columns;
  const int n = systems ? (int)SYSTEM_COLUMNS : (int)COLUMNS;
  ASSAY_TRY(split_columns(cell, line, n));
  for (int c = 0; c < n; c++)
    ASSAY_CHECK(strcmp(cell[c], names[c]) == 0, ASSAY_EPARSE, "column %d: expected '%s', got '%s'",
                c + 1, names[c], cell[c]);
done:
  return rc;
}

static int read_line(struct assay_equations *e, char *line, struct seen *seen)
{
  int rc = ASSAY_OK;
  if (!*trim(line) || *line == '#') return ASSAY_OK;
  if (strncmp(line, "@extends ", 9) == 0) return extend(e, trim(line + 9));
  if (strncmp(line, "@unidentifiable ", 16) == 0) return mark_unidentifiable(e, trim(line + 16));
  if (strcmp(line, "@systems") == 0) {
    seen->systems = true;
    return ASSAY_OK;
  }
  if (seen->head) return seen->systems ? add_system(e, line) : add_equation(e, line);
  ASSAY_TRY(read_head(line, seen->systems));
  seen->head = true;
done:
  return rc;
}

static int read_text(struct assay_equations *e)
{
  int rc = ASSAY_OK, number = 1;
  struct seen seen = {0};
  for (char *line = e->text, *end; line; line = end, number++) {
    if ((end = strchr(line, '\n'))) *end++ = '\0';
    line[strcspn(line, "\r")] = '\0';
    ASSAY_TRY(assay_err_prefix(read_line(e, line, &seen), "%s:%d: ", e->file, number));
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
  for (int k = 0; k < e->n_systems; k++) forget_system(e->system[k]);
  assay_free(e->system);
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

#include "datasets/part.h"

#include <errno.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"

#define MAGIC "assay-part 3\n"
#define MAGIC_FIRST_ROWS "assay-part 2\n" /* the same with the first certificate rows only */
enum { HEADER_MAX = 4096 };

int assay_part_path(char **out, const char *folder, long id)
{
  return assay_asprintf(out, "%s/case-%ld", folder, id);
}

static int recipe_hash(char hex[ASSAY_SHA256_HEX], const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, assay_recipe_text(r));
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}

/* ---- the payload, as a list of blocks in the order of the file ------------------------------ */

/* Calls each() with every block of the case: certificate rows as doubles, times, errors, fields. */
static int each_block(struct assay_case *c, double *rows, size_t n_rows, void *user,
                      int (*each)(void *user, void *data, size_t size))
{
  int rc = ASSAY_OK;
  const size_t frames = (size_t)c->shape.n_frames;
  ASSAY_TRY(each(user, rows, n_rows * sizeof *rows));
  ASSAY_TRY(each(user, c->time, frames * sizeof *c->time));
  ASSAY_TRY(each(user, c->error, frames * (size_t)c->n_fields * sizeof *c->error));
  for (int f = 0; f < c->n_fields; f++) {
    const bool fixed = c->fields[f].kind == ASSAY_FIELD_STATIC;
    const size_t n = fixed ? 1 : (size_t)c->n_frames;
    if (assay_case_wants(c, f))
      ASSAY_TRY(each(user, c->data[f], n * assay_case_elements(c, f) * assay_dtype_size(c->dtype)));
  }
done:
  return rc;
}

enum { ROWS_MAX = 64 };

static size_t pack_rows(double *values, const struct assay_certificate *certificate)
{
  size_t n = 0;
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++)
    values[n++] = assay_param_number(row, certificate);
  return n;
}

static void unpack_rows(struct assay_certificate *certificate, const double *values, size_t n)
{
  for (size_t k = 0; k < n; k++) {
    const struct assay_param *row = &assay_certificate_rows[k];
    void *member = (char *)certificate + row->offset;
    if (row->type == ASSAY_PT_DOUBLE)
      *(double *)member = values[k];
    else if (row->type == ASSAY_PT_BOOL)
      *(bool *)member = values[k] != 0;
    else
      *(int *)member = (int)values[k];
  }
}

/* ---- writing -------------------------------------------------------------------------------- */

struct sink {
  FILE *to;
  struct assay_sha256 *sha;
  const char *path;
};

static int put_block(void *user, void *data, size_t size)
{
  int rc = ASSAY_OK;
  struct sink *s = user;
  assay_sha256_add(s->sha, data, size);
  ASSAY_CHECK(fwrite(data, 1, size, s->to) == size, ASSAY_EIO, "%s: cannot write: %s", s->path,
              strerror(errno));
done:
  return rc;
}

static int put_header(struct sink *s, const struct assay_recipe *r, const struct assay_case *c,
                      const char *hash, const struct assay_part_cost *cost)
{
  int rc = ASSAY_OK;
  char recipe[ASSAY_SHA256_HEX], *line = NULL;
  json_t *j = NULL;
  ASSAY_TRY(recipe_hash(recipe, r));
  j = json_pack("{s:s, s:I, s:i, s:s, s:s, s:f, s:f, s:f}", "recipe_sha256", recipe, "case",
                (json_int_t)c->id, "n_frames", c->n_frames, "case_sha256", hash, "reason",
                c->certificate.reason, "cpu_seconds", cost->cpu_seconds, "wall_seconds",
                cost->wall_seconds, "peak_mb", cost->peak_mb);
  ASSAY_CHECK(j, ASSAY_ENOMEM, "%s: the header cannot be written", s->path);
  ASSAY_TRY(assay_json_line(&line, j));
  ASSAY_CHECK(strlen(line) < HEADER_MAX, ASSAY_EARG, "%s: the header is too long", s->path);
  char magic[] = MAGIC, newline[] = "\n";
  ASSAY_TRY(put_block(s, magic, sizeof magic - 1));
  ASSAY_TRY(put_block(s, line, strlen(line)));
  ASSAY_TRY(put_block(s, newline, 1));
done:
  assay_free(line);
  json_decref(j);
  return rc;
}

static int put_all(struct sink *s, const struct assay_recipe *r, const struct assay_case *c,
                   const char *hash, const struct assay_part_cost *cost)
{
  int rc = ASSAY_OK;
  double rows[ROWS_MAX];
  char hex[ASSAY_SHA256_HEX];
  const size_t n_rows = pack_rows(rows, &c->certificate);
  ASSAY_TRY(put_header(s, r, c, hash, cost));
  /* put_block reads only */
  ASSAY_TRY(each_block((struct assay_case *)(uintptr_t)c, rows, n_rows, s, put_block));
  assay_sha256_finish(s->sha, hex);
  ASSAY_CHECK(fprintf(s->to, "%s\n", hex) == ASSAY_SHA256_HEX, ASSAY_EIO, "%s: cannot write: %s",
              s->path, strerror(errno));
done:
  return rc;
}

int assay_part_write(const char *folder, const struct assay_recipe *r, const struct assay_case *c,
                     const char *hash, const struct assay_part_cost *cost)
{
  int rc = ASSAY_OK;
  struct assay_outfile file = {0};
  struct sink s = {0};
  char *path = NULL;
  ASSAY_TRY(assay_part_path(&path, folder, c->id));
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  ASSAY_TRY(assay_sha256_create(&s.sha));
  s.to = file.stream;
  s.path = path;
  ASSAY_TRY(put_all(&s, r, c, hash, cost));
  ASSAY_TRY(assay_outfile_commit(&file));
done:
  assay_outfile_abort(&file);
  assay_sha256_destroy(s.sha);
  assay_free(path);
  return rc;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct part {
  FILE *from;
  struct assay_sha256 *sha; /* NULL: do not verify */
  const char *path;
};

static int get_block(void *user, void *data, size_t size)
{
  int rc = ASSAY_OK;
  struct part *p = user;
  ASSAY_CHECK(fread(data, 1, size, p->from) == size, ASSAY_ECORRUPT, "%s: truncated", p->path);
  if (p->sha) assay_sha256_add(p->sha, data, size);
done:
  return rc;
}

static int get_line(struct part *p, char line[HEADER_MAX])
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(fgets(line, HEADER_MAX, p->from) && strchr(line, '\n'), ASSAY_ECORRUPT,
              "%s: not a part of a data set", p->path);
  if (p->sha) assay_sha256_add(p->sha, line, strlen(line));
done:
  return rc;
}

/* n_rows: all certificate rows, lowered for a part that has only the first ones. */
static int get_header(json_t **out, size_t *n_rows, struct part *p)
{
  int rc = ASSAY_OK;
  char line[HEADER_MAX];
  *out = NULL;
  ASSAY_TRY(get_line(p, line));
  const bool first_rows = strcmp(line, MAGIC_FIRST_ROWS) == 0;
  ASSAY_CHECK(first_rows || strcmp(line, MAGIC) == 0, ASSAY_ECORRUPT,
              "%s: not a part of a data set", p->path);
  if (first_rows) *n_rows = ASSAY_CERTIFICATE_FIRST_ROWS;
  ASSAY_TRY(get_line(p, line));
  *out = json_loads(line, 0, NULL);
  ASSAY_CHECK(*out, ASSAY_ECORRUPT, "%s: damaged header", p->path);
done:
  return rc;
}

static int use_header(struct assay_case *c, char hash[ASSAY_SHA256_HEX],
                      struct assay_part_cost *cost, const json_t *header,
                      const struct assay_recipe *r, const char *path)
{
  int rc = ASSAY_OK;
  char recipe[ASSAY_SHA256_HEX];
  const char *made_by, *case_hash, *reason;
  double id, n_frames;
  ASSAY_TRY(recipe_hash(recipe, r));
  ASSAY_TRY(assay_json_text(&made_by, header, "recipe_sha256", path));
  ASSAY_CHECK(strcmp(made_by, recipe) == 0, ASSAY_EARG,
              "%s: made with another recipe, seed or generator version", path);
  ASSAY_TRY(assay_json_text(&case_hash, header, "case_sha256", path));
  ASSAY_TRY(assay_json_text(&reason, header, "reason", path));
  ASSAY_TRY(assay_json_number(&id, header, "case", path));
  ASSAY_TRY(assay_json_number(&n_frames, header, "n_frames", path));
  ASSAY_CHECK((long)id == c->id && n_frames >= 0 && n_frames <= c->shape.n_frames &&
                  strlen(case_hash) == ASSAY_SHA256_HEX - 1,
              ASSAY_ECORRUPT, "%s: the header does not fit case %ld", path, c->id);
  c->n_frames = (int)n_frames;
  snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s", reason);
  memcpy(hash, case_hash, ASSAY_SHA256_HEX);
  if (!cost) goto done;
  ASSAY_TRY(assay_json_number(&cost->cpu_seconds, header, "cpu_seconds", path));
  ASSAY_TRY(assay_json_number(&cost->wall_seconds, header, "wall_seconds", path));
  ASSAY_TRY(assay_json_number(&cost->peak_mb, header, "peak_mb", path));
done:
  return rc;
}

static int get_trailer(struct part *p)
{
  int rc = ASSAY_OK;
  char written[ASSAY_SHA256_HEX + 1], found[ASSAY_SHA256_HEX];
  struct assay_sha256 *sha = p->sha;
  if (sha) assay_sha256_finish(sha, found);
  p->sha = NULL;
  ASSAY_TRY(get_block(p, written, ASSAY_SHA256_HEX));
  ASSAY_CHECK(fgetc(p->from) == EOF && (!sha || memcmp(written, found, ASSAY_SHA256_HEX - 1) == 0),
              ASSAY_ECORRUPT, "%s: damaged: its SHA-256 does not fit", p->path);
done:
  p->sha = sha;
  return rc;
}

static int get_all(struct assay_case *c, char hash[ASSAY_SHA256_HEX], struct assay_part_cost *cost,
                   struct part *p, const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  json_t *header = NULL;
  double rows[ROWS_MAX];
  size_t n_rows = pack_rows(rows, &c->certificate);
  ASSAY_TRY(get_header(&header, &n_rows, p));
  ASSAY_TRY(use_header(c, hash, cost, header, r, p->path));
  ASSAY_TRY(each_block(c, rows, n_rows, p, get_block));
  unpack_rows(&c->certificate, rows, n_rows);
  ASSAY_TRY(get_trailer(p));
done:
  json_decref(header);
  return rc;
}

int assay_part_read(struct assay_case **out, char hash[ASSAY_SHA256_HEX],
                    struct assay_part_cost *cost, const char *folder, const struct assay_recipe *r,
                    long id, bool verify)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  struct part p = {0};
  struct assay_case *c = NULL;
  *out = NULL;
  ASSAY_TRY(assay_part_path(&path, folder, id));
  p.path = path;
  p.from = fopen(path, "rbe");
  ASSAY_CHECK(p.from, ASSAY_EIO, "%s: cannot open: %s", path, strerror(errno));
  if (verify) ASSAY_TRY(assay_sha256_create(&p.sha));
  ASSAY_TRY(assay_recipe_case(&c, r, id));
  ASSAY_TRY(get_all(c, hash, cost, &p, r));
  *out = c;
  c = NULL;
done:
  if (p.from) fclose(p.from);
  assay_sha256_destroy(p.sha);
  assay_case_destroy(c);
  assay_free(path);
  return rc;
}

/* A program of the build, not of the library: writes a C source with the lines of text files, the
 * table that core/base/embed.h describes.
 *
 *   embed_files OUTPUT SYMBOL HEADER FOLDER FILE...
 *
 * HEADER declares assay_SYMBOL. FOLDER is the path of the files' common folder from the root: what
 * follows it in FILE is the name, without .yaml; so files in folders below have names with a slash.
 */
#include <stdio.h>
#include <string.h>

static int complain(const char *file, const char *what)
{
  fprintf(stderr, "embed_files: %s: %s\n", file, what);
  return 1;
}

/* What stands behind the last FOLDER/ of the path. */
static const char *below(const char *folder, const char *path)
{
  const char *found = NULL;
  const size_t n = strlen(folder);
  for (const char *at = strstr(path, folder); at; at = strstr(at + 1, folder))
    if (at[n] == '/') found = at + n + 1;
  return found;
}

static void put_quoted(FILE *to, const char *text, size_t n)
{
  fputc('"', to);
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '"' || text[i] == '\\') fputc('\\', to);
    fputc(text[i], to);
  }
  fputc('"', to);
}

static size_t name_length(const char *name)
{
  const size_t n = strlen(name);
  return n > 5 && strcmp(name + n - 5, ".yaml") == 0 ? n - 5 : n;
}

static int put_lines(FILE *to, FILE *from, const char *path)
{
  char line[4096];
  while (fgets(line, sizeof line, from)) {
    const size_t n = strcspn(line, "\n");
    if (line[n] != '\n' && !feof(from)) return complain(path, "a line is too long");
    fputs("    ", to);
    put_quoted(to, line, n);
    fputs(",\n", to);
  }
  return ferror(from) ? complain(path, "cannot be read") : 0;
}

static int put_file(FILE *to, const char *folder, const char *path)
{
  const char *name = below(folder, path);
  if (!name) return complain(path, "is not below the folder");
  FILE *from = fopen(path, "r");
  if (!from) return complain(path, "cannot be opened");
  fputs("  {", to);
  put_quoted(to, name, name_length(name));
  fprintf(to, ", \"%s/%s\", (const char *const[]){\n", folder, name);
  const int bad = put_lines(to, from, path);
  fputs("    NULL}},\n", to);
  fclose(from);
  return bad;
}

int main(int n, char **argument)
{
  if (n < 5) return complain("usage", "OUTPUT SYMBOL HEADER FOLDER FILE...");
  FILE *to = fopen(argument[1], "w");
  if (!to) return complain(argument[1], "cannot be written");
  int bad = 0;
  fprintf(to, "/* made by core/base/embed_files.c: the files of %s */\n#include \"%s\"\n\n",
          argument[4], argument[3]);
  fprintf(to, "const struct assay_embedded assay_%s[] = {\n", argument[2]);
  for (int i = 5; i < n && !bad; i++) bad = put_file(to, argument[4], argument[i]);
  fputs("  {0}};\n", to);
  if (ferror(to) || fclose(to) != 0) bad = complain(argument[1], "cannot be written");
  if (bad) remove(argument[1]);
  return bad;
}

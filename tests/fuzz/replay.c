/* Feeds every file of a folder to a fuzz target: replay FOLDER. */
#include <dirent.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/fuzz/fuzz.h"

int main(int argc, char **argv)
{
  int n = 0;
  DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
  if (!folder) {
    fprintf(stderr, "usage: replay FOLDER\n");
    return 1;
  }
  for (struct dirent *entry; (entry = readdir(folder));) {
    char *path = NULL, *data = NULL;
    size_t size;
    if (entry->d_name[0] == '.') continue;
    MUST(assay_asprintf(&path, "%s/%s", argv[1], entry->d_name) == 0);
    MUST(assay_file_read(&data, &size, path) == 0);
    LLVMFuzzerTestOneInput((const uint8_t *)data, size);
    assay_free(data);
    assay_free(path);
    n++;
  }
  closedir(folder);
  printf("%d inputs replayed\n", n);
  return n > 0 && assay_mem_in_use().blocks == 0 ? 0 : 1;
}

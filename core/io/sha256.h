/* SHA-256 through libcrypto. */
#ifndef ASSAY_CORE_IO_SHA256_H
#define ASSAY_CORE_IO_SHA256_H
#include <stddef.h>

enum { ASSAY_SHA256_HEX = 65 }; /* 64 digits and the final zero */

struct assay_sha256;
int assay_sha256_create(struct assay_sha256 **out);
void assay_sha256_destroy(struct assay_sha256 *s);
void assay_sha256_add(struct assay_sha256 *s, const void *data, size_t size);
/* text with its final zero, so that ("ab","c") and ("a","bc") differ */
void assay_sha256_add_text(struct assay_sha256 *s, const char *text);
/* hex digest of what was added; the object starts anew */
void assay_sha256_finish(struct assay_sha256 *s, char hex[ASSAY_SHA256_HEX]);

/* of a whole file. ASSAY_EIO */
int assay_sha256_file(char hex[ASSAY_SHA256_HEX], const char *path);

#endif

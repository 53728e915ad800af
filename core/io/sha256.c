#include "core/io/sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

struct assay_sha256 {
  EVP_MD_CTX *context;
};

int assay_sha256_create(struct assay_sha256 **out)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "sha256"));
  s->context = EVP_MD_CTX_new();
  ASSAY_CHECK(s->context && EVP_DigestInit_ex(s->context, EVP_sha256(), NULL), ASSAY_ENOMEM,
              "SHA-256 is not available");
  *out = s;
  s = NULL;
done:
  assay_sha256_destroy(s);
  return rc;
}

void assay_sha256_destroy(struct assay_sha256 *s)
{
  if (!s) return;
  EVP_MD_CTX_free(s->context);
  assay_free(s);
}

void assay_sha256_add(struct assay_sha256 *s, const void *data, size_t size)
{
  EVP_DigestUpdate(s->context, data, size);
}

void assay_sha256_add_text(struct assay_sha256 *s, const char *text)
{
  assay_sha256_add(s, text, strlen(text) + 1);
}

void assay_sha256_finish(struct assay_sha256 *s, char hex[ASSAY_SHA256_HEX])
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(s->context, digest, &size);
  for (unsigned i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  EVP_DigestInit_ex(s->context, EVP_sha256(), NULL);
}

int assay_sha256_file(char hex[ASSAY_SHA256_HEX], const char *path)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  char block[1 << 14];
  size_t got;
  FILE *in = fopen(path, "rbe");
  ASSAY_CHECK(in, ASSAY_EIO, "%s: cannot open: %s", path, strerror(errno));
  ASSAY_TRY(assay_sha256_create(&s));
  while ((got = fread(block, 1, sizeof block, in)) > 0) assay_sha256_add(s, block, got);
  ASSAY_CHECK(!ferror(in), ASSAY_EIO, "%s: cannot read: %s", path, strerror(errno));
  assay_sha256_finish(s, hex);
done:
  if (in) fclose(in);
  assay_sha256_destroy(s);
  return rc;
}

/* PNG images through libpng, and animated ones (APNG, PNG third edition): a reader without
 * animation shows the first frame. Same pixels and texts give the same bytes on one libpng and
 * zlib; there are no time stamps. Files are written whole or not at all. */
#ifndef ASSAY_CORE_IO_PNG_H
#define ASSAY_CORE_IO_PNG_H
#include <stddef.h>
#include <stdint.h>

/* rgba: [height, width, 4], sRGB, alpha not premultiplied. Owned by the image. */
struct assay_image {
  int width, height; /* pixels */
  uint8_t *rgba;
};
/* Transparent black. ASSAY_EARG for sizes outside 1..32768, ASSAY_ENOMEM. */
int assay_image_create(struct assay_image *out, int width, int height);
void assay_image_destroy(struct assay_image *image); /* harmless on a zeroed one */

/* A text chunk: key 1 to 79 printable ASCII ("Title", "Source", "Software"), text in UTF-8. A
 * list ends with key == NULL; NULL instead of a list: none. */
struct assay_png_text {
  const char *key, *text;
};

/* RGB when every pixel is opaque, else RGBA; 8 bits. ASSAY_EIO, ASSAY_ENOMEM. */
int assay_png_write(const char *path, const struct assay_image *image,
                    const struct assay_png_text *texts);
/* The same into memory; the caller owns *out (assay_free). */
int assay_png_encode(uint8_t **out, size_t *size, const struct assay_image *image,
                     const struct assay_png_text *texts);
/* First frame of any PNG. The caller owns out->rgba. ASSAY_EIO, ASSAY_ECORRUPT. */
int assay_png_read(struct assay_image *out, const char *path);

struct assay_apng;
/* n_frames frames of one size, each shown for delay seconds (1 ms to 60 s), for ever; texts must
 * live until the first frame is added. */
int assay_apng_create(struct assay_apng **out, const char *path, int n_frames, double delay,
                      const struct assay_png_text *texts);
/* The next frame; only the rectangle that differs from the one before is stored. ASSAY_EARG when
 * its size differs from the first. */
int assay_apng_add(struct assay_apng *a, const struct assay_image *frame);
/* Finish and rename; ASSAY_EARG when frames are missing. Frees a whatever happens. */
int assay_apng_commit(struct assay_apng *a);
void assay_apng_abort(struct assay_apng *a); /* drop the file; NULL allowed */

#endif

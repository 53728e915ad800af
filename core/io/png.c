#include "core/io/png.h"

#include <assert.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <png.h>
#include <zlib.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

enum { SIDE_MAX = 32768 };

int assay_image_create(struct assay_image *out, int width, int height)
{
  int rc = ASSAY_OK;
  *out = (struct assay_image){0};
  ASSAY_CHECK(width >= 1 && height >= 1 && width <= SIDE_MAX && height <= SIDE_MAX, ASSAY_EARG,
              "an image of %d x %d pixels is outside 1..%d", width, height, SIDE_MAX);
  ASSAY_TRY(ASSAY_NEW(&out->rgba, (size_t)width * (size_t)height * 4, "image"));
  out->width = width;
  out->height = height;
done:
  return rc;
}

void assay_image_destroy(struct assay_image *image)
{
  assay_free(image->rgba);
  *image = (struct assay_image){0};
}

/* ---- encoding into memory ---------------------------------------------------------------------
 */

/* Where libpng writes to; error is its message, for after the jump. */
struct sink {
  uint8_t *data;
  size_t size, room;
  char error[160];
};

static void sink_add(png_structp png, png_bytep bytes, size_t n)
{
  struct sink *s = png_get_io_ptr(png);
  if (s->size + n > s->room) {
    size_t room = 2 * s->room + n + 4096;
    if (ASSAY_GROW(&s->data, room, "png") < 0) png_error(png, "out of memory");
    s->room = room;
  }
  memcpy(s->data + s->size, bytes, n);
  s->size += n;
}

static void sink_flush(png_structp png)
{
  (void)png;
}

static void on_error(png_structp png, png_const_charp text)
{
  struct sink *s = png_get_error_ptr(png);
  snprintf(s->error, sizeof s->error, "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
  (void)png;
  (void)text;
}

struct rect {
  int x, y, width, height;
};

static bool is_opaque(const struct assay_image *image)
{
  size_t n = (size_t)image->width * (size_t)image->height;
  for (size_t i = 0; i < n; i++)
    if (image->rgba[4 * i + 3] != 255) return false;
  return true;
}

static bool is_ascii(const char *text)
{
  for (; *text; text++)
    if ((unsigned char)*text >= 0x80) return false;
  return true;
}

static void add_texts(png_structp png, png_infop info, const struct assay_png_text *texts)
{
  for (; texts && texts->key; texts++) {
    char key[80];
    snprintf(key, sizeof key, "%s", texts->key);
    png_text row = {
        .compression =
            is_ascii(texts->text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
        .key = key,
        .text = (char *)(uintptr_t)texts->text, /* libpng copies it */
        .text_length = strlen(texts->text),
    };
    png_set_text(png, info, &row, 1);
  }
}

/* The part `r` of the image as a whole PNG; false when libpng jumped out, its message is in the
 * sink. Alone in a function, so that no local variable lives across the jump. */
static bool encode_part(png_structp png, png_infop info, uint8_t *line,
                        const struct assay_image *image, struct rect r, bool opaque,
                        const struct assay_png_text *texts)
{
  const int channels = opaque ? 3 : 4;
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_IHDR(png, info, (png_uint_32)r.width, (png_uint_32)r.height, 8,
               opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  /* measured on our pictures: smaller than any filter (few colours, many repeats), and 4 x faster
   */
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_compression_level(png, 9);
  add_texts(png, info, texts);
  png_write_info(png, info);
  for (int y = 0; y < r.height; y++) {
    const uint8_t *from =
        image->rgba + 4 * ((size_t)(r.y + y) * (size_t)image->width + (size_t)r.x);
    for (int x = 0; x < r.width; x++) memcpy(line + channels * x, from + 4 * x, (size_t)channels);
    png_write_row(png, line);
  }
  png_write_end(png, info);
  return true;
}

static int encode(struct sink *s, const struct assay_image *image, struct rect r, bool opaque,
                  const struct assay_png_text *texts)
{
  int rc = ASSAY_OK;
  png_infop info = NULL;
  uint8_t *line = NULL;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
  ASSAY_CHECK(png, ASSAY_ENOMEM, "libpng: no memory");
  info = png_create_info_struct(png);
  ASSAY_CHECK(info, ASSAY_ENOMEM, "libpng: no memory");
  ASSAY_TRY(ASSAY_NEW(&line, (size_t)r.width * 4, "png line"));
  png_set_write_fn(png, s, sink_add, sink_flush);
  ASSAY_CHECK(encode_part(png, info, line, image, r, opaque, texts), ASSAY_EIO, "libpng: %s",
              s->error);
done:
  assay_free(line);
  png_destroy_write_struct(&png, &info);
  return rc;
}

int assay_png_encode(uint8_t **out, size_t *size, const struct assay_image *image,
                     const struct assay_png_text *texts)
{
  int rc = ASSAY_OK;
  struct sink s = {0};
  *out = NULL;
  ASSAY_TRY(
      encode(&s, image, (struct rect){0, 0, image->width, image->height}, is_opaque(image), texts));
  *out = s.data;
  *size = s.size;
  s.data = NULL;
done:
  assay_free(s.data);
  return rc;
}

int assay_png_write(const char *path, const struct assay_image *image,
                    const struct assay_png_text *texts)
{
  int rc = ASSAY_OK;
  uint8_t *data = NULL;
  size_t size = 0;
  ASSAY_TRY(assay_png_encode(&data, &size, image, texts));
  ASSAY_TRY(assay_file_write(path, data, size));
done:
  assay_free(data);
  return rc;
}

int assay_png_read(struct assay_image *out, const char *path)
{
  int rc = ASSAY_OK;
  char *data = NULL;
  size_t size = 0;
  png_image reader = {.version = PNG_IMAGE_VERSION};
  *out = (struct assay_image){0};
  ASSAY_TRY(assay_file_read(&data, &size, path));
  ASSAY_CHECK(png_image_begin_read_from_memory(&reader, data, size), ASSAY_ECORRUPT,
              "%s: not a PNG image: %s", path, reader.message);
  reader.format = PNG_FORMAT_RGBA;
  ASSAY_TRY(assay_image_create(out, (int)reader.width, (int)reader.height));
  ASSAY_CHECK(png_image_finish_read(&reader, NULL, out->rgba, 0, NULL), ASSAY_ECORRUPT,
              "%s: damaged PNG image: %s", path, reader.message);
done:
  if (rc < 0) assay_image_destroy(out);
  png_image_free(&reader);
  assay_free(data);
  return rc;
}

/* ---- animations --------------------------------------------------------------------------------
 */

/* Every frame is encoded as a PNG of its own; its IDAT chunks become the frame's data. */
struct assay_apng {
  struct assay_outfile file;
  int n_frames, n_added;
  unsigned delay_ms;
  bool opaque;
  uint32_t sequence; /* numbers fcTL and fdAT chunks */
  struct assay_image last;
  const struct assay_png_text *texts;
};

static void put32(uint8_t *at, uint32_t value)
{
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* One chunk whose data come in two pieces. Failures of the stream show at commit. */
static void put_chunk(FILE *to, const char *type, const uint8_t *a, size_t na, const uint8_t *b,
                      size_t nb)
{
  uint8_t word[4];
  uLong crc = crc32(0, (const Bytef *)type, 4);
  put32(word, (uint32_t)(na + nb));
  fwrite(word, 1, 4, to);
  fwrite(type, 1, 4, to);
  if (na > 0) {
    crc = crc32(crc, a, (uInt)na);
    fwrite(a, 1, na, to);
  }
  if (nb > 0) {
    crc = crc32(crc, b, (uInt)nb);
    fwrite(b, 1, nb, to);
  }
  put32(word, (uint32_t)crc);
  fwrite(word, 1, 4, to);
}

static void put_frame_control(struct assay_apng *a, struct rect r)
{
  uint8_t data[26] = {0};
  put32(data, a->sequence++);
  put32(data + 4, (uint32_t)r.width);
  put32(data + 8, (uint32_t)r.height);
  put32(data + 12, (uint32_t)r.x);
  put32(data + 16, (uint32_t)r.y);
  data[20] = (uint8_t)(a->delay_ms >> 8);
  data[21] = (uint8_t)a->delay_ms;
  data[22] = 1000 >> 8;
  data[23] = 1000 & 255;
  /* dispose: leave as it is; blend: replace */
  put_chunk(a->file.stream, "fcTL", data, sizeof data, NULL, 0);
}

/* Copy the chunks of one encoded frame into the animation. */
static void put_frame(struct assay_apng *a, const struct sink *s, struct rect r)
{
  FILE *to = a->file.stream;
  const bool first = a->n_added == 0;
  bool begun = false;
  if (first) fwrite(s->data, 1, 8, to);
  for (size_t at = 8; at + 12 <= s->size;) {
    const size_t n = get32(s->data + at);
    const uint8_t *data = s->data + at + 8;
    char type[5] = {0};
    memcpy(type, s->data + at + 4, 4);
    if (strcmp(type, "IDAT") == 0) {
      if (!begun) put_frame_control(a, r);
      begun = true;
      uint8_t number[4];
      if (!first) put32(number, a->sequence++);
      put_chunk(to, first ? "IDAT" : "fdAT", number, first ? 0 : 4, data, n);
    } else if (first && strcmp(type, "IEND") != 0) {
      put_chunk(to, type, data, n, NULL, 0);
      if (strcmp(type, "IHDR") == 0) {
        uint8_t control[8] = {0};
        put32(control, (uint32_t)a->n_frames); /* then 0: repeat for ever */
        put_chunk(to, "acTL", control, sizeof control, NULL, 0);
      }
    }
    at += 12 + n;
  }
}

/* Smallest rectangle in which two images of one size differ; one pixel when they do not. */
static struct rect difference(const struct assay_image *a, const struct assay_image *b)
{
  int x0 = a->width, x1 = -1, y0 = a->height, y1 = -1;
  const size_t pitch = (size_t)a->width * 4;
  for (int y = 0; y < a->height; y++) {
    const uint8_t *p = a->rgba + (size_t)y * pitch, *q = b->rgba + (size_t)y * pitch;
    if (memcmp(p, q, pitch) == 0) continue;
    int left = 0, right = a->width - 1;
    while (memcmp(p + 4 * left, q + 4 * left, 4) == 0) left++;
    while (memcmp(p + 4 * right, q + 4 * right, 4) == 0) right--;
    if (left < x0) x0 = left;
    if (right > x1) x1 = right;
    if (y < y0) y0 = y;
    y1 = y;
  }
  return y1 < 0 ? (struct rect){0, 0, 1, 1} : (struct rect){x0, y0, x1 - x0 + 1, y1 - y0 + 1};
}

int assay_apng_create(struct assay_apng **out, const char *path, int n_frames, double delay,
                      const struct assay_png_text *texts)
{
  int rc = ASSAY_OK;
  struct assay_apng *a = NULL;
  *out = NULL;
  ASSAY_CHECK(n_frames >= 1, ASSAY_EARG, "%s: an animation of %d frames", path, n_frames);
  ASSAY_CHECK(delay >= 1e-3 && delay <= 60, ASSAY_EARG, "%s: %g s per frame is outside 0.001..60",
              path, delay);
  ASSAY_TRY(ASSAY_NEW(&a, 1, "apng"));
  a->n_frames = n_frames;
  a->delay_ms = (unsigned)(delay * 1000 + 0.5);
  a->texts = texts;
  ASSAY_TRY(assay_outfile_open(&a->file, path, true));
  *out = a;
  a = NULL;
done:
  assay_apng_abort(a);
  return rc;
}

int assay_apng_add(struct assay_apng *a, const struct assay_image *frame)
{
  int rc = ASSAY_OK;
  struct sink s = {0};
  struct rect r = {0, 0, frame->width, frame->height};
  const bool first = a->n_added == 0;
  ASSAY_CHECK(a->n_added < a->n_frames, ASSAY_EARG, "%s: more frames than the %d announced",
              a->file.path, a->n_frames);
  if (first) {
    a->opaque = is_opaque(frame);
    ASSAY_TRY(assay_image_create(&a->last, frame->width, frame->height));
  } else {
    ASSAY_CHECK(frame->width == a->last.width && frame->height == a->last.height, ASSAY_EARG,
                "%s: frame %d has %d x %d pixels, the first has %d x %d", a->file.path, a->n_added,
                frame->width, frame->height, a->last.width, a->last.height);
    ASSAY_CHECK(!a->opaque || is_opaque(frame), ASSAY_EARG,
                "%s: frame %d is transparent, the first is not", a->file.path, a->n_added);
    r = difference(frame, &a->last);
  }
  ASSAY_TRY(encode(&s, frame, r, a->opaque, first ? a->texts : NULL));
  put_frame(a, &s, r);
  a->n_added++;
  memcpy(a->last.rgba, frame->rgba, (size_t)frame->width * (size_t)frame->height * 4);
done:
  assay_free(s.data);
  return rc;
}

static void release(struct assay_apng *a)
{
  assay_image_destroy(&a->last);
  assay_outfile_abort(&a->file);
  assay_free(a);
}

int assay_apng_commit(struct assay_apng *a)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(a->n_added == a->n_frames, ASSAY_EARG, "%s: %d of %d frames are missing",
              a->file.path, a->n_frames - a->n_added, a->n_frames);
  put_chunk(a->file.stream, "IEND", NULL, 0, NULL, 0);
  ASSAY_TRY(assay_outfile_commit(&a->file));
done:
  release(a);
  return rc;
}

void assay_apng_abort(struct assay_apng *a)
{
  if (a) release(a);
}

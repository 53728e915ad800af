/* PNG and APNG: read back by libpng, chunk by chunk by hand, and provoked errors. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/png.h"
#include "tests/test.h"

static char folder[64];

static const char *in_folder(const char *name)
{
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static int make_folder(void **state)
{
  (void)state;
  strcpy(folder, "assay_png_XXXXXX");
  return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
  (void)state;
  return assay_dir_remove(folder);
}

/* Every pixel its own colour; `shift` moves a patch of the lower right quarter. */
static struct assay_image pattern(int width, int height, bool opaque, int shift)
{
  struct assay_image image;
  assert_ok(assay_image_create(&image, width, height));
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      uint8_t *p = image.rgba + 4 * (y * width + x);
      p[0] = (uint8_t)(7 * x + 3);
      p[1] = (uint8_t)(5 * y + 11);
      p[2] = (uint8_t)(x * y + (x > width / 2 && y > height / 2 ? shift : 0));
      p[3] = opaque ? 255 : (uint8_t)(255 - x);
    }
  return image;
}

static void assert_same(const struct assay_image *a, const struct assay_image *b)
{
  assert_int_equal(a->width, b->width);
  assert_int_equal(a->height, b->height);
  assert_memory_equal(a->rgba, b->rgba, (size_t)(4 * a->width * a->height));
}

static void images_come_back(void **state)
{
  (void)state;
  for (int opaque = 0; opaque < 2; opaque++) {
    struct assay_image image = pattern(37, 23, opaque, 0), back;
    assert_ok(assay_png_write(in_folder("a.png"), &image, NULL));
    assert_ok(assay_png_read(&back, in_folder("a.png")));
    assert_same(&image, &back);
    assay_image_destroy(&image);
    assay_image_destroy(&back);
  }
}

struct chunk {
  char type[5];
  const uint8_t *data;
  size_t size;
};

static uint32_t get32(const uint8_t *p)
{
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* CRC-32 by its definition, bit by bit: polynomial 0xedb88320. */
static uint32_t crc_of(const uint8_t *p, size_t n)
{
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < n; i++) {
    crc ^= p[i];
    for (int k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

static int split(struct chunk *out, int most, const uint8_t *file, size_t size)
{
  int n = 0;
  assert_memory_equal(file, "\x89PNG\r\n\x1a\n", 8);
  for (size_t at = 8; at < size; n++) {
    assert_true(n < most && at + 12 <= size);
    struct chunk *c = &out[n];
    c->size = get32(file + at);
    assert_true(at + 12 + c->size <= size);
    memcpy(c->type, file + at + 4, 4);
    c->type[4] = '\0';
    c->data = file + at + 8;
    assert_int_equal(get32(c->data + c->size), crc_of(file + at + 4, c->size + 4));
    at += 12 + c->size;
  }
  return n;
}

static void texts_are_inside_and_bytes_repeat(void **state)
{
  const struct assay_png_text texts[] = {
      {"Title", "lid-driven cavity"}, {"Description", "Re = 2385, σ = 1"}, {NULL, NULL}};
  struct assay_image image = pattern(19, 12, true, 0);
  uint8_t *a = NULL, *b = NULL;
  size_t na = 0, nb = 0;
  struct chunk chunk[32];
  int plain = 0, unicode = 0;
  (void)state;
  assert_ok(assay_png_encode(&a, &na, &image, texts));
  assert_ok(assay_png_encode(&b, &nb, &image, texts));
  assert_int_equal(na, nb);
  assert_memory_equal(a, b, na);
  const int n = split(chunk, 32, a, na);
  for (int i = 0; i < n; i++) {
    plain += strcmp(chunk[i].type, "tEXt") == 0 &&
             memcmp(chunk[i].data, "Title\0lid-driven cavity", chunk[i].size) == 0;
    unicode += strcmp(chunk[i].type, "iTXt") == 0 && memcmp(chunk[i].data, "Description", 12) == 0;
    assert_string_not_equal(chunk[i].type, "tIME");
  }
  assert_int_equal(plain, 1);
  assert_int_equal(unicode, 1);
  assert_int_equal(chunk[0].data[9], 2); /* opaque: RGB */
  assay_free(a);
  assay_free(b);
  assay_image_destroy(&image);
}

static void animation_has_the_chunks_of_the_standard(void **state)
{
  struct assay_apng *a = NULL;
  struct chunk chunk[64];
  char *file = NULL;
  size_t size = 0;
  uint32_t sequence = 0, frames = 0;
  bool image_seen = false;
  (void)state;
  assert_ok(assay_apng_create(&a, in_folder("b.png"), 3, 0.0405, NULL));
  for (int k = 0; k < 3; k++) {
    struct assay_image frame = pattern(40, 30, true, 13 * k);
    assert_ok(assay_apng_add(a, &frame));
    assay_image_destroy(&frame);
  }
  assert_ok(assay_apng_commit(a));
  assert_ok(assay_file_read(&file, &size, in_folder("b.png")));
  const int n = split(chunk, 64, (const uint8_t *)file, size);
  assert_string_equal(chunk[0].type, "IHDR");
  assert_string_equal(chunk[1].type, "acTL");
  assert_int_equal(get32(chunk[1].data), 3);
  assert_int_equal(get32(chunk[1].data + 4), 0);
  assert_string_equal(chunk[n - 1].type, "IEND");
  for (int i = 0; i < n; i++) {
    const uint8_t *data = chunk[i].data;
    const bool control = strcmp(chunk[i].type, "fcTL") == 0;
    if (control || strcmp(chunk[i].type, "fdAT") == 0) assert_int_equal(get32(data), sequence++);
    if (strcmp(chunk[i].type, "IDAT") == 0) image_seen = true;
    if (!control) continue;
    assert_int_equal(image_seen, frames > 0); /* the first control stands before the image */
    assert_int_equal(data[20] << 8 | data[21], 41);
    assert_int_equal(data[22] << 8 | data[23], 1000);
    if (frames == 0) {
      assert_int_equal(get32(data + 4), 40);
      assert_int_equal(get32(data + 8), 30);
    } else { /* only the quarter that changes */
      assert_int_equal(get32(data + 4), 19);
      assert_int_equal(get32(data + 8), 14);
      assert_int_equal(get32(data + 12), 21);
      assert_int_equal(get32(data + 16), 16);
    }
    frames++;
  }
  assert_int_equal(frames, 3);
  assay_free(file);
}

static void plain_reader_sees_the_first_frame(void **state)
{
  struct assay_apng *a = NULL;
  struct assay_image first = pattern(33, 21, true, 0), second = pattern(33, 21, true, 99), back;
  (void)state;
  assert_ok(assay_apng_create(&a, in_folder("c.png"), 2, 0.2, NULL));
  assert_ok(assay_apng_add(a, &first));
  assert_ok(assay_apng_add(a, &second));
  assert_ok(assay_apng_commit(a));
  assert_ok(assay_png_read(&back, in_folder("c.png")));
  assert_same(&first, &back);
  assay_image_destroy(&first);
  assay_image_destroy(&second);
  assay_image_destroy(&back);
}

static void put32(uint8_t *p, uint32_t v)
{
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void put_chunk(FILE *to, const char *type, const uint8_t *data, size_t n)
{
  uint8_t buffer[1 << 16];
  assert_true(n + 12 < sizeof buffer);
  put32(buffer, (uint32_t)n);
  memcpy(buffer + 4, type, 4);
  memcpy(buffer + 8, data, n);
  put32(buffer + 8 + n, crc_of(buffer + 4, n + 4));
  fwrite(buffer, 1, n + 12, to);
}

/* Take a later frame out of the animation by hand: its rectangle is what changed. */
static void later_frames_hold_the_changed_rectangle(void **state)
{
  struct assay_apng *a = NULL;
  struct assay_image first = pattern(33, 21, true, 0), second = pattern(33, 21, true, 57), back;
  struct chunk chunk[64];
  char *file = NULL;
  size_t size = 0;
  uint8_t header[13];
  int control = 0;
  (void)state;
  assert_ok(assay_apng_create(&a, in_folder("d.png"), 2, 0.2, NULL));
  assert_ok(assay_apng_add(a, &first));
  assert_ok(assay_apng_add(a, &second));
  assert_ok(assay_apng_commit(a));
  assert_ok(assay_file_read(&file, &size, in_folder("d.png")));
  const int n = split(chunk, 64, (const uint8_t *)file, size);
  FILE *to = fopen(in_folder("e.png"), "wb");
  assert_non_null(to);
  fwrite(file, 1, 8, to);
  memcpy(header, chunk[0].data, 13);
  for (int i = 0; i < n; i++) {
    if (strcmp(chunk[i].type, "fcTL") == 0 && ++control == 2) {
      memcpy(header, chunk[i].data + 4, 8);
      put_chunk(to, "IHDR", header, 13);
    }
    if (strcmp(chunk[i].type, "fdAT") == 0)
      put_chunk(to, "IDAT", chunk[i].data + 4, chunk[i].size - 4);
  }
  put_chunk(to, "IEND", header, 0);
  fclose(to);
  assert_ok(assay_png_read(&back, in_folder("e.png")));
  assert_int_equal(back.width, 16);
  assert_int_equal(back.height, 10);
  for (int y = 0; y < 10; y++)
    assert_memory_equal(back.rgba + 4 * 16 * y, second.rgba + 4 * (33 * (y + 11) + 17), 4 * 16);
  assay_free(file);
  assay_image_destroy(&first);
  assay_image_destroy(&second);
  assay_image_destroy(&back);
}

static void frames_that_do_not_fit_are_refused(void **state)
{
  struct assay_apng *a = NULL;
  struct assay_image small = pattern(9, 8, true, 0), large = pattern(10, 8, true, 0),
                     glass = pattern(9, 8, false, 0);
  (void)state;
  assert_ok(assay_apng_create(&a, in_folder("f.png"), 2, 0.2, NULL));
  assert_ok(assay_apng_add(a, &small));
  assert_fails(assay_apng_add(a, &large), ASSAY_EARG, "frame 1 has 10 x 8 pixels");
  assert_fails(assay_apng_add(a, &glass), ASSAY_EARG, "transparent");
  assert_fails(assay_apng_commit(a), ASSAY_EARG, "1 of 2 frames are missing");
  assert_false(assay_file_exists(in_folder("f.png")));
  assert_fails(assay_apng_create(&a, in_folder("f.png"), 2, 77, NULL), ASSAY_EARG, "77 s");
  assay_image_destroy(&small);
  assay_image_destroy(&large);
  assay_image_destroy(&glass);
}

static void what_is_no_image_is_refused(void **state)
{
  struct assay_image image = pattern(30, 30, true, 0), back;
  char *file = NULL;
  size_t size = 0;
  (void)state;
  assert_fails(assay_png_read(&back, in_folder("nothing.png")), ASSAY_ENOTFOUND, "nothing.png");
  assert_ok(assay_file_write(in_folder("g.png"), "hello, world", 12));
  assert_fails(assay_png_read(&back, in_folder("g.png")), ASSAY_ECORRUPT, "not a PNG");
  assert_ok(assay_png_write(in_folder("g.png"), &image, NULL));
  assert_ok(assay_file_read(&file, &size, in_folder("g.png")));
  assert_ok(assay_file_write(in_folder("g.png"), file, size / 2));
  assert_fails(assay_png_read(&back, in_folder("g.png")), ASSAY_ECORRUPT, "damaged");
  assert_null(back.rgba);
  assert_fails(assay_png_write(in_folder("no/such/place.png"), &image, NULL), ASSAY_EIO, "place");
  assert_fails(assay_image_create(&back, 0, 5), ASSAY_EARG, "0 x 5");
  assay_free(file);
  assay_image_destroy(&image);
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_come_back),
      cmocka_unit_test(texts_are_inside_and_bytes_repeat),
      cmocka_unit_test(animation_has_the_chunks_of_the_standard),
      cmocka_unit_test(plain_reader_sees_the_first_frame),
      cmocka_unit_test(later_frames_hold_the_changed_rectangle),
      cmocka_unit_test(frames_that_do_not_fit_are_refused),
      cmocka_unit_test(what_is_no_image_is_refused),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

/* `assay view` on small files: what it draws and what it refuses. */
#include <dirent.h>

#include "core/io/png.h"
#include "harness/verb.h"
#include "tests/harness/view_tank.h"

static int make_files(void **state)
{
  if (make_flow_files(state) < 0) return -1;
  write_tank("tank.nc", TANK_DISTANCE);
  return 0;
}

/* Run the verb with up to ten words; what it prints goes to `said`. */
static char said[512];
static int view(const char *const *words)
{
  int rc = ASSAY_OK, n_args = 0, argc = 0;
  const struct assay_verb *verb = NULL;
  char *options = NULL, *argv[16], *args[16], *text = NULL;
  size_t size = 0;
  FILE *out = NULL;
  for (; words[argc]; argc++) argv[argc] = strdup(words[argc]);
  assert_ok(assay_verb_find(&verb, "view"));
  assert_ok(ASSAY_NEW(&options, verb->options_size, "options"));
  memcpy(options, verb->defaults, verb->options_size);
  ASSAY_TRY(assay_options_parse(verb->options, options, argc, argv, args, &n_args));
  ASSAY_TRY(assay_param_check(verb->options, options));
  assert_int_equal(n_args, 1);
  out = open_memstream(&text, &size);
  ASSAY_TRY(verb->run(options, n_args, args, out));
done:
  if (out) fclose(out);
  snprintf(said, sizeof said, "%s", text ? text : "");
  free(text);
  assay_free(options);
  for (int i = 0; i < argc; i++) free(argv[i]);
  return rc;
}
#define VIEW(...) view((const char *const[]){__VA_ARGS__, NULL})

static bool holds(const char *name, const char *what, size_t n)
{
  char *bytes = NULL;
  size_t size = 0;
  bool found = false;
  assert_ok(assay_file_read(&bytes, &size, in_folder(name)));
  for (size_t i = 0; i + n <= size && !found; i++) found = memcmp(bytes + i, what, n) == 0;
  assay_free(bytes);
  return found;
}

static struct assay_image look(const char *name)
{
  struct assay_image image;
  assert_ok(assay_png_read(&image, in_folder(name)));
  return image;
}

static void view_writes_a_picture_and_says_where(void **state)
{
  (void)state;
  const char *out = in_folder("a.png");
  assert_ok(VIEW(in_folder("flow.nc"), "--case", "11", "--scale", "1", "-o", out));
  assert_memory_equal(said, out, strlen(out));
  assert_string_equal(said + strlen(out), "\n");
  struct assay_image image = look("a.png");
  assert_true(image.width > 400 && image.height > 250);
  assay_image_destroy(&image);
  assert_true(holds("a.png", "Title\0flow, case 11", 19));
  assert_true(holds("a.png", "flow.nc, case 11", 16));
  assert_true(holds("a.png", "1050", 4)); /* Re */
}

static void strips_are_wider_and_animations_move(void **state)
{
  (void)state;
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "-o", in_folder("one.png")));
  assert_ok(
      VIEW(in_folder("flow.nc"), "--scale", "0.5", "--strip", "4", "-o", in_folder("four.png")));
  struct assay_image one = look("one.png"), four = look("four.png");
  assert_true(four.width > one.width + 50 && four.height < one.height);
  assay_image_destroy(&one);
  assay_image_destroy(&four);
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "--animate", "--fps", "5", "-o",
                 in_folder("moving.png")));
  assert_true(holds("moving.png", "acTL\0\0\0\11\0\0\0\0", 12));
  assert_ok(VIEW(in_folder("flow.nc"), "--scale", "0.5", "--animate", "--strip", "3", "-o",
                 in_folder("moving.png")));
  assert_true(holds("moving.png", "acTL\0\0\0\3\0\0\0\0", 12));
  assert_ok(VIEW(in_folder("tank.nc"), "--scale", "0.5", "--animate", "-o", in_folder("tank.png")));
  assert_true(holds("tank.png", "acTL\0\0\0\3\0\0\0\0", 12));
}

static void every_kind_of_picture_can_be_drawn(void **state)
{
  static const char *const calls[][8] = {
      {"flow.nc", "--flow", "arrows", "--contours", "3", "--cells"},
      {"flow.nc", "--field", "vorticity", "--map", "diverging", "--range", "-1:1.5"},
      {"flow.nc", "--field", "mask"},
      {"flow.nc", "--field", "drag"},
      {"flow.nc", "--field", "drag", "--cases", "10,11:13"},
      {"tank.nc", "--contours", "5", "--strip", "3"},
      {"tank.nc", "--flow", "arrows", "--cells"},
      {"flow.nc", "--frame", "3", "--title", "hello"},
      {"line.nc", "--field", "p", "--form", "spacetime"},
      {"line.nc", "--field", "p", "--frame", "-2"},
      {"states.nc", "--field", "p"},
      {"cube.nc", "--field", "p", "--plane", "4", "--strip", "2"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const char *words[16] = {in_folder(calls[i][0]), "--scale", "0.7", "-o", in_folder("b.png")};
    int n = 5;
    for (int k = 1; k < 8 && calls[i][k]; k++) words[n++] = calls[i][k];
    if (view(words) < 0) fail_msg("call %zu: %s", i, assay_err_last());
    struct assay_image image = look("b.png");
    assay_image_destroy(&image);
    assert_int_equal(unlink(in_folder("b.png")), 0);
  }
}

static void comparisons_can_be_drawn(void **state)
{
  static const char *const calls[][6] = {
      {"flow.nc", "test.nc", "--case", "11"},
      {"flow.nc", "same.nc", "--strip", "3", "--field", "u"},
      {"line.nc", "line.nc", "--field", "p"},
      {"line.nc", "line.nc", "--field", "p", "--form"},
      {"flow.nc", "same.nc", "--field", "drag"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    const char *words[16] = {
        in_folder(calls[i][0]), "--compare", in_folder(calls[i][1]), "--scale", "0.7", "-o",
        in_folder("c.png")};
    int n = 7;
    for (int k = 2; k < 6 && calls[i][k]; k++) words[n++] = calls[i][k];
    if (i == 3) words[n++] = "lines";
    if (view(words) < 0) fail_msg("call %zu: %s", i, assay_err_last());
    assert_int_equal(unlink(in_folder("c.png")), 0);
  }
}

static void lines_can_be_svg(void **state)
{
  (void)state;
  assert_ok(VIEW(in_folder("line.nc"), "--field", "p", "-o", in_folder("l.svg")));
  assert_true(holds("l.svg", "</svg>", 6));
  assert_true(holds("l.svg", ">t = 0 s</text>", 15));
  assert_fails(VIEW(in_folder("flow.nc"), "-o", in_folder("m.svg")), ASSAY_EUNSUPPORTED,
               "only line plots can be SVG");
}

static int files_there(void)
{
  int n = 0;
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  while (readdir(dir)) n++;
  closedir(dir);
  return n;
}

static void bad_input_is_refused_and_leaves_nothing(void **state)
{
  (void)state;
  const int before = files_there();
  const char *flow = in_folder("flow.nc"), *out = in_folder("z.png");
  assert_fails(VIEW(flow, "-o", out, "--field", "vortcity"), ASSAY_ENOTFOUND,
               "did you mean 'vorticity'? known: u, v, p, mask, drag, speed, vorticity");
  assert_fails(VIEW(flow, "-o", out, "--case", "9"), ASSAY_EARG,
               "no case 9, its cases are 10 to 13");
  assert_fails(VIEW(flow, "-o", out, "--case", "13"), ASSAY_EARG, "case 13 has no frames");
  assert_fails(VIEW(flow, "-o", out, "--frame", "9"), ASSAY_EARG, "frames 0 to 8 of case 10");
  assert_fails(VIEW(flow, "-o", out, "--frame", "lst"), ASSAY_EPARSE, "whole number or 'last'");
  assert_fails(VIEW(flow, "-o", out, "--frame", "1", "--strip", "2"), ASSAY_EARG, "--frame");
  assert_fails(VIEW(flow, "-o", out, "--range", "3"), ASSAY_EPARSE, "LO:HI");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10,x"), ASSAY_EPARSE, "expected ids");
  assert_fails(VIEW(flow, "-o", out, "--cases", "12:10"), ASSAY_EPARSE, "expected ids");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10,15"), ASSAY_EARG, "--cases: ");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10:12"), ASSAY_EARG, "'speed' has 2 dimensions");
  assert_fails(VIEW(flow, "-o", out, "--cases", "10", "--case", "11"), ASSAY_EARG,
               "--cases several");
  assert_fails(VIEW(flow, "-o", out, "--range", "3:2"), ASSAY_EARG, "first must be below");
  assert_fails(VIEW(flow, "-o", out, "--range", "a:2"), ASSAY_EPARSE, "--range a:2");
  assert_fails(VIEW(flow, "-o", out, "--form", "lines"), ASSAY_EARG, "'speed' has 2");
  assert_fails(VIEW(flow, "-o", out, "--field", "drag", "--animate"), ASSAY_EARG, "only maps");
  assert_fails(VIEW(flow, "-o", in_folder("no/z.png")), ASSAY_EIO, "no/z.png");
  assert_fails(VIEW(flow, "-o", in_folder("no/z.png"), "--animate"), ASSAY_EIO, "no/z.png");
  assert_fails(VIEW(flow, "-o", out, "--animate", "--scale", "8", "--width", "4000"), ASSAY_EARG,
               "outside 1..20000"); /* noticed when the file is already begun */
  assert_fails(VIEW(in_folder("none.nc"), "-o", out), ASSAY_ENOTFOUND, "none.nc");
  assert_fails(VIEW(flow, "-o", out, "--compare", in_folder("line.nc"), "--field", "p"), ASSAY_EARG,
               "different grids");
  assert_ok(assay_file_write(in_folder("text.nc"), "no data set at all", 18));
  assert_fails(VIEW(in_folder("text.nc"), "-o", out), ASSAY_ECORRUPT, "text.nc");
  assert_int_equal(files_there(), before + 1); /* text.nc */
  assert_false(assay_file_exists(out));
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(view_writes_a_picture_and_says_where),
      cmocka_unit_test(strips_are_wider_and_animations_move),
      cmocka_unit_test(every_kind_of_picture_can_be_drawn),
      cmocka_unit_test(comparisons_can_be_drawn),
      cmocka_unit_test(lines_can_be_svg),
      cmocka_unit_test(bad_input_is_refused_and_leaves_nothing),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, make_files, remove_files);
}

/* Plots as SVG: well-formed, complete, inside their frame, told apart; and as pixels. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/draw/pen.h"
#include "core/draw/plot.h"
#include "tests/test.h"

static char *svg_of(const struct assay_plot *plot)
{
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  assert_non_null(to);
  assert_ok(assay_plot_svg(plot, to));
  fclose(to);
  return text;
}

static int count(const char *text, const char *what)
{
  int n = 0;
  for (const char *at = text; (at = strstr(at, what)); at += strlen(what)) n++;
  return n;
}

/* A reader for the XML that matters here: every tag closed in order, attributes quoted, no stray
 * '<' or '&'. Returns NULL or where it stumbled. */
static const char *stumble(const char *at)
{
  char open[64][24];
  int depth = 0, roots = 0;
  while (*at) {
    if (*at == '&') {
      const size_t n = strcspn(at, ";");
      if (n > 6 || !at[n]) return at;
      at += n + 1;
    } else if (*at != '<') {
      if (depth == 0 && *at != '\n') return at;
      at++;
    } else if (at[1] == '/') {
      const size_t n = strcspn(at + 2, ">");
      if (depth == 0 || strlen(open[depth - 1]) != n || strncmp(open[depth - 1], at + 2, n))
        return at;
      depth--;
      at += n + 3;
    } else {
      const char *from = at++;
      const size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz");
      if (n == 0 || n > 23 || depth == 64) return from;
      memcpy(open[depth], at, n);
      open[depth++][n] = '\0';
      roots += depth == 1;
      at += n;
      while (*at == ' ') {
        at += strcspn(at, "=<>");
        if (at[0] != '=' || at[1] != '"') return at;
        at += 2 + strcspn(at + 2, "\"<");
        if (*at++ != '"') return at;
      }
      if (*at == '/') depth--, at++;
      if (*at++ != '>') return from;
    }
  }
  return depth == 0 && roots == 1 ? NULL : at;
}

static void assert_well_formed(const char *svg)
{
  const char *at = stumble(svg);
  if (at) fail_msg("stumbled at '%.40s'", at);
}

enum { N = 9 };
static const double x9[N] = {0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5};
static const double y9[N] = {0.021, 0.034, 0.055, 0.083, 0.12, 0.19, 0.24, 0.33, 0.46};
static const double low9[N] = {0.018, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4};
static const double high9[N] = {0.025, 0.04, 0.06, 0.09, 0.14, 0.22, 0.28, 0.4, 0.52};
static const double flat9[N] = {0.7, 0.7, 0.71, 0.72, 0.7, 0.69, 0.7, 0.71, 0.7};

static void plot_is_well_formed_and_complete(void **state)
{
  const struct assay_series series[] = {
      {.name = "POD & <ridge>", .n = N, .x = x9, .y = y9, .lo = low9, .hi = high9},
      {.name = "mean", .n = N, .x = x9, .y = flat9, .faint = true},
  };
  const struct assay_plot plot = {
      .title = "Error \"grows\" & grows",
      .subtitle = "cavity < 2385",
      .x = {.label = "lead time (s)"},
      .y = {.label = "VRMSE", .scale = ASSAY_SCALE_LOG},
      .series = series,
      .n_series = 2,
  };
  (void)state;
  char *svg = svg_of(&plot);
  assert_well_formed(svg);
  assert_int_equal(count(svg, "POD &amp; &lt;ridge&gt;: 0.5, 0.021 [0.018, 0.025]</title>"), 1);
  assert_int_equal(count(svg, "<title>"), N); /* the faint line stays silent */
  assert_int_equal(count(svg, ">lead time (s)</text>"), 1);
  assert_int_equal(count(svg, ">mean</text>"), 1);
  assert_int_equal(count(svg, "fill-opacity=\"0.17\""), 1); /* the ribbon */
  assert_int_equal(count(svg, "stroke-dasharray"), 1);
  assert_int_equal(count(svg, "prefers-color-scheme:dark"), 1);
  assert_int_equal(count(svg, "nan"), 0);
  free(svg);
}

/* The same texts, coordinates and order give the same bytes. */
static void plot_repeats(void **state)
{
  const struct assay_series series = {.name = "a", .n = N, .x = x9, .y = y9};
  const struct assay_plot plot = {.series = &series, .n_series = 1};
  (void)state;
  char *a = svg_of(&plot), *b = svg_of(&plot);
  assert_string_equal(a, b);
  free(a);
  free(b);
}

static void stumble_finds_what_is_wrong(void **state)
{
  (void)state;
  assert_null(stumble("<a b=\"c\"><d/>x &amp; y</a>\n"));
  assert_non_null(stumble("<a><b></a></b>"));
  assert_non_null(stumble("<a>x & y</a>"));
  assert_non_null(stumble("<a b=\"x<y\"/>"));
  assert_non_null(stumble("<a>"));
  assert_non_null(stumble("<a/><b/>"));
}

/* Coordinates of all line vertices of one series lie in the frame, though the data do not. */
static void lines_are_cut_at_the_frame(void **state)
{
  const double x[] = {0, 1, 2, 3, 4, 5}, y[] = {-50, 2.385, 900, 3.1, NAN, 1.7};
  const struct assay_series series = {.n = 6, .x = x, .y = y};
  const struct assay_plot plot = {
      .y = {.lo = 0, .hi = 10}, .x = {.lo = 0.25, .hi = 4.75}, .series = &series, .n_series = 1};
  int lines = 0;
  (void)state;
  char *svg = svg_of(&plot);
  assert_well_formed(svg);
  for (char *at = svg; (at = strstr(at, "<path class=\"l-s0\"")); at++) {
    char *d = strstr(at, " d=\"M") + 4;
    lines++;
    while (*d == 'M' || *d == 'L') {
      char *end;
      const double px = strtod(d + 1, &end), py = strtod(end, &end);
      if (px < 10 || px > 640 || py < 11 || py > 390) fail_msg("vertex at %g, %g", px, py);
      d = end;
    }
  }
  assert_int_equal(lines, 2); /* up to the ceiling, and down from it; the gap ends the second */
  free(svg);
}

static void logarithms_leave_out_what_is_not_positive(void **state)
{
  const double x[] = {1, 2, 3, 4}, y[] = {0.5, 0, -3, 0.7};
  const struct assay_series series = {.n = 4, .x = x, .y = y, .draw = ASSAY_PLOT_POINTS};
  const struct assay_plot plot = {
      .y = {.scale = ASSAY_SCALE_LOG}, .series = &series, .n_series = 1};
  (void)state;
  char *svg = svg_of(&plot);
  assert_int_equal(count(svg, "<title>"), 2);
  assert_int_equal(count(svg, "inf"), 0);
  free(svg);
}

static void empty_plots_say_so(void **state)
{
  const double nothing[] = {NAN};
  const struct assay_series series = {.name = "a", .n = 1, .x = nothing, .y = nothing};
  const struct assay_plot none = {0}, gaps = {.series = &series, .n_series = 1};
  (void)state;
  char *a = svg_of(&none), *b = svg_of(&gaps);
  assert_well_formed(a);
  assert_int_equal(count(a, ">no data</text>"), 1);
  assert_int_equal(count(b, ">no data</text>"), 1);
  free(a);
  free(b);
}

static void every_style_looks_different(void **state)
{
  struct assay_series series[ASSAY_SERIES_STYLES];
  const double x[] = {1.5}, y[] = {2.385};
  char *last = NULL;
  (void)state;
  for (int i = 0; i < ASSAY_SERIES_STYLES; i++) {
    series[0] =
        (struct assay_series){.n = 1, .x = x, .y = y, .draw = ASSAY_PLOT_POINTS, .style = i + 1};
    const struct assay_plot plot = {.series = series, .n_series = 1};
    char *svg = svg_of(&plot);
    char *symbol = strstr(svg, "class=\"l-paper f-s");
    assert_non_null(symbol);
    assert_int_equal(symbol[18], '0' + i);
    if (last) assert_string_not_equal(strchr(symbol, '>') - 40, last);
    free(last);
    last = strdup(strchr(symbol, '>') - 40);
    free(svg);
  }
  free(last);
}

static void categories_run_downwards(void **state)
{
  const char *const names[] = {"coarse solver", "DMD", NULL};
  const double x[] = {1.2, 2.385}, y[] = {0, 1}, lo[] = {1, 1.8}, hi[] = {1.6, 2.7};
  const struct assay_series series = {
      .n = 2, .x = x, .y = y, .x_lo = lo, .x_hi = hi, .draw = ASSAY_PLOT_POINTS};
  const struct assay_plot plot = {.y = {.categories = names}, .series = &series, .n_series = 1};
  (void)state;
  char *svg = svg_of(&plot);
  char *first = strstr(svg, "cy=\""), *second = strstr(first + 1, "cy=\"");
  assert_true(strtod(first + 4, NULL) < strtod(second + 4, NULL));
  assert_int_equal(count(svg, "<title>1.2, coarse solver</title>"), 1);
  free(svg);
}

static void labels_do_not_lie_on_each_other(void **state)
{
  enum { M = 12 };
  double x[M], y[M];
  const char *labels[M], *const text = "a method name";
  (void)state;
  for (int i = 0; i < M; i++) {
    x[i] = 1 + 0.03 * (i % 4);
    y[i] = 2 + 0.04 * (i / 4);
    labels[i] = text;
  }
  const struct assay_series series = {
      .n = M, .x = x, .y = y, .labels = labels, .draw = ASSAY_PLOT_POINTS};
  const struct assay_plot plot = {
      .x = {.lo = 0, .hi = 4}, .y = {.lo = 0, .hi = 4}, .series = &series, .n_series = 1};
  char *svg = svg_of(&plot);
  double at[M][3];
  int n = 0;
  const double w = assay_text_width(text, 12, false);
  for (char *end = svg; (end = strstr(end, ">a method name</text>")); end++) {
    char *from = end;
    while (strncmp(from, "<text", 5)) from--;
    const double px = strtod(strstr(from, " x=\"") + 4, NULL);
    char *anchor = strstr(from, "text-anchor=\"");
    const int shift = !anchor || anchor > end ? 0 : anchor[13] == 'm' ? 1 : 2;
    at[n][0] = px - 0.5 * shift * w;
    at[n][1] = strtod(strstr(from, " y=\"") + 4, NULL);
    for (int k = 0; k < n; k++)
      if (fabs(at[k][0] - at[n][0]) < w && fabs(at[k][1] - at[n][1]) < 12)
        fail_msg("labels %d and %d overlap", k, n);
    n++;
  }
  assert_true(n >= 4 && n < M);
  free(svg);
}

static void names_at_line_ends_keep_apart(void **state)
{
  double y[5][N], last = -100;
  const char *const names[] = {"method-a", "method-b", "method-c", "method-d", "method-e"};
  struct assay_series series[5];
  (void)state;
  for (int k = 0; k < 5; k++) {
    for (int i = 0; i < N; i++) y[k][i] = y9[i] + 0.004 * k + (k == 4 ? 0.4 : 0);
    series[k] = (struct assay_series){.name = names[k], .n = N, .x = x9, .y = y[k]};
  }
  const struct assay_plot plot = {.series = series, .n_series = 5};
  char *svg = svg_of(&plot);
  for (int k = 4; k >= 0; k--) {
    char text[32];
    snprintf(text, sizeof text, ">%s</text>", names[k]);
    char *from = strstr(svg, text);
    assert_non_null(from);
    while (strncmp(from, "<text", 5)) from--;
    const double at = strtod(strstr(from, " y=\"") + 4, NULL);
    assert_true(at > last + 14);
    last = at;
  }
  free(svg);
}

static void wrong_limits_are_refused(void **state)
{
  const struct assay_plot upside = {.y = {.lo = 2.385, .hi = 1}};
  const struct assay_plot negative = {.x = {.lo = -1, .hi = 1, .scale = ASSAY_SCALE_LOG}};
  const struct assay_plot tiny = {.width = 60, .height = 50};
  (void)state;
  assert_fails(assay_plot_svg(&upside, stdout), ASSAY_EARG, "y limits 2.385 to 1");
  assert_fails(assay_plot_svg(&negative, stdout), ASSAY_EARG, "x limits -1 to 1");
  assert_fails(assay_plot_svg(&tiny, stdout), ASSAY_EARG, "60 x 50");
}

static void full_disk_is_noticed(void **state)
{
  const struct assay_plot plot = {.title = "no room"};
  (void)state;
  FILE *full = fopen("/dev/full", "w");
  assert_non_null(full);
  assert_fails(assay_plot_svg(&plot, full), ASSAY_EIO, "could not be written");
  fclose(full);
  assert_fails(assay_plot_svg_file(&plot, "no/such/place.svg"), ASSAY_EIO, "place.svg");
}

/* Pixels: series colour where the line is, paper in the corner. */
static void pixels_show_the_line(void **state)
{
  const double x[] = {0, 10}, y[] = {5, 5};
  const struct assay_series series = {.n = 2, .x = x, .y = y};
  const struct assay_plot plot = {.y = {.lo = 0, .hi = 10}, .series = &series, .n_series = 1};
  struct assay_image image;
  int found = 0;
  const struct assay_rgb c = assay_colour_series(0, false);
  (void)state;
  assert_ok(assay_plot_image(&image, &plot, 1.5));
  assert_int_equal(image.width, 960);
  assert_int_equal(image.height, 600);
  assert_int_equal(image.rgba[0] & image.rgba[1] & image.rgba[2], 255);
  for (int i = 0; i < image.height; i++) {
    const uint8_t *p = image.rgba + 4 * (i * image.width + 600);
    found += fabs(p[0] - 255 * c.r) < 2 && fabs(p[1] - 255 * c.g) < 2 && fabs(p[2] - 255 * c.b) < 2;
  }
  assert_true(found >= 2 && found <= 4);
  assay_image_destroy(&image);
  assert_fails(assay_plot_image(&image, &plot, 1e3), ASSAY_EARG, "640000");
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plot_is_well_formed_and_complete),
      cmocka_unit_test(stumble_finds_what_is_wrong),
      cmocka_unit_test(plot_repeats),
      cmocka_unit_test(lines_are_cut_at_the_frame),
      cmocka_unit_test(logarithms_leave_out_what_is_not_positive),
      cmocka_unit_test(empty_plots_say_so),
      cmocka_unit_test(every_style_looks_different),
      cmocka_unit_test(categories_run_downwards),
      cmocka_unit_test(labels_do_not_lie_on_each_other),
      cmocka_unit_test(names_at_line_ends_keep_apart),
      cmocka_unit_test(wrong_limits_are_refused),
      cmocka_unit_test(full_disk_is_noticed),
      cmocka_unit_test(pixels_show_the_line),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

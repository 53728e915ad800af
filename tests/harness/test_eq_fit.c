/* assay eq fit, by running the program: laws in tables of text, and tables that cannot be used. */
#include "tests/harness/assay_program.h"

#include <jansson.h>
#include <math.h>

#include "core/base/file.h"

/* Numbers without order between 0 and 1. */
static double drawn(int i, int column)
{
  static const double golden[] = {0.5698402909980532, 0.7548776662466927, 0.6180339887498949};
  const double place = (i + 1) * golden[column];
  return place - floor(place);
}

enum { ROWS = 60 };

/* ROWS lines of m, v, r, t, m v^2 / r with this between fields, below the header. */
static void write_table(const char *path, const char *header, const char *between)
{
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(header, f);
  for (int i = 0; i < ROWS; i++) {
    const double m = 1 + 4 * drawn(i, 0), v = 0.3 + 8 * drawn(i, 1), r = 0.5 + 2 * drawn(i, 2);
    fprintf(f, "%.17g%s%.17g%s2.385%s%.17g%s%.17g\n", m, between, v, between, between, r, between,
            m * v * v / r);
  }
  assert_int_equal(fclose(f), 0);
}

static void a_law_is_found(void **state)
{
  (void)state;
  write_table("law.csv", "# measured at night\nmass,speed,room,radius,force\n", ",");
  assert_assay(0, "48 rows fit, 6 choose, 6 are held out", "eq", "fit", "law.csv");
  assert_said("force from 4 columns");
  assert_said("column 'room' is constant: it cannot matter");
  assert_said("a law that matches to rounding");
  assert_said("*           7   1.000000");
  assert_said("  mass*speed^2/radius\n");
  assert_assay(0, "  sqrt(radius*force/mass)\n", "eq", "fit", "law.csv", "--target", "speed",
               "--seed", "4");
  assert_assay(0, "54 rows fit, 6 choose, 0 are held out", "eq", "fit", "law.csv", "--holdout",
               "0");
  assert_said("on the rows that choose");
}

static void tables_come_in_many_forms(void **state)
{
  (void)state;
  static const struct {
    const char *header, *between, *equation;
  } forms[] = {
      {"", " ", "  x0*x1^2/x3\n"},
      {"# x y\n", " \t  ", "  x0*x1^2/x3\n"},
      {"\xef\xbb\xbfm;v;room;r;F\r\n", "; ", "  m*v^2/r\n"},
      {"m\tv\troom\tr r\tF\n", "\t", "  m*v^2/x3\n"},
      {"\"m\",\"v\",\"a, \"\"b\"\"\",\"r\",\"F\"\n\n", " ,", "  m*v^2/r\n"},
      {"x3,sin,room,pi,F\n", ",", "  x3*x1^2/column_x3\n"},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    write_table("form.csv", forms[i].header, forms[i].between);
    assert_assay(0, forms[i].equation, "eq", "fit", "form.csv");
  }
  assert_said("column 'sin' is called x1 in equations");
}

static void json_says_the_same(void **state)
{
  (void)state;
  json_error_t where;
  write_table("law.csv", "mass,speed,room,radius,force\n", ",");
  assert_assay(0, "{", "eq", "fit", "law.csv", "--json", "--work", "1e9", "--seed", "7");
  json_t *all = json_loads(strchr(said, '{'), 0, &where);
  assert_non_null(all);
  const json_t *list = json_object_get(all, "equations"), *m;
  size_t i, selected = 0;
  assert_int_equal(json_integer_value(json_object_get(json_object_get(all, "rows"), "fit")), 48);
  assert_int_equal(json_integer_value(json_object_get(all, "seed")), 7);
  assert_true(json_is_true(json_object_get(all, "exact")));
  assert_string_equal(json_string_value(json_object_get(all, "end")),
                      "a law that matches to rounding");
  assert_int_equal(json_array_size(json_object_get(all, "inputs")), 4);
  json_array_foreach((json_t *)(uintptr_t)list, i, m)
  {
    if (!json_is_true(json_object_get(m, "selected"))) continue;
    selected++;
    assert_string_equal(json_string_value(json_object_get(m, "equation")), "mass*speed^2/radius");
    assert_string_equal(json_string_value(json_object_get(m, "native")), "x0*x1^2/x3");
    assert_int_equal(json_integer_value(json_object_get(m, "complexity")), 7);
    assert_true(json_real_value(json_object_get(m, "r2")) > 1 - 1e-12);
    assert_true(json_real_value(json_object_get(m, "median_relative_error")) < 1e-14);
  }
  assert_int_equal(selected, 1);
  json_decref(all);
}

/* 3 + 2 a - 0.7 b^2 with noise of a hundredth: no search for exact laws says that. */
static void noisy_data_are_described(void **state)
{
  (void)state;
  static const double points[][2] = {{0.4, 1.7}, {-1.5, 2.6}, {2.2, -0.8}};
  json_error_t where;
  FILE *f = fopen("noisy.csv", "w");
  assert_non_null(f);
  fputs("a,b,y\n", f);
  for (int i = 0; i < 3 * ROWS; i++) {
    const double a = 5 * drawn(i, 0) - 2, b = 5 * drawn(i, 1) - 2;
    fprintf(f, "%.17g,%.17g,%.17g\n", a, b, 3 + 2 * a - 0.7 * b * b + 0.02 * (drawn(i, 2) - 0.5));
  }
  assert_int_equal(fclose(f), 0);
  assert_assay(0, "{", "eq", "fit", "noisy.csv", "--work", "1e8", "--json");
  json_t *all = json_loads(strchr(said, '{'), 0, &where), *m;
  char *text = NULL;
  size_t i;
  double best = -1;
  json_array_foreach(json_object_get(all, "equations"), i, m)
  {
    if (!json_is_true(json_object_get(m, "selected"))) continue;
    best = json_real_value(json_object_get(m, "r2"));
    assert_true(json_integer_value(json_object_get(m, "complexity")) < 20);
    assert_ok(assay_strdup(&text, json_string_value(json_object_get(m, "equation"))));
  }
  assert_true(best > 0.9999);
  assert_true(json_is_false(json_object_get(all, "exact")));
  for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
    char at[60];
    snprintf(at, sizeof at, "a=%g,b=%g", points[k][0], points[k][1]);
    assert_assay(0, "", "eq", "eval", "--at", at, "--", text);
    const double y = 3 + 2 * points[k][0] - 0.7 * points[k][1] * points[k][1];
    assert_true(fabs(strtod(said, NULL) - y) < 0.01);
  }
  assay_free(text);
  json_decref(all);
}

/* Without a law the budget ends the search, and the same work finds the same. */
static void work_bounds_the_search(void **state)
{
  (void)state;
  FILE *f = fopen("noise.csv", "w");
  assert_non_null(f);
  for (int i = 0; i < ROWS; i++)
    fprintf(f, "%.17g,%.17g,%.17g\n", drawn(i, 0), drawn(i, 1), drawn((i * 37) % ROWS, 2) - 0.4);
  assert_int_equal(fclose(f), 0);
  assert_assay(0, "the work was done", "eq", "fit", "noise.csv", "--work", "3e6", "--seed", "5");
  char *first = NULL;
  assert_ok(assay_strdup(&first, strstr(said, "complexity")));
  assert_assay(0, first, "eq", "fit", "noise.csv", "--work", "3e6", "--seed", "5");
  assay_free(first);
  assert_assay(0, "the time was up", "eq", "fit", "noise.csv", "--seconds", "0.2");
}

/* ROWS lines of a fall through h metres: height, gravity, time. */
static void write_fall(const char *header)
{
  FILE *f = fopen("fall.csv", "w");
  assert_non_null(f);
  fputs(header, f);
  for (int i = 0; i < ROWS; i++) {
    const double h = 1 + 40 * drawn(i, 0), g = 1 + 20 * drawn(i, 1);
    fprintf(f, "%.17g,%.17g,%.17g\n", h, g, sqrt(2 * h / g));
  }
  assert_int_equal(fclose(f), 0);
}

static void units_come_from_the_header_or_an_option(void **state)
{
  (void)state;
  write_fall("height [m],gravity [m s-2],time [s]\n");
  assert_assay(0, "units: time = a number times sqrt(height/gravity)\n", "eq", "fit", "fall.csv");
  assert_said("  1.414213562373095*sqrt(height/gravity)\n");
  assert_assay(0, "units: gravity = a number times height/time^2\n", "eq", "fit", "fall.csv",
               "--target", "gravity");
  write_fall("height,gravity,time\n");
  assert_assay(0, "units: time = a number times", "eq", "fit", "fall.csv", "--units",
               "gravity=m s-2,time=s,height=m");
  write_text("units.txt", "# SI\ntime = s\n\nheight=m\ngravity = kg m s-2\n");
  assert_assay(0, "units: no product of the columns has that of time", "eq", "fit", "fall.csv",
               "--units", "units.txt", "--work", "1e7");
  assert_assay(0, "\"product\": \"sqrt(height/gravity)\"", "eq", "fit", "fall.csv", "--json",
               "--units", "units.txt,gravity=N kg-1", "--work", "1e7");
  write_table("law.csv", "a [m],b [m],c [m],d [m],e [m2]\n", ",");
  assert_assay(0, "units: e = ", "eq", "fit", "law.csv", "--work", "1e7");
  assert_said(" times a function of ");
}

static void units_that_cannot_be_used_are_said(void **state)
{
  (void)state;
  static const struct {
    const char *units, *message;
  } bad[] = {
      {"height=m,time=s", "--units: no unit for column 'gravity': all columns need one"},
      {"height=mm", "--units: height: unit 'mm': no SI unit 'mm'"},
      {"hight=m", "--units: no column 'hight' (did you mean"},
      {"missing.txt", "missing.txt"},
  };
  write_fall("height,gravity,time\n");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_assay(1, bad[i].message, "eq", "fit", "fall.csv", "--units", bad[i].units);
  write_text("units.txt", "height = m\ntime\n");
  assert_assay(1, "units.txt:2: expected name=unit, got 'time'", "eq", "fit", "fall.csv", "--units",
               "units.txt");
  write_fall("height [mm],gravity [m s-2],time [s]\n");
  assert_assay(0, "units are not used: column 'height': unit 'mm': no SI unit 'mm'", "eq", "fit",
               "fall.csv");
  assert_said("sqrt(height/gravity)\n");
  write_fall("height [m],gravity,time [s]\n");
  assert_assay(0, "units are not used: column 'gravity' has none", "eq", "fit", "fall.csv");
}

/* Magnitudes at both ends of double precision; a column that says nothing; few rows. */
static void extreme_tables_are_answered(void **state)
{
  (void)state;
  FILE *f = fopen("huge.csv", "w"), *g = fopen("still.csv", "w");
  assert_non_null(f);
  assert_non_null(g);
  fputs("a,b,y\n", f);
  fputs("a,b,y\n", g);
  for (int i = 0; i < ROWS; i++) {
    const double a = 1e300 * (0.2 + drawn(i, 0)), b = 1e-305 * (0.2 + drawn(i, 1));
    fprintf(f, "%.17g,%.17g,%.17g\n", a, b, a * b);
    fprintf(g, "2,3.5,%.17g\n", 1 + drawn(i, 2));
  }
  assert_int_equal(fclose(f), 0);
  assert_int_equal(fclose(g), 0);
  assert_assay(0, "  a*b\n", "eq", "fit", "huge.csv");
  assert_assay(0, "column 'b' is constant: it cannot matter", "eq", "fit", "still.csv");
  assert_said("*           1");
  write_text("few.csv", "1 1\n2 4\n3 9\n4 16\n5 25\n6 36\n7 49\n8 64\n");
  assert_assay(0, "  x0^2\n", "eq", "fit", "few.csv");
}

static void bad_tables_are_refused(void **state)
{
  (void)state;
  static const char rows[] = "1,2,3\n2,3,4\n3,4,6\n4,5,6\n5,6,7\n6,7,8\n7,8,9\n8,9,10\n";
  static const struct {
    const char *before, *after, *message;
  } cases[] = {
      {"a,b,y\n", "7,8\n", "bad.csv:10: expected 3 fields, found 2"},
      {"a,b,y\n# note\n\n", "7,8,9,10\n", "bad.csv:12: expected 3 fields, found 4"},
      {"a,b,y\n", "7,high,9\n", "bad.csv:10: column b: expected a number, got 'high'"},
      {"a,b,y\n", "7,,9\n", "bad.csv:10: column b: expected a number, got ''"},
      {"a,b,y\n", "7,nan,9\n", "bad.csv:10: column b: not a finite number"},
      {"", "\"7\"5e,8,9\n", "bad.csv:9: column x0: expected a number, got '75e'"},
      {"", "-inf,8,9\n", "bad.csv:9: column x0: not a finite number"},
      {"", "7,8,1e999\n", "bad.csv:9: column x2: not a finite number"},
      {"a,b,a\n", "", "columns 1 and 3 are both called 'a'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[400];
    snprintf(text, sizeof text, "%s%s%s", cases[i].before, rows, cases[i].after);
    write_text("bad.csv", text);
    assert_assay(1, cases[i].message, "eq", "fit", "bad.csv");
  }
  write_text("bad.csv", rows);
  assert_assay(1, "bad.csv: no column 'x7' (did you mean", "eq", "fit", "bad.csv", "--target",
               "x7");
  write_text("bad.csv", "1,2\n2,3\n3,5\n4,5\n5,6\n6,7\n7,9\n");
  assert_assay(1, "bad.csv: too few rows: 7, at least 8 are needed", "eq", "fit", "bad.csv");
  assert_assay(0, "5 rows fit, 2 choose", "eq", "fit", "bad.csv", "--holdout", "0", "--work",
               "1e6");
  write_text("bad.csv", "y\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  assert_assay(1, "bad.csv: only one column, 'y'", "eq", "fit", "bad.csv");
  write_text("bad.csv", "1 7\n2 7\n3 7\n4 7\n5 7\n6 7\n7 7\n8 7\n");
  assert_assay(1, "the target 'x1' is constant", "eq", "fit", "bad.csv");
  write_text("bad.csv", "# nothing\n");
  assert_assay(1, "bad.csv: empty", "eq", "fit", "bad.csv");
  assert_assay(1, "missing.csv", "eq", "fit", "missing.csv");
  assert_assay(1, "holdout", "eq", "fit", "bad.csv", "--holdout", "0.7");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(a_law_is_found),
      IN_FOLDER(tables_come_in_many_forms),
      IN_FOLDER(json_says_the_same),
      IN_FOLDER(work_bounds_the_search),
      IN_FOLDER(noisy_data_are_described),
      IN_FOLDER(extreme_tables_are_answered),
      IN_FOLDER(bad_tables_are_refused),
      IN_FOLDER(units_come_from_the_header_or_an_option),
      IN_FOLDER(units_that_cannot_be_used_are_said),
  };
  if (find_programs() != 0) {
    fprintf(stderr, "the program assay is not built\n");
    return 77;
  }
  const int failed = cmocka_run_group_tests_name("harness/eq_fit", tests, NULL, NULL);
  assay_free(said);
  return failed;
}

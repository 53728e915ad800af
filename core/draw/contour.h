/* Contour lines of values on a grid, by marching squares. */
#ifndef ASSAY_CORE_DRAW_CONTOUR_H
#define ASSAY_CORE_DRAW_CONTOUR_H

/* Called for every piece of a line, in cells: (0, 0) is the first value, x along nx. */
typedef void assay_contour_visit(void *payload, double x0, double y0, double x1, double y1);

/* Pieces of the line values = level, linear between neighbours; values [ny, nx]. Squares with a
 * value that is not finite are left out. */
void assay_contour(const double *values, int nx, int ny, double level, assay_contour_visit *visit,
                   void *payload);

/* Cubic between values [ny, nx] at (x, y) in cells, constant outside: smooth curves through what is
 * given on few cells, at the price of corners a little rounded. Exact for linear values. */
double assay_bicubic(const double *values, int nx, int ny, double x, double y);

#endif

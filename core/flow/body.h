/* Fixed obstacles in a flow, given by a distance function, and what a uniform grid sees of them:
 * the open fraction of every face, the fluid fraction of every cell, the distance of any point.
 *
 * A shape is a callback that returns the signed distance to its surface, positive in the fluid,
 * negative in the solid. The zero set decides all geometry (apertures and fractions are exact for
 * it, whatever the function does elsewhere); the magnitude is used within two cells of the surface,
 * where it must be a distance to second order. Ready-made shapes are below; a body may also be
 * turned inside out, which makes the fluid fill the inside of a shape. */
#ifndef ASSAY_CORE_FLOW_BODY_H
#define ASSAY_CORE_FLOW_BODY_H
#include <stddef.h>

/* Signed distance of (x, y) in m. */
typedef double assay_shape(const void *data, double x, double y);

struct assay_body {
  assay_shape *shape;
  const void *data; /* borrowed for as long as the grid or the solver lives */
  double slide;     /* m/s, speed of the surface along itself, positive with the solid on its left,
                       that is, counter-clockwise around a body; a circle of radius R that turns with
                       w rad/s has slide = w R */
  int inside_out;   /* the solid is outside the shape */
  const char *name; /* for messages; NULL: "body" and its number */
};

struct assay_circle {
  double x, y, radius;
};
assay_shape assay_circle_distance; /* data: struct assay_circle */

struct assay_ellipse {
  double x, y, a, b; /* half axes along x and y */
};
assay_shape assay_ellipse_distance;

/* [x0, x1] x [y0, y1], with corners rounded to this radius (0: sharp) */
struct assay_rectangle {
  double x0, y0, x1, y1, rounding;
};
assay_shape assay_rectangle_distance;

/* n >= 3 corners in either sense, not crossing itself */
struct assay_polygon {
  int n;
  const double (*corner)[2];
};
assay_shape assay_polygon_distance;

/* All of several shapes as one body: the smallest distance. */
struct assay_union {
  int n;
  const struct assay_body *part; /* slide and name are not used */
};
assay_shape assay_union_distance;

/* Distance to body b with its sense, and its gradient (unit normal into the fluid) by differences
 * over h. */
double assay_body_distance(const struct assay_body *b, double x, double y);
void assay_body_normal(double normal[2], const struct assay_body *b, double x, double y, double h);

/* Share of the segment between two points that lies in the fluid, in [0, 1], to 1e-12. At most
 * ends / 2 pieces are found if they are longer than 1/16 of the segment. mid: if not NULL, the
 * centroid of the open part as a fraction of the way. */
double assay_body_open(const struct assay_body *b, const double from[2], const double to[2],
                       double *mid);

/* Share of the rectangle [x, x+dx] x [y, y+dy] that lies in the fluid, to 1e-10, by Gauss
 * quadrature over the piece of surface inside, after subdivision down to where one smooth piece is
 * left. centroid: of the fluid part, if not NULL. */
double assay_body_fraction(const struct assay_body *b, double x, double y, double dx, double dy,
                           double centroid[2]);

#endif

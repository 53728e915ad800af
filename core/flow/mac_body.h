/* Obstacles inside the MAC solver. Method: mac_body.c. */
#ifndef ASSAY_CORE_FLOW_MAC_BODY_H
#define ASSAY_CORE_FLOW_MAC_BODY_H
#include "core/flow/mac_internal.h"
#include "core/num/capacitance.h"

/* weight times the velocity at a face */
struct mac_link {
  ptrdiff_t at;
  double weight;
};

/* A face whose update differs from that of the kernels. Its viscous operator is
 * sum(links) + constant - diagonal q[at], in 1/m^2. */
struct mac_near {
  ptrdiff_t at;
  int i, j, body;
  int first, links;
  double constant, diagonal;
  double excess;     /* of the diagonal over that of the plain stencil, if positive */
  double open;       /* fraction of the face */
  double wall;       /* velocity of the nearest point of the surface, this component */
  double axis[2][3]; /* parts of the operator along x and y: before, here (-diagonal), after */
  int cut;           /* governed by the profile along the normal; links are not on its axes */
};

/* Faces in a solid: at, at+1, ..., at+n-1 of row j. */
struct mac_run {
  ptrdiff_t at;
  int i, j, n, body;
};

/* A face in a solid that carries the velocity of a sliding surface. */
struct mac_slider {
  ptrdiff_t at;
  double value;
  int body;
  int outermost; /* next to a face that is open; the others only spare it a jump behind */
};

/* What one velocity component sees. */
struct mac_shell {
  struct mac_near *near;
  struct mac_link *link;
  struct mac_run *run;
  struct mac_slider *slider;
  double *before; /* [nears] one step back: velocity; implicit, cut: the profile's part in links */
  int nears, links, runs, sliders;
};

/* A cell whose divergence is not what the kernels found. */
struct mac_cell {
  ptrdiff_t at;
  int cell;
};

/* Solid cells i .. i+n-1 of row j. */
struct mac_gap {
  int i, j, n;
};

/* Momentum per depth over density and cell area, or its rate. */
struct mac_push {
  double x, y, torque, power;
};

struct mac_bodies {
  int n;
  const struct assay_body *body;
  struct assay_body all; /* their union */
  struct assay_union parts;
  double *block;
  double *fraction, *distance; /* [ny, nx] */
  double *ax, *ay;             /* open fractions of the faces of u and v, laid out as these */
  struct mac_shell shell[2];
  struct mac_cell *cell;
  struct mac_gap *gap;
  int cells, gaps;
  struct assay_capacitance *capacitance;
  struct mac_lines *lines[2][2];                         /* by component and axis; implicit only */
  double (*centre)[2];                                   /* [n], for the torque */
  struct mac_push *rate, *old_rate, *impulse, *pressure; /* [n] each: see mac_body_step.c */
  struct assay_mac_load *load;                           /* [n] */
};

/* Are the bodies where a solver of these settings can see them? ASSAY_EARG. */
int assay_mac_check_bodies(const struct assay_mac_settings *s);

/* Geometry and lists (mac_body.c), stencils (mac_body_stencil.c). */
int assay_mac_create_bodies(struct assay_mac *m);
void assay_mac_destroy_bodies(struct mac_bodies *b);
int assay_mac_create_shell(struct assay_mac *m, int component);

/* One component in a sweep. Steps: n across its faces (along itself), t along them. */
struct mac_component {
  struct mac_shell *shell;
  ptrdiff_t n, t;
  const double *q, *w, *open_q, *open_w; /* this and the other component, open fractions */
  double *out, *h_out;
  const double *force;
  double inv_n, inv_t;
  int index;
};

struct mac_component assay_mac_component(const struct assay_mac *m, const struct assay_mac_sweep *s,
                                         int index);

/* At a face near a body (mac_body_power.c): sum of links; operator near the surface, 1/m^2; nu
 * times the plain one. */
double assay_mac_linked(const struct mac_shell *s, const struct mac_near *f, const double *q);
double assay_mac_viscous(const struct mac_shell *s, const struct mac_near *f, const double *q);
double assay_mac_plain(const struct mac_component *c, const struct assay_mac_sweep *s,
                       ptrdiff_t at);

/* The body next to a point. */
int assay_mac_owner(const struct assay_mac *m, double x, double y);

/* Time steps (mac_body_step.c). Before a step; before and after every sweep of it; after every
 * projection; at its end. The sweep took rates: no time step. */
void assay_mac_begin_loads(struct assay_mac *m);
void assay_mac_keep_before(struct assay_mac *m, struct mac_pair older);
void assay_mac_amend_bodies(struct assay_mac *m, const struct assay_mac_sweep *s, double dt);
void assay_mac_amend_body_rates(struct assay_mac *m, const struct assay_mac_sweep *s);
void assay_mac_settle_bodies(struct assay_mac *m, struct mac_pair w, double factor);
void assay_mac_end_loads(struct assay_mac *m, double dt, double ratio);

/* Implicit viscosity (mac_body_lines.c). Lines of a component along an axis that come near bodies;
 * the others are those outside of the range returned. */
int assay_mac_create_body_lines(struct assay_mac *m);
void assay_mac_destroy_body_lines(struct mac_bodies *b);
void assay_mac_factor_body_lines(const struct assay_mac *m, double a);
struct mac_range assay_mac_solve_body_lines(const struct assay_mac *m, double *field, int component,
                                            int axis);

/* Set the faces in solids to the velocity of the surface. */
void assay_mac_fill_solids(const struct assay_mac *m, struct mac_pair w);

/* Divergence of the fluxes through the open parts, in all cells at bodies. */
void assay_mac_body_divergence(const struct assay_mac *m, struct mac_pair w, double *div);

/* With bodies: vorticity at the corners, 0 in solids and continued beside them; out [ny+1, nx+1].
 */
void assay_mac_fluid_vorticity(const struct assay_mac *m, double *out, ptrdiff_t stride);
int assay_mac_corner_is_fluid(const struct assay_mac *m, int j, int i);

/* Continue phi into solid cells. */
void assay_mac_bridge(const struct assay_mac *m, double *phi);

#endif

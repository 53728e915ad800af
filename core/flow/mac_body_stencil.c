/* Viscous operator at the faces near a body, for one velocity component q. Equation errors of O(1)
 * are allowed in one layer of faces next to a surface where q is prescribed (they leave errors of
 * O(h^2) in q), but the operator must vanish for linear profiles.
 *
 * Fully open faces beside cut or closed ones: second differences along x and y with arms of unequal
 * length (Shortley & Weller 1938),
 *
 *   q'' = 2/(l + r) ((q_r - q)/r - (q - q_l)/l),
 *
 * where an arm ends at the next face, at the middle of a cut face whose middle is in the fluid
 * (value on the line from the surface through its mean), or at the surface.
 *
 * Cut faces: the mean velocity q belongs to the centroid of the open part, at the distance d from
 * the surface. The operator is the second difference along the normal between the surface and an
 * image point at the distance e, where q_e follows bilinearly from fully open faces,
 *
 *   q'' = k (q_s + (q_e - q_s) d/e - q),   k = 2/(d (e - d)).
 *
 * Differences along the surface are smaller by O(h). No diagonal exceeds `stiffest` / h^2: where
 * the surface is closer, the profile between it and the next face is made softer, not different. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_body.h"

static const double stiffest = 8;

enum { PATH_STEPS = 17 };

/* One velocity component on its lattice. */
struct lattice {
  const struct assay_mac *m;
  struct mac_shell *shell;
  const double *open;    /* open fractions */
  const double *other;   /* those of the other component */
  int component, nx, ny; /* unknowns: first..nx-1 columns, ny rows of faces */
};

static struct lattice lattice_of(const struct assay_mac *m, int component)
{
  struct mac_bodies *b = m->bodies;
  return (struct lattice){.m = m,
                          .shell = &b->shell[component],
                          .open = component ? b->ay : b->ax,
                          .other = component ? b->ax : b->ay,
                          .component = component,
                          .nx = component ? m->set.nx : m->set.nx + 1,
                          .ny = component ? m->set.ny + 1 : m->set.ny};
}

static void place(double p[2], const struct lattice *l, int j, int i)
{
  p[0] = (l->component ? i + 0.5 : i) * l->m->dx;
  p[1] = (l->component ? j : j + 0.5) * l->m->dy;
}

static double open_at(const struct lattice *l, int j, int i)
{
  return l->open[j * l->m->stride + i];
}

/* Velocity of the surface nearest to p, this component. */
static double surface_velocity(const struct lattice *l, const double p[2])
{
  const struct mac_bodies *b = l->m->bodies;
  const double h = 0.1 * fmin(l->m->dx, l->m->dy);
  const struct assay_body *body = &b->body[assay_mac_owner(l->m, p[0], p[1])];
  double n[2];
  if (body->slide == 0) return 0;
  const double d = assay_body_distance(body, p[0], p[1]);
  assay_body_normal(n, body, p[0], p[1], h);
  assay_body_normal(n, body, p[0] - d * n[0], p[1] - d * n[1], h);
  return body->slide * (l->component ? n[0] : -n[1]);
}

/* That of the rigid motion which has this velocity and the curvature of the surface there: what a
 * face in the solid carries. */
static double rigid_velocity(const struct lattice *l, const double p[2])
{
  const struct assay_body *b = &l->m->bodies->all;
  const double h = 0.25 * fmin(l->m->dx, l->m->dy), d = assay_body_distance(b, p[0], p[1]);
  double n[2];
  assay_body_normal(n, b, p[0], p[1], h);
  const double x = p[0] - d * n[0], y = p[1] - d * n[1]; /* on the surface */
  const double around = assay_body_distance(b, x + h, y) + assay_body_distance(b, x - h, y) +
                        assay_body_distance(b, x, y + h) + assay_body_distance(b, x, y - h);
  const double curvature = (around - 4 * assay_body_distance(b, x, y)) / (h * h);
  return surface_velocity(l, p) * (1 + curvature * d);
}

/* Centroid of the open part of a face; its distance from the surface. */
static double centroid(double c[2], const struct lattice *l, int j, int i)
{
  double p[2], mid;
  place(p, l, j, i);
  const int along = l->component ? 0 : 1; /* axis of the face itself */
  const double half = 0.5 * (along ? l->m->dy : l->m->dx);
  double from[2] = {p[0], p[1]}, to[2] = {p[0], p[1]};
  from[along] -= half, to[along] += half;
  assay_body_open(&l->m->bodies->all, from, to, &mid);
  c[0] = p[0], c[1] = p[1];
  c[along] += (2 * mid - 1) * half;
  return assay_body_distance(&l->m->bodies->all, c[0], c[1]);
}

static int add_link(const struct lattice *l, struct mac_near *f, ptrdiff_t at, double weight)
{
  int rc = ASSAY_OK;
  struct mac_shell *s = l->shell;
  if ((s->links & (s->links - 1)) == 0)
    ASSAY_TRY(ASSAY_GROW(&s->link, s->links ? 2 * (size_t)s->links : 1, "links"));
  s->link[s->links++] = (struct mac_link){at, weight};
  f->links++;
done:
  return rc;
}

/* End of an arm: value = factor q[at] + constant at the distance `length`. */
struct arm {
  double length, factor, constant;
  ptrdiff_t at;
};

static struct arm arm_of(const struct lattice *l, int j, int i, int dj, int di)
{
  const double h = dj ? l->m->dy : l->m->dx, a = open_at(l, j + dj, i + di);
  struct arm r = {h, 1, 0, (j + dj) * l->m->stride + i + di};
  double here[2], next[2], c[2];
  if (a == 1) return r;
  place(here, l, j, i);
  place(next, l, j + dj, i + di);
  const double d = assay_body_distance(&l->m->bodies->all, next[0], next[1]);
  if (a > 0 && d > 0) {
    r.factor = fmin(d / centroid(c, l, j + dj, i + di), 1);
    r.constant = surface_velocity(l, next) - r.factor * surface_velocity(l, c);
    return r;
  }
  const double share = fmax(assay_body_open(&l->m->bodies->all, here, next, NULL), 1e-6);
  const double wall[2] = {here[0] + share * (next[0] - here[0]),
                          here[1] + share * (next[1] - here[1])};
  return (struct arm){share * h, 0, surface_velocity(l, wall), r.at};
}

static int add_axis(const struct lattice *l, struct mac_near *f, int axis)
{
  int rc = ASSAY_OK;
  const int dj = axis, di = !axis;
  const double h = axis ? l->m->dy : l->m->dx;
  const struct arm a[2] = {arm_of(l, f->j, f->i, -dj, -di), arm_of(l, f->j, f->i, dj, di)};
  const double diagonal = 2 / (a[0].length * a[1].length);
  const double soft = fmin(1, stiffest / (h * h) / diagonal);
  for (int k = 0; k < 2; k++) {
    const double c = soft * 2 / ((a[0].length + a[1].length) * a[k].length);
    f->constant += c * a[k].constant;
    f->axis[axis][2 * k] = c * a[k].factor;
    if (a[k].factor != 0) ASSAY_TRY(add_link(l, f, a[k].at, c * a[k].factor));
  }
  f->axis[axis][1] = -soft * diagonal;
  f->diagonal += soft * diagonal;
done:
  return rc;
}

/* Weights of a bilinear interpolation between fully open faces; 0 if there is another among them.
 */
static int bilinear(ptrdiff_t at[4], double weight[4], const struct lattice *l, const double p[2])
{
  const double x = p[0] / l->m->dx - (l->component ? 0.5 : 0);
  const double y = p[1] / l->m->dy - (l->component ? 0 : 0.5);
  const int i = (int)floor(x), j = (int)floor(y);
  const double fx = x - i, fy = y - j;
  if (i < 0 || j < 0 || i + 1 >= l->nx || j + 1 >= l->ny) return 0;
  for (int k = 0; k < 4; k++) {
    const int di = k & 1, dj = k >> 1;
    if (open_at(l, j + dj, i + di) < 1) return 0;
    at[k] = (j + dj) * l->m->stride + i + di;
    weight[k] = (di ? fx : 1 - fx) * (dj ? fy : 1 - fy);
  }
  return 1;
}

static int add_profile(const struct lattice *l, struct mac_near *f)
{
  int rc = ASSAY_OK;
  double c[2], n[2], p[2], weight[4], d = centroid(c, l, f->j, f->i), e = 0;
  ptrdiff_t at[4];
  const double dx = l->m->dx, dy = l->m->dy, least = fmin(dx, dy);
  assay_body_normal(n, &l->m->bodies->all, c[0], c[1], 0.1 * least);
  const double h = sqrt(n[0] * n[0] * dx * dx + n[1] * n[1] * dy * dy);
  int found = 0;
  d = fmax(d, 1e-6 * least);
  for (int k = 0; k < PATH_STEPS && !found; k++) {
    const double step = (1 + 0.125 * k) * h;
    p[0] = c[0] + step * n[0], p[1] = c[1] + step * n[1];
    e = d + step;
    found = bilinear(at, weight, l, p);
  }
  f->cut = 1; /* the whole operator counts as one along y, whatever the normal */
  f->wall = surface_velocity(l, c);
  f->diagonal = fmin(2 / (d * (e - d)), stiffest / (least * least));
  f->axis[1][1] = -f->diagonal;
  f->constant = f->diagonal * f->wall * (found ? 1 - d / e : 1);
  for (int k = 0; k < 4 && found; k++)
    if (weight[k] != 0) ASSAY_TRY(add_link(l, f, at[k], f->diagonal * weight[k] * d / e));
done:
  return rc;
}

static int add_near(const struct lattice *l, int j, int i)
{
  int rc = ASSAY_OK;
  struct mac_shell *s = l->shell;
  const double dx = l->m->dx, dy = l->m->dy, plain = 2 / (dx * dx) + 2 / (dy * dy);
  double p[2];
  place(p, l, j, i);
  struct mac_near f = {.at = j * l->m->stride + i,
                       .i = i,
                       .j = j,
                       .body = assay_mac_owner(l->m, p[0], p[1]),
                       .first = s->links,
                       .open = open_at(l, j, i),
                       .wall = surface_velocity(l, p)};
  if (f.open < 1) {
    ASSAY_TRY(add_profile(l, &f));
  } else {
    ASSAY_TRY(add_axis(l, &f, 0));
    ASSAY_TRY(add_axis(l, &f, 1));
  }
  f.excess = fmax(f.diagonal - plain, 0);
  if ((s->nears & (s->nears - 1)) == 0)
    ASSAY_TRY(ASSAY_GROW(&s->near, s->nears ? 2 * (size_t)s->nears : 1, "faces near obstacles"));
  s->near[s->nears++] = f;
done:
  return rc;
}

/* Does the control volume of a face touch one that is not fully open? */
static int is_near(const struct lattice *l, int j, int i)
{
  const ptrdiff_t st = l->m->stride, n = l->component ? st : 1, t = l->component ? 1 : st;
  const double *a = l->open + j * st + i, *b = l->other + j * st + i;
  return a[0] < 1 || a[n] < 1 || a[-n] < 1 || a[t] < 1 || a[-t] < 1 || b[0] < 1 || b[-n] < 1 ||
         b[t] < 1 || b[t - n] < 1;
}

static int touches_fluid(const struct lattice *l, int j, int i)
{
  const ptrdiff_t st = l->m->stride;
  const double *a = l->open + j * st + i;
  return a[1] > 0 || a[-1] > 0 || a[st] > 0 || a[-st] > 0;
}

static int add_solid(const struct lattice *l, int j, int i)
{
  int rc = ASSAY_OK;
  struct mac_shell *s = l->shell;
  const ptrdiff_t at = j * l->m->stride + i;
  struct mac_run *last = s->runs > 0 ? &s->run[s->runs - 1] : NULL;
  double p[2];
  place(p, l, j, i);
  const double reach = 2.5 * fmax(l->m->dx, l->m->dy);
  const double q =
      assay_body_distance(&l->m->bodies->all, p[0], p[1]) > -reach ? rigid_velocity(l, p) : 0;
  if (q != 0) {
    if ((s->sliders & (s->sliders - 1)) == 0)
      ASSAY_TRY(ASSAY_GROW(&s->slider, s->sliders ? 2 * (size_t)s->sliders : 1, "sliding faces"));
    s->slider[s->sliders++] =
        (struct mac_slider){at, q, assay_mac_owner(l->m, p[0], p[1]), touches_fluid(l, j, i)};
  }
  if (last && last->j == j && last->at + last->n == at) {
    last->n++;
    return rc;
  }
  if ((s->runs & (s->runs - 1)) == 0)
    ASSAY_TRY(ASSAY_GROW(&s->run, s->runs ? 2 * (size_t)s->runs : 1, "solid faces"));
  s->run[s->runs++] = (struct mac_run){at, i, j, 1, assay_mac_owner(l->m, p[0], p[1])};
done:
  return rc;
}

int assay_mac_create_shell(struct assay_mac *m, int component)
{
  int rc = ASSAY_OK;
  const struct lattice l = lattice_of(m, component);
  for (int j = 0; j < l.ny; j++)
    for (int i = 0; i < l.nx; i++) {
      if (open_at(&l, j, i) == 0)
        ASSAY_TRY(add_solid(&l, j, i));
      else if (is_near(&l, j, i))
        ASSAY_TRY(add_near(&l, j, i));
    }
  ASSAY_TRY(ASSAY_NEW(&l.shell->before, (size_t)l.shell->nears, "faces near obstacles"));
done:
  return rc;
}

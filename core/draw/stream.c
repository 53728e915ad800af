/* A line is the solution of dx/ds = u / |u| in arc length s, by the classical Runge-Kutta method of
 * fourth order with steps of a fraction of a cell, upstream and downstream from its seed. All lines
 * leave tracks, points a fifth of the separation apart, in square buckets as wide as the
 * separation, so that the nearest track is in one of nine buckets. */
#include "core/draw/stream.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/contour.h"

bool assay_flow_at(double *u, double *v, const struct assay_flow *f, double x, double y)
{
  const double gx = (x - f->x0) / f->dx, gy = (y - f->y0) / f->dy; /* in cells; 0 = first centre */
  if (!(gx >= -0.5 && gx <= f->nx - 0.5 && gy >= -0.5 && gy <= f->ny - 0.5)) return false;
  const double cx = fmin(fmax(gx, 0), f->nx - 1), cy = fmin(fmax(gy, 0), f->ny - 1);
  if (f->distance && assay_bicubic(f->distance, f->nx, f->ny, cx, cy) < 0) return false;
  if (!f->distance && f->mask && f->mask[(int)(cy + 0.5) * f->nx + (int)(cx + 0.5)] < 0.5)
    return false;
  const int i = (int)cx, j = (int)cy;
  const int east = i + 1 < f->nx ? 1 : 0, north = j + 1 < f->ny ? f->nx : 0;
  const double a = cx - i, b = cy - j;
  const double weight[4] = {(1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b};
  const int at = j * f->nx + i, corner[4] = {at, at + east, at + north, at + north + east};
  *u = *v = 0;
  for (int k = 0; k < 4; k++) {
    if (weight[k] == 0) continue;
    *u += weight[k] * f->u[corner[k]];
    *v += weight[k] * f->v[corner[k]];
  }
  return isfinite(*u) && isfinite(*v);
}

struct track {
  double x, y;
  int line, step; /* step counts along the line from its seed, negative upstream */
  int next;       /* in the same bucket, -1: none */
};

struct tracer {
  const struct assay_flow *flow;
  double separation, h; /* m; h: step */
  double slowest;       /* m/s; slower fluid has no direction */
  double left, bottom;  /* of the buckets */
  int bx, by;           /* buckets */
  int *bucket;          /* [by, bx] newest track, -1: none */
  struct track *track;
  int n_tracks, room_tracks;
  int every;         /* steps between tracks */
  double (*half)[2]; /* [STEPS_MAX] points of the half line being traced */
  struct assay_streamlines lines;
  int room_points, room_lines;
};

enum { STEPS_MAX = 20000 };

static int bucket_of(const struct tracer *t, double x, double y)
{
  int i = (int)((x - t->left) / t->separation), j = (int)((y - t->bottom) / t->separation);
  i = i < 0 ? 0 : i >= t->bx ? t->bx - 1 : i;
  j = j < 0 ? 0 : j >= t->by ? t->by - 1 : j;
  return j * t->bx + i;
}

static int leave_track(struct tracer *t, double x, double y, int line, int step)
{
  int rc = ASSAY_OK;
  if (t->n_tracks == t->room_tracks) {
    const int room = 2 * t->room_tracks + 1024;
    ASSAY_TRY(ASSAY_GROW(&t->track, (size_t)room, "stream tracks"));
    t->room_tracks = room;
  }
  const int b = bucket_of(t, x, y);
  t->track[t->n_tracks] = (struct track){x, y, line, step, t->bucket[b]};
  t->bucket[b] = t->n_tracks++;
done:
  return rc;
}

/* Take back the newest tracks down to n. */
static void forget_tracks(struct tracer *t, int n)
{
  while (t->n_tracks > n) {
    const struct track *last = &t->track[--t->n_tracks];
    t->bucket[bucket_of(t, last->x, last->y)] = last->next;
  }
}

/* Whether a track is nearer than `distance` (<= separation). Of line `own`, steps less than `near`
 * away from `step` do not count. */
static bool is_taken(const struct tracer *t, double x, double y, double distance, int own, int step,
                     int near)
{
  const int b = bucket_of(t, x, y), bi = b % t->bx, bj = b / t->bx;
  for (int j = bj > 0 ? bj - 1 : 0; j <= bj + 1 && j < t->by; j++)
    for (int i = bi > 0 ? bi - 1 : 0; i <= bi + 1 && i < t->bx; i++)
      for (int k = t->bucket[j * t->bx + i]; k >= 0; k = t->track[k].next) {
        const struct track *p = &t->track[k];
        if (p->line == own && p->step - step < near && step - p->step < near) continue;
        const double dx = p->x - x, dy = p->y - y;
        if (dx * dx + dy * dy < distance * distance) return true;
      }
  return false;
}

static bool direction(double *du, double *dv, const struct tracer *t, double x, double y)
{
  double u, v;
  if (!assay_flow_at(&u, &v, t->flow, x, y)) return false;
  const double speed = sqrt(u * u + v * v);
  if (!(speed > t->slowest)) return false;
  *du = u / speed;
  *dv = v / speed;
  return true;
}

/* One Runge-Kutta step of signed length h. */
static bool advance(double *x, double *y, const struct tracer *t, double h)
{
  double a[2], b[2], c[2], d[2];
  if (!direction(&a[0], &a[1], t, *x, *y) ||
      !direction(&b[0], &b[1], t, *x + h / 2 * a[0], *y + h / 2 * a[1]) ||
      !direction(&c[0], &c[1], t, *x + h / 2 * b[0], *y + h / 2 * b[1]) ||
      !direction(&d[0], &d[1], t, *x + h * c[0], *y + h * c[1]))
    return false;
  *x += h / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0]);
  *y += h / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1]);
  return true;
}

/* Trace from the seed in one sense (+1 downstream, -1 upstream) until something ends the line.
 * Points after the seed go to t->half; returns how many, -1 when memory ran out. */
static int trace_half(struct tracer *t, const double seed[2], int sense, int line, bool *closed)
{
  const int near = (int)(2 * t->separation / t->h);
  double x = seed[0], y = seed[1];
  int n = 0;
  while (n < STEPS_MAX) {
    if (!advance(&x, &y, t, sense * t->h)) break;
    const int step = sense * (n + 1);
    const double home = hypot(x - seed[0], y - seed[1]);
    if (n > near && home < 0.1 * t->separation + t->h) {
      *closed = true;
      break;
    }
    if (is_taken(t, x, y, 0.5 * t->separation, line, step, near) &&
        !(n > near && home < 0.5 * t->separation)) /* it may be about to close */
      break;
    t->half[n][0] = x;
    t->half[n][1] = y;
    n++;
    if (n % t->every == 0 && leave_track(t, x, y, line, step) < 0) return -1;
  }
  return n;
}

static int store_point(struct tracer *t, const double at[2])
{
  int rc = ASSAY_OK;
  struct assay_streamlines *s = &t->lines;
  if (s->n_points == t->room_points) {
    const int room = 2 * t->room_points + 4096;
    ASSAY_TRY(ASSAY_GROW(&s->at, (size_t)room, "streamlines"));
    t->room_points = room;
  }
  s->at[s->n_points][0] = at[0];
  s->at[s->n_points][1] = at[1];
  s->n_points++;
done:
  return rc;
}

static void reverse(double (*at)[2], int n)
{
  for (int i = 0, j = n - 1; i < j; i++, j--) {
    double tmp[2];
    memcpy(tmp, at[i], sizeof tmp);
    memcpy(at[i], at[j], sizeof tmp);
    memcpy(at[j], tmp, sizeof tmp);
  }
}

/* The line through a seed, if the place is free and the line long enough to be worth drawing. */
static int try_seed(struct tracer *t, const double seed[2], bool *taken)
{
  int rc = ASSAY_OK;
  struct assay_streamlines *s = &t->lines;
  const int line = s->n_lines, tracks = t->n_tracks, first = s->n_points;
  bool closed = false;
  double du, dv;
  *taken = false;
  if (!direction(&du, &dv, t, seed[0], seed[1])) goto done;
  if (is_taken(t, seed[0], seed[1], 0.97 * t->separation, -1, 0, 0)) goto done;
  ASSAY_TRY(leave_track(t, seed[0], seed[1], line, 0));
  const int up = trace_half(t, seed, -1, line, &closed);
  ASSAY_CHECK(up >= 0, ASSAY_ENOMEM, "streamlines: no memory");
  for (int i = 0; i < up; i++) ASSAY_TRY(store_point(t, t->half[i]));
  reverse(s->at + first, up);
  ASSAY_TRY(store_point(t, seed));
  if (closed) {
    const double home[2] = {s->at[first][0], s->at[first][1]}; /* the array may move */
    ASSAY_TRY(store_point(t, home));
  } else {
    const int down = trace_half(t, seed, +1, line, &closed);
    ASSAY_CHECK(down >= 0, ASSAY_ENOMEM, "streamlines: no memory");
    for (int i = 0; i < down; i++) ASSAY_TRY(store_point(t, t->half[i]));
  }
  const int n = s->n_points - first;
  if (n * t->h < 1.5 * t->separation) {
    s->n_points = first;
    forget_tracks(t, tracks);
    goto done;
  }
  if (line == t->room_lines) {
    const int room = 2 * t->room_lines + 64;
    ASSAY_TRY(ASSAY_GROW(&s->line, (size_t)room, "streamlines"));
    t->room_lines = room;
  }
  s->line[s->n_lines++] = (struct assay_streamline){first, n, closed};
  *taken = true;
done:
  return rc;
}

/* Seeds on both sides of line i, a separation away. */
static int seed_beside(struct tracer *t, int i)
{
  int rc = ASSAY_OK;
  const struct assay_streamline line = t->lines.line[i];
  const int stride = (int)(t->separation / t->h / 2) + 1;
  for (int k = 0; k < line.n; k += stride) {
    double x = t->lines.at[line.first + k][0], y = t->lines.at[line.first + k][1], du, dv;
    bool taken;
    if (!direction(&du, &dv, t, x, y)) continue;
    const double left[2] = {x - t->separation * dv, y + t->separation * du};
    const double right[2] = {x + t->separation * dv, y - t->separation * du};
    ASSAY_TRY(try_seed(t, left, &taken));
    ASSAY_TRY(try_seed(t, right, &taken));
  }
done:
  return rc;
}

static int grow_from(struct tracer *t, double x, double y)
{
  int rc = ASSAY_OK;
  const double seed[2] = {x, y};
  int next = t->lines.n_lines;
  bool taken;
  ASSAY_TRY(try_seed(t, seed, &taken));
  for (; next < t->lines.n_lines; next++) ASSAY_TRY(seed_beside(t, next));
done:
  return rc;
}

static double highest_speed(const struct assay_flow *f, int *where)
{
  double highest = 0;
  *where = 0;
  for (int k = 0; k < f->nx * f->ny; k++) {
    if (f->mask && f->mask[k] < 0.5) continue;
    const double speed = sqrt(f->u[k] * f->u[k] + f->v[k] * f->v[k]);
    if (!(speed > highest) || !isfinite(speed)) continue;
    highest = speed;
    *where = k;
  }
  return highest;
}

static int set_up(struct tracer *t, const struct assay_flow *f, double separation)
{
  int rc = ASSAY_OK;
  const double width = f->nx * f->dx, height = f->ny * f->dy;
  ASSAY_CHECK(separation > 0 && f->dx > 0 && f->dy > 0 && f->nx > 0 && f->ny > 0, ASSAY_EARG,
              "streamlines: %d x %d cells of %g x %g m, separation %g m", f->nx, f->ny, f->dx,
              f->dy, separation);
  ASSAY_CHECK(width / separation < 2000 && height / separation < 2000, ASSAY_EARG,
              "streamlines: a separation of %g m is too fine for %g x %g m", separation, width,
              height);
  t->flow = f;
  t->separation = separation;
  t->h = fmin(0.3 * fmin(f->dx, f->dy), 0.1 * separation);
  t->every = (int)fmax(1, 0.2 * separation / t->h);
  t->left = f->x0 - f->dx / 2;
  t->bottom = f->y0 - f->dy / 2;
  t->bx = (int)(width / separation) + 1;
  t->by = (int)(height / separation) + 1;
  ASSAY_TRY(ASSAY_NEW(&t->bucket, (size_t)t->bx * (size_t)t->by, "stream buckets"));
  for (int k = 0; k < t->bx * t->by; k++) t->bucket[k] = -1;
  ASSAY_TRY(ASSAY_NEW(&t->half, STEPS_MAX, "stream half"));
done:
  return rc;
}

int assay_streamlines_create(struct assay_streamlines *out, const struct assay_flow *f,
                             double separation)
{
  int rc = ASSAY_OK;
  struct tracer t = {0};
  int fastest;
  *out = (struct assay_streamlines){0};
  ASSAY_TRY(set_up(&t, f, separation));
  t.slowest = 1e-5 * highest_speed(f, &fastest);
  /* first the fastest place, then whatever region its lines did not lead to */
  ASSAY_TRY(grow_from(&t, f->x0 + fastest % f->nx * f->dx, f->y0 + fastest / f->nx * f->dy));
  for (double y = t.bottom + separation / 2; y < t.bottom + f->ny * f->dy; y += separation)
    for (double x = t.left + separation / 2; x < t.left + f->nx * f->dx; x += separation)
      ASSAY_TRY(grow_from(&t, x, y));
  *out = t.lines;
  t.lines = (struct assay_streamlines){0};
done:
  assay_streamlines_destroy(&t.lines);
  assay_free(t.bucket);
  assay_free(t.track);
  assay_free(t.half);
  return rc;
}

void assay_streamlines_destroy(struct assay_streamlines *s)
{
  assay_free(s->line);
  assay_free(s->at);
  *s = (struct assay_streamlines){0};
}

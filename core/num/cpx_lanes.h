/* Complex numbers in vector lanes and the smallest Fourier transforms of them, for kernel sources:
 *
 *   dftN   z[k] = sum_j z[j] exp(-2 pi i j k / N), in place */
#ifndef ASSAY_CORE_NUM_CPX_LANES_H
#define ASSAY_CORE_NUM_CPX_LANES_H
#include "core/num/lanes.h"

struct cpx {
  vec re, im;
};

INLINE struct cpx add(struct cpx a, struct cpx b)
{
  return (struct cpx){a.re + b.re, a.im + b.im};
}

INLINE struct cpx sub(struct cpx a, struct cpx b)
{
  return (struct cpx){a.re - b.re, a.im - b.im};
}

/* a - i b and a + i b */
INLINE struct cpx sub_i(struct cpx a, struct cpx b)
{
  return (struct cpx){a.re + b.im, a.im - b.re};
}

INLINE struct cpx add_i(struct cpx a, struct cpx b)
{
  return (struct cpx){a.re - b.im, a.im + b.re};
}

INLINE struct cpx scale(struct cpx a, double s)
{
  return (struct cpx){a.re * s, a.im * s};
}

/* a (c - i s) */
INLINE struct cpx turn(struct cpx a, double c, double s)
{
  return (struct cpx){a.re * c + a.im * s, a.im * c - a.re * s};
}

INLINE void dft2(struct cpx *z)
{
  const struct cpx t = z[0];
  z[0] = add(t, z[1]);
  z[1] = sub(t, z[1]);
}

INLINE void dft3(struct cpx *z)
{
  const double sin60 = 0.866025403784438646763723170752936183;
  const struct cpx t = add(z[1], z[2]), d = scale(sub(z[1], z[2]), sin60);
  const struct cpx m = sub(z[0], scale(t, 0.5));
  z[0] = add(z[0], t);
  z[1] = sub_i(m, d);
  z[2] = add_i(m, d);
}

INLINE void dft4(struct cpx *z)
{
  const struct cpx a = add(z[0], z[2]), b = sub(z[0], z[2]);
  const struct cpx c = add(z[1], z[3]), d = sub(z[1], z[3]);
  z[0] = add(a, c);
  z[1] = sub_i(b, d);
  z[2] = sub(a, c);
  z[3] = add_i(b, d);
}

INLINE void dft5(struct cpx *z)
{
  const double c1 = 0.309016994374947424102293417182819059;  /* cos 72 */
  const double c2 = -0.809016994374947424102293417182819059; /* cos 144 */
  const double s1 = 0.951056516295153572116439333379382143;  /* sin 72 */
  const double s2 = 0.587785252292473129168705954639072769;  /* sin 144 */
  const struct cpx p = add(z[1], z[4]), q = add(z[2], z[3]);
  const struct cpx d = sub(z[1], z[4]), e = sub(z[2], z[3]);
  const struct cpx a = add(z[0], add(scale(p, c1), scale(q, c2)));
  const struct cpx b = add(z[0], add(scale(p, c2), scale(q, c1)));
  const struct cpx f = add(scale(d, s1), scale(e, s2));
  const struct cpx g = sub(scale(d, s2), scale(e, s1));
  z[0] = add(z[0], add(p, q));
  z[1] = sub_i(a, f);
  z[2] = sub_i(b, g);
  z[3] = add_i(b, g);
  z[4] = add_i(a, f);
}

static const double half_root = 0.707106781186547524400844362104849039;

/* a exp(-i pi/4), a exp(-3 i pi/4) */
INLINE struct cpx turn_eighth(struct cpx a)
{
  return (struct cpx){(a.re + a.im) * half_root, (a.im - a.re) * half_root};
}

INLINE struct cpx turn_3_eighths(struct cpx a)
{
  return (struct cpx){(a.im - a.re) * half_root, (a.re + a.im) * -half_root};
}

/* z exp(-2 pi i c r / 16) */
INLINE struct cpx turn_16(struct cpx z, int cr)
{
  const double c = 0.923879532511286756128183189396788287; /* cos pi/8 */
  const double s = 0.382683432365089771728459984030398867; /* sin pi/8 */
  switch (cr) {
  case 1:
    return turn(z, c, s);
  case 2:
    return turn_eighth(z);
  case 3:
    return turn(z, s, c);
  case 4:
    return (struct cpx){z.im, -z.re};
  case 6:
    return turn_3_eighths(z);
  case 9:
    return turn(z, -c, -s);
  default:
    return z;
  }
}

#endif

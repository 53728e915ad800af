/* Bodies shared by random.c and random_kernels.c. Internal to core/num. */
#ifndef ASSAY_CORE_NUM_RANDOM_BODY_H
#define ASSAY_CORE_NUM_RANDOM_BODY_H
#include "core/num/vmath_body.h"

enum { ASSAY_PHILOX_ROUNDS = 10 };

struct assay_body_block {
  uint32_t c[4];
};

/* Ten rounds of c0' = hi(M1 c2) ^ c1 ^ k0, c1' = lo(M1 c2), c2' = hi(M0 c0) ^ c3 ^ k1,
 * c3' = lo(M0 c0); between rounds the key grows by the golden ratio and sqrt(3) - 1. */
ASSAY_BODY struct assay_body_block assay_body_philox(uint32_t c0, uint32_t c1, uint32_t c2,
                                                     uint32_t c3, uint32_t k0, uint32_t k1)
{
  for (int round = 0; round < ASSAY_PHILOX_ROUNDS; round++) {
    const uint64_t p0 = (uint64_t)c0 * UINT32_C(0xD2511F53);
    const uint64_t p1 = (uint64_t)c2 * UINT32_C(0xCD9E8D57);
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += UINT32_C(0x9E3779B9);
    k1 += UINT32_C(0xBB67AE85);
  }
  return (struct assay_body_block){{c0, c1, c2, c3}};
}

/* the upper 52 bits as a number 0 .. 2^52 - 1, without a conversion instruction */
ASSAY_BODY double assay_body_upper52(uint64_t bits)
{
  return assay_body_double(bits >> 12 | UINT64_C(0x4330000000000000)) - 0x1p52;
}

/* multiples of 2^-53 in [0, 1): 52 bits that way and one by itself */
ASSAY_BODY double assay_body_uniform(uint64_t bits)
{
  const double last = assay_body_double((bits >> 11 & 1) | UINT64_C(0x4330000000000000)) - 0x1p52;
  return (2.0 * assay_body_upper52(bits) + last) * 0x1p-53;
}

/* Quotients of AS 241 (Wichura, Applied Statistics 37, 1988): double precision, three ranges */
ASSAY_BODY double assay_body_poly7(double x, double a0, double a1, double a2, double a3, double a4,
                                   double a5, double a6, double a7)
{
  const double x2 = x * x, x4 = x2 * x2;
  return ((a0 + x * a1) + x2 * (a2 + x * a3)) + x4 * ((a4 + x * a5) + x2 * (a6 + x * a7));
}

/* The z below which a normal deviate lies with probability p = (k + 1/2) / 2^52, k the upper 52
 * bits: for |p - 1/2| <= 0.425 a quotient in (p - 1/2)^2, else one in sqrt(-log of the tail). */
ASSAY_BODY double assay_body_normal(uint64_t bits)
{
  const double q = (assay_body_upper52(bits) - (0x1p51 - 0.5)) * 0x1p-52;
  const double side = fabs(q), c = 0.180625 - q * q;
  const double r = sqrt(-assay_body_log_sum(0.5 - side, 0.0)), n = r - 1.6, f = r - 5.0;

  const double central_num =
      assay_body_poly7(c, 3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                       1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                       3.3430575583588128105e4, 2.5090809287301226727e3);
  const double central_den =
      assay_body_poly7(c, 1.0, 4.2313330701600911252e1, 6.8718700749205790830e2,
                       5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
                       2.8729085735721942674e4, 5.2264952788528545610e3);
  const double near_num = assay_body_poly7(n, 1.42343711074968357734e0, 4.63033784615654529590e0,
                                           5.76949722146069140550e0, 3.64784832476320460504e0,
                                           1.27045825245236838258e0, 2.41780725177450611770e-1,
                                           2.27238449892691845833e-2, 7.74545014278341407640e-4);
  const double near_den = assay_body_poly7(n, 1.0, 2.05319162663775882187e0,
                                           1.67638483018380384940e0, 6.89767334985100004550e-1,
                                           1.48103976427480074590e-1, 1.51986665636164571966e-2,
                                           5.47593808499534494600e-4, 1.05075007164441684324e-9);
  const double far_num = assay_body_poly7(f, 6.65790464350110377720e0, 5.46378491116411436990e0,
                                          1.78482653991729133580e0, 2.96560571828504891230e-1,
                                          2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                          2.71155556874348757815e-5, 2.01033439929228813265e-7);
  const double far_den = assay_body_poly7(f, 1.0, 5.99832206555887937690e-1,
                                          1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                          7.86869131145613259100e-4, 1.84631831751005468180e-5,
                                          1.42151175831644588870e-7, 2.04426310338993978564e-15);

  const double tail_num = r <= 5.0 ? near_num : far_num;
  const double tail_den = r <= 5.0 ? near_den : far_den;
  const double num = side <= 0.425 ? side * central_num : tail_num;
  const double den = side <= 0.425 ? central_den : tail_den;
  const uint64_t sign = assay_body_bits(q) & UINT64_C(1) << 63;
  return assay_body_double(assay_body_bits(num / den) | sign);
}

#endif

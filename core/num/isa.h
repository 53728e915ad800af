/* Instruction sets. Sources listed as isa_kernels (core/meson.build) are compiled once per set with
 * -DASSAY_ISA=base|v3|v4; each exports one table of function pointers whose name ends in the set:
 *
 *   kernel source        const struct assay_x_kernels ASSAY_ISA_NAME(assay_x_kernels) = {...};
 *   its header           ASSAY_ISA_DECLARE(struct assay_x_kernels, assay_x_kernels)
 *   who calls            ASSAY_ISA_PICK(assay_x_kernels, assay_isa())->add(out, in, n);
 *
 * The kernels of one table must give the same bits as those of every other: element-wise
 * arithmetic, fixed order of sums, no contraction (global -ffp-contract=off). The set is chosen
 * once per process: the best one of this processor, or the one that the environment variable
 * ASSAY_ISA names. Other architectures have only `base`. */
#ifndef ASSAY_CORE_NUM_ISA_H
#define ASSAY_CORE_NUM_ISA_H

enum assay_isa {
  ASSAY_ISA_BASE, /* what the compiler assumes without flags: SSE2 on x86-64 */
  ASSAY_ISA_V3,   /* x86-64-v3: AVX2, FMA, BMI2 */
  ASSAY_ISA_V4,   /* x86-64-v4: AVX-512 F, BW, CD, DQ, VL */
};

/* Number of sets this program was built for (the enum's first so many values). */
int assay_isa_count(void);

/* "base", "v3", "v4"; never NULL, "?" for anything else. */
const char *assay_isa_name(enum assay_isa isa);

/* Whether this program was built for the set and this processor can run it. */
int assay_isa_available(enum assay_isa isa);

/* Read ASSAY_ISA; call at start to report a bad value instead of ignoring it, and from every
 * function that creates a plan. ASSAY_EARG: unknown name; ASSAY_EENV: the processor lacks it. */
int assay_isa_init(void);

/* The set in use. After a failed assay_isa_init: the best one of this processor. */
enum assay_isa assay_isa(void);

/* For tests and benchmarks: use this set from now on in all threads; plans made before keep theirs.
 * ASSAY_EENV: not available. */
int assay_isa_force(enum assay_isa isa);

#define ASSAY_ISA_PASTE_EXPANDED(stem, isa) stem##_##isa
#define ASSAY_ISA_PASTE(stem, isa) ASSAY_ISA_PASTE_EXPANDED(stem, isa)

/* In a kernel source: stem_base, stem_v3 or stem_v4. */
#define ASSAY_ISA_NAME(stem) ASSAY_ISA_PASTE(stem, ASSAY_ISA)

/* ASSAY_ISA_X86 is set by meson where the v3 and v4 copies are built. */
#ifdef ASSAY_ISA_X86
#define ASSAY_ISA_DECLARE(type, stem) extern const type stem##_base, stem##_v3, stem##_v4;
#define ASSAY_ISA_PICK(stem, isa) \
  ((isa) == ASSAY_ISA_V4 ? &stem##_v4 : (isa) == ASSAY_ISA_V3 ? &stem##_v3 : &stem##_base)
#else
#define ASSAY_ISA_DECLARE(type, stem) extern const type stem##_base;
#define ASSAY_ISA_PICK(stem, isa) ((void)(isa), &stem##_base)
#endif

#endif

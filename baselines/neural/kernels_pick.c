#include "baselines/neural/kernels.h"

const struct assay_nn_kernels *assay_nn_kernels(void)
{
  return ASSAY_ISA_PICK(assay_nn_kernels, assay_isa());
}

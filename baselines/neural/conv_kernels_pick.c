#include "baselines/neural/conv_kernels.h"

const struct assay_nn_conv_kernels *assay_nn_conv_kernels(void)
{
  return ASSAY_ISA_PICK(assay_nn_conv_kernels, assay_isa());
}

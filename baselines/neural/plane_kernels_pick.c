#include "baselines/neural/plane_kernels.h"

const struct assay_nn_plane_kernels *assay_nn_plane_kernels(void)
{
  return ASSAY_ISA_PICK(assay_nn_plane_kernels, assay_isa());
}

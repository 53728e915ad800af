/* The graphs of the learned methods, one per file baselines/NAME.c. */
#ifndef ASSAY_BASELINES_NEURAL_MODELS_H
#define ASSAY_BASELINES_NEURAL_MODELS_H
#include "baselines/neural/learn.h"

extern const struct assay_nn_model assay_nn_model_auto_deeponet;
extern const struct assay_nn_model assay_nn_model_auto_deeponetcnn;
extern const struct assay_nn_model assay_nn_model_auto_edeeponet;
extern const struct assay_nn_model assay_nn_model_auto_ffn;
extern const struct assay_nn_model assay_nn_model_deeponet;
extern const struct assay_nn_model assay_nn_model_ffn;
extern const struct assay_nn_model assay_nn_model_fno;
extern const struct assay_nn_model assay_nn_model_resnet;
extern const struct assay_nn_model assay_nn_model_unet;

#endif

/* Plug-ins and built-in files as JSON: the functions behind harness/catalog.h. */
#ifndef ASSAY_HARNESS_DESCRIBE_H
#define ASSAY_HARNESS_DESCRIBE_H
#include <jansson.h>

/* The caller owns *out. ASSAY_ENOTFOUND; ASSAY_EIO and ASSAY_EPARSE for what lives in files. */
int assay_describe_generator(json_t **out, const char *name);
int assay_describe_metric(json_t **out, const char *name);
int assay_describe_method(json_t **out, const char *name);
int assay_describe_recipe(json_t **out, const char *name);
int assay_describe_task(json_t **out, const char *name);
int assay_describe_suite(json_t **out, const char *name);
int assay_describe_exporter(json_t **out, const char *name);

#endif

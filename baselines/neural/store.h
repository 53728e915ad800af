/* Frames by number: all in memory where they fit, else in a scratch file without a name, of which a
 * few are in memory and one thread reads those ahead that are asked for next. The numbers are the
 * same either way, whatever the thread does. One thread may use a store at a time. */
#ifndef ASSAY_BASELINES_NEURAL_STORE_H
#define ASSAY_BASELINES_NEURAL_STORE_H
#include <stdbool.h>
#include <stddef.h>

struct assay_nn_store;

enum { ASSAY_NN_STORE_HELD = 8 }; /* frames that stay where they are while others are asked for */

/* n frames of `size` floats, all 0, in at most `bytes` of memory, or four times ASSAY_NN_STORE_HELD
 * frames. dir: for the scratch file. ASSAY_EIO: no such file, or no room on the disk. */
int assay_nn_store_open(struct assay_nn_store **out, const char *dir, long n, size_t size,
                        double bytes);
void assay_nn_store_close(struct assay_nn_store *s);

/* Frame i [size], until ASSAY_NN_STORE_HELD others were asked for. */
const float *assay_nn_store_get(struct assay_nn_store *s, long i);
/* The same to be changed, and back to its place with the next call of put. */
float *assay_nn_store_edit(struct assay_nn_store *s, long i);
void assay_nn_store_put(struct assay_nn_store *s, long i);
/* These n frames are next. */
void assay_nn_store_ahead(struct assay_nn_store *s, const long *frame, int n);

/* ASSAY_EIO: something could not be read or written since it was opened. */
int assay_nn_store_check(const struct assay_nn_store *s);

struct assay_nn_store_info {
  bool on_disk;
  long slots;         /* frames in memory */
  long asked, waited; /* frames that were asked for; that were not there */
  size_t bytes;       /* of memory */
};
struct assay_nn_store_info assay_nn_store_info(const struct assay_nn_store *s);

#endif

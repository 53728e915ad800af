#include "baselines/neural/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { HELD = ASSAY_NN_STORE_HELD, FEWEST = 4 * HELD };

/* Room for a frame. */
struct slot {
  long frame; /* that is there or on its way, -1: none */
  bool reading;
};

struct assay_nn_store {
  long n;
  size_t size;
  float *room; /* [n_slots, size]; [n, size] without a file */
  int file;    /* -1: none */
  long n_slots, hand;
  struct slot *slot; /* [n_slots] filled in turns */
  int *place;        /* [n] slot of a frame, -1: none */
  long held[HELD];   /* slots handed out last, which keep what they hold; -1: none */
  int next_held;
  /* what is to be read ahead */
  long *wanted; /* [n_slots] */
  int n_wanted, next_wanted;
  pthread_t reader;
  pthread_mutex_t lock;
  pthread_cond_t more, there;
  bool started, stop;
  long asked, waited;
  int failure; /* errno of the first failure */
};

/* ---- the file ----------------------------------------------------------------------------- */

static float *room_of(const struct assay_nn_store *s, long slot)
{
  return s->room + (size_t)slot * s->size;
}

/* 0, or errno */
static int transfer(const struct assay_nn_store *s, float *x, long frame, bool write)
{
  char *at = (char *)x;
  const size_t bytes = s->size * sizeof *x;
  for (size_t done = 0; done < bytes;) {
    const off_t place = (off_t)((size_t)frame * bytes + done);
    const ssize_t n = write ? pwrite(s->file, at + done, bytes - done, place)
                            : pread(s->file, at + done, bytes - done, place);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : EIO;
    done += (size_t)n;
  }
  return 0;
}

/* A file of its length that nobody else sees and that ends with the process. */
static int open_file(struct assay_nn_store *s, const char *dir)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/frames-XXXXXX", dir));
  s->file = mkstemp(path);
  ASSAY_CHECK(s->file >= 0, ASSAY_EIO, "cannot write %s: %s", path, strerror(errno));
  unlink(path);
  const off_t length = (off_t)((size_t)s->n * s->size * sizeof(float));
  const int failure = posix_fallocate(s->file, 0, length);
  ASSAY_CHECK(failure == 0, ASSAY_EIO, "cannot put %.0f MB of frames into %s: %s",
              1e-6 * (double)length, dir, strerror(failure));
done:
  assay_free(path);
  return rc;
}

/* ---- slots, with the lock held ------------------------------------------------------------- */

static bool is_held(const struct assay_nn_store *s, long slot)
{
  for (int i = 0; i < HELD; i++)
    if (s->held[i] == slot) return true;
  return false;
}

/* The one that was filled longest ago. There are more than can be held or on their way. */
static long next_slot(struct assay_nn_store *s)
{
  while (s->slot[s->hand].reading || is_held(s, s->hand)) s->hand = (s->hand + 1) % s->n_slots;
  const long slot = s->hand;
  s->hand = (s->hand + 1) % s->n_slots;
  return slot;
}

static void note_failure(struct assay_nn_store *s, int failure)
{
  if (failure != 0 && s->failure == 0) s->failure = failure;
}

/* Read a frame that has no slot; the lock is open in the meantime. */
static long bring(struct assay_nn_store *s, long frame)
{
  const long i = next_slot(s);
  struct slot *slot = &s->slot[i];
  if (slot->frame >= 0) s->place[slot->frame] = -1;
  *slot = (struct slot){.frame = frame, .reading = true};
  s->place[frame] = (int)i;
  pthread_mutex_unlock(&s->lock);
  const int failure = transfer(s, room_of(s, i), frame, false);
  pthread_mutex_lock(&s->lock);
  note_failure(s, failure);
  slot->reading = false;
  pthread_cond_broadcast(&s->there);
  return i;
}

/* ---- the reader --------------------------------------------------------------------------- */

static void *read_ahead(void *argument)
{
  struct assay_nn_store *s = argument;
  pthread_mutex_lock(&s->lock);
  while (!s->stop) {
    if (s->next_wanted == s->n_wanted) {
      pthread_cond_wait(&s->more, &s->lock);
      continue;
    }
    const long frame = s->wanted[s->next_wanted++];
    if (s->place[frame] < 0) bring(s, frame);
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

void assay_nn_store_ahead(struct assay_nn_store *s, const long *frame, int n)
{
  if (s->file < 0) return;
  const int most = (int)(s->n_slots - 2 * HELD); /* not one over the other */
  pthread_mutex_lock(&s->lock);
  s->n_wanted = n < most ? n : most;
  s->next_wanted = 0;
  memcpy(s->wanted, frame, (size_t)s->n_wanted * sizeof *frame);
  pthread_cond_signal(&s->more);
  pthread_mutex_unlock(&s->lock);
}

/* ---- opening ------------------------------------------------------------------------------ */

static int open_slots(struct assay_nn_store *s, const char *dir, double bytes)
{
  int rc = ASSAY_OK;
  const double fit = bytes / ((double)s->size * sizeof(float));
  s->n_slots = fit > FEWEST ? (long)fit : FEWEST;
  ASSAY_TRY(open_file(s, dir));
  ASSAY_TRY(ASSAY_NEW(&s->slot, (size_t)s->n_slots, "frames"));
  ASSAY_TRY(ASSAY_NEW(&s->wanted, (size_t)s->n_slots, "frames"));
  ASSAY_TRY(ASSAY_NEW(&s->place, (size_t)s->n, "frames"));
  for (long i = 0; i < s->n; i++) s->place[i] = -1;
  for (long i = 0; i < s->n_slots; i++) s->slot[i].frame = -1;
  for (int i = 0; i < HELD; i++) s->held[i] = -1;
  s->started = pthread_create(&s->reader, NULL, read_ahead, s) == 0;
  ASSAY_CHECK(s->started, ASSAY_EENV, "cannot start a thread to read frames");
done:
  return rc;
}

int assay_nn_store_open(struct assay_nn_store **out, const char *dir, long n, size_t size,
                        double bytes)
{
  int rc = ASSAY_OK;
  struct assay_nn_store *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "frames"));
  s->n = s->n_slots = n;
  s->size = size;
  s->file = -1;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->more, NULL);
  pthread_cond_init(&s->there, NULL);
  if ((double)n * (double)size * sizeof(float) > bytes && n > FEWEST)
    ASSAY_TRY(open_slots(s, dir, bytes));
  ASSAY_TRY(ASSAY_NEW(&s->room, (size_t)s->n_slots * size, "frames"));
  *out = s;
  s = NULL;
done:
  assay_nn_store_close(s);
  return rc;
}

void assay_nn_store_close(struct assay_nn_store *s)
{
  if (!s) return;
  if (s->started) {
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->reader, NULL);
  }
  pthread_mutex_destroy(&s->lock);
  pthread_cond_destroy(&s->more);
  pthread_cond_destroy(&s->there);
  if (s->file >= 0) close(s->file);
  assay_free(s->room);
  assay_free(s->slot);
  assay_free(s->wanted);
  assay_free(s->place);
  assay_free(s);
}

/* ---- use ---------------------------------------------------------------------------------- */

static long find(struct assay_nn_store *s, long i)
{
  s->asked++;
  bool late = false;
  while (s->place[i] >= 0 && s->slot[s->place[i]].reading) {
    late = true;
    pthread_cond_wait(&s->there, &s->lock);
  }
  late |= s->place[i] < 0;
  s->waited += late;
  const long slot = s->place[i] >= 0 ? s->place[i] : bring(s, i);
  s->held[s->next_held++ % HELD] = slot;
  return slot;
}

float *assay_nn_store_edit(struct assay_nn_store *s, long i)
{
  if (s->file < 0) return room_of(s, i);
  pthread_mutex_lock(&s->lock);
  const long slot = find(s, i);
  pthread_mutex_unlock(&s->lock);
  return room_of(s, slot);
}

const float *assay_nn_store_get(struct assay_nn_store *s, long i)
{
  return assay_nn_store_edit(s, i);
}

void assay_nn_store_put(struct assay_nn_store *s, long i)
{
  if (s->file < 0) return;
  pthread_mutex_lock(&s->lock);
  const int failure = transfer(s, room_of(s, s->place[i]), i, true);
  note_failure(s, failure);
  pthread_mutex_unlock(&s->lock);
}

int assay_nn_store_check(const struct assay_nn_store *s)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(s->failure == 0, ASSAY_EIO, "frames on disk: %s", strerror(s->failure));
done:
  return rc;
}

struct assay_nn_store_info assay_nn_store_info(const struct assay_nn_store *s)
{
  return (struct assay_nn_store_info){.on_disk = s->file >= 0,
                                      .slots = s->n_slots,
                                      .asked = s->asked,
                                      .waited = s->waited,
                                      .bytes = (size_t)s->n_slots * s->size * sizeof(float)};
}

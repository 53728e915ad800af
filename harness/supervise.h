/* One command as a separate process under a supervisor that measures it, limits it, and leaves
 * nothing of it behind.
 *
 * The caller forks the supervisor, the supervisor forks the command. The command starts a session
 * of its own with a clean environment (an allow-list, one thread for BLAS and OpenMP), standard
 * input from /dev/null, both outputs into a pipe that the supervisor copies to a log file of
 * bounded size. The supervisor is a child subreaper, so whatever the command forks, and however it
 * detaches, stays below it and is killed when the command ends or a limit is passed. It dies with
 * its caller (parent-death signal) and takes the tree along.
 *
 * Memory is the resident size of the whole tree, polled: RLIMIT_AS would kill programs that only
 * reserve addresses (sanitizers, BLAS, torch). Pages that several processes share count once. */
#ifndef ASSAY_HARNESS_SUPERVISE_H
#define ASSAY_HARNESS_SUPERVISE_H
#include <stddef.h>

/* 0 means no limit. */
struct assay_limits {
  double wall, cpu; /* s; CPU of the whole tree, user + system */
  double memory;    /* bytes resident, whole tree */
  double output;    /* bytes on standard output and error together */
  double file;      /* bytes of any one file */
  int processes;    /* processes of the tree at one time */
};

struct assay_command {
  const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
  const char *dir;         /* working directory */
  const char *scratch;     /* HOME and TMPDIR of the command; NULL: dir */
  const char *log;         /* file for its output, replaced */
  const char *lock; /* file whose lock the whole tree holds (assay_supervise_end); NULL: none */
  struct assay_limits limits;
};

/* How it ended. */
enum assay_end {
  ASSAY_END_OK,     /* exit status 0 within all limits */
  ASSAY_END_EXIT,   /* code: exit status */
  ASSAY_END_SIGNAL, /* code: signal number */
  ASSAY_END_START,  /* could not be started; code: errno */
  ASSAY_END_WALL,
  ASSAY_END_CPU,
  ASSAY_END_MEMORY,
  ASSAY_END_OUTPUT,
  ASSAY_END_FILE,
  ASSAY_END_PROCESSES,
  ASSAY_END_INTERRUPTED, /* the supervisor was told to stop */
};
extern const char *const assay_end_names[]; /* in this order, NULL-terminated */

struct assay_outcome {
  int end; /* enum assay_end */
  int code;
  double wall;                 /* s until the command itself ended */
  double cpu_user, cpu_system; /* s, whole tree */
  double memory;               /* peak bytes resident, whole tree */
  double output;               /* bytes written to standard output and error */
  int processes;               /* most at one time */
  int left_behind;             /* processes that still ran when the command had ended */
};

/* Run and wait. The return code says whether supervising worked, not whether the command did:
 * ASSAY_EIO, ASSAY_EENV, ASSAY_ENOMEM; ASSAY_EJOB when the supervisor itself was killed. */
int assay_supervise(struct assay_outcome *out, const struct assay_command *command);

/* "ran past its limit of 5 s of wall time", "exit status 3", "signal 11 (Segmentation fault)" for
 * messages; the caller owns *out. */
int assay_outcome_text(char **out, const struct assay_outcome *o,
                       const struct assay_limits *limits);

/* Last lines of a log, at most max_bytes of it, as printable UTF-8 (other bytes become '?'). The
 * caller owns *out; "" when there is no log. */
int assay_log_tail(char **out, const char *path, int max_lines, size_t max_bytes);

/* End what an earlier supervisor left running under this lock file, should it have been killed
 * itself: survivors are known by their start time and by a mark in their environment. No lock file
 * is fine. ASSAY_EENV when the lock stays held. */
int assay_supervise_end(const char *lock);

#endif

/* Starting the command of a supervisor: clean environment, resource limits, session, pipe, lock. */
#ifndef ASSAY_HARNESS_LAUNCH_H
#define ASSAY_HARNESS_LAUNCH_H
#include <sys/types.h>

#include "harness/supervise.h"

/* Fork and execute; *output is the read end of the pipe (non-blocking) that takes both outputs.
 * When the command cannot be executed, *failed is the errno and nothing runs; else it is 0. Called
 * by the supervisor process only. ASSAY_EENV, ASSAY_EIO, ASSAY_ENOMEM. */
int assay_launch(pid_t *pid, int *output, int *failed, const struct assay_command *command);

#endif

/* Disk.c - a disk that fails, and a process that dies, where a test says. For LD_PRELOAD.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   KILL_AT=n   the n-th change of a file (create, write, sync, rename, unlink, cut) kills the process; a write does
 *               half of its work before
 *   FULL=text   there is no space for files whose path holds the text
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int isLast(void) {
  static int count;
  const char *at = getenv("KILL_AT");
  return at && ++count == atoi(at);
}
static void tick(void) {
  if (isLast())
    raise(SIGKILL);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
  va_end(rest);
  if (flags & O_CREAT)
    tick();
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
ssize_t write(int file, const void *data, size_t bytes) {
  char link[64], path[4096];
  const char *full = getenv("FULL");
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  if (full && strstr(path, full)) {
    errno = ENOSPC;
    return -1;
  }
  if (isLast()) {
    syscall(SYS_write, file, data, bytes / 2);
    raise(SIGKILL);
  }
  return syscall(SYS_write, file, data, bytes);
}
int fsync(int file) {
  tick();
  return (int)syscall(SYS_fsync, file);
}
int rename(const char *from, const char *to) {
  tick();
  return (int)syscall(SYS_rename, from, to);
}
int unlink(const char *path) {
  tick();
  return (int)syscall(SYS_unlink, path);
}
int ftruncate(int file, off_t length) {
  tick();
  return (int)syscall(SYS_ftruncate, file, length);
}

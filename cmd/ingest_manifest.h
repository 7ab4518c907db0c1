/*
 * ingest_manifest: the list of what was read (--manifest).  Main thread alone; pieces must outlive it.
 */
#ifndef IRPIPE_CMD_INGEST_MANIFEST_H
#define IRPIPE_CMD_INGEST_MANIFEST_H

#include "cmd/ingest.h"

struct stat;
struct manifest;
struct manifest *manifest_new(void) must_use;
void manifest_free(struct manifest *);
/* A stored file is about to be read: its bytes are summed. */
void manifest_stored(struct manifest *, int fd, const struct stat *, struct slice uri);
/* Has it no line yet? Then the reader sums what it reads. */
bool manifest_wants(struct manifest *, const struct source *) must_use;
/* A source begins with these bytes; and what it was recognised as. */
void manifest_source(struct manifest *, const struct source *, struct slice head);
void manifest_piece(struct manifest *, const struct source *, const struct piece *);
void manifest_sum(struct manifest *, const struct source *, struct digest *, uint64_t size);	/* ends the digest */
bool manifest_write(const struct manifest *, const char *path, struct fault *) must_use;

#endif

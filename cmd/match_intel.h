/* match_intel: what the two parts of indicators in ir-match share. */
#ifndef IRPIPE_CMD_MATCH_INTEL_H
#define IRPIPE_CMD_MATCH_INTEL_H

#include "cmd/match.h"
#include "lib/intel/read.h"
#include "lib/intel/seek.h"

struct indicators {
	struct intel_index *index[INTEL_INDEXES];
	size_t n;
	struct intel_set *set;
	uint64_t loaded, skipped[INTEL_SKIPS];
	size_t files;
};

#endif

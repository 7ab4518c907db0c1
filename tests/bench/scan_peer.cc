// bench/scan's peer: simdjson's DOM parser, a line at a time, each with the padding that it wants (the file's own bytes).
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

static double
cpu()
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

// A NULL field list parses only.
static size_t
lines(simdjson::dom::parser &parser, const simdjson::padded_string &all, const std::vector<const char *> &fields)
{
	const char *p = all.data(), *end = p + all.size();
	size_t n = 0;

	while (p < end) {
		const char *nl = static_cast<const char *>(memchr(p, '\n', size_t(end - p)));
		size_t len = size_t((nl ? nl : end) - p);
		simdjson::dom::element e;

		if (len && parser.parse(p, len, false).get(e) == simdjson::SUCCESS) {
			if (fields.empty())
				n++;
			for (const char *name : fields) {
				simdjson::dom::element v;

				n += e[name].get(v) == simdjson::SUCCESS;
			}
		}
		p += len + 1;
	}
	return n;
}

static void
measure(const char *name, const simdjson::padded_string &all, const std::vector<const char *> &fields, size_t runs)
{
	simdjson::dom::parser parser;
	std::vector<double> seconds;
	size_t n = lines(parser, all, fields);

	for (size_t i = 0; i < runs; i++) {
		double from = cpu();

		n = lines(parser, all, fields);
		seconds.push_back(cpu() - from);
	}
	std::sort(seconds.begin(), seconds.end());
	std::printf("%-12s %-6s %8.0f MB/s  (%zu counted, %zu bytes, %.4f s, median of %zu)\n", name, "simdjs",
	    double(all.size()) / 1e6 / seconds[runs / 2], n, all.size(), seconds[runs / 2], runs);
}

int
main(int argc, char **argv)
{
	simdjson::padded_string all;

	if (argc < 2 || simdjson::padded_string::load(argv[1]).get(all) != simdjson::SUCCESS) {
		std::fprintf(stderr, "usage: scan_peer FILE.ndjson\n");
		return 2;
	}
	measure("dom", all, {}, 7);
	measure("dom+10", all, {"EventID", "Channel", "Hostname", "Image", "CommandLine", "ParentImage", "User", "TargetFilename",
	    "alert", "src_ip"}, 7);
	return 0;
}

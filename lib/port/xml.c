#include "lib/port/xml.h"

#include "lib/base/hash.h"
#include "lib/base/mem.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>

struct xml {
	XML_Parser parser;
	const struct xml_calls *calls;
	void *self;
	const char *why;		/* it was stopped by us */
	size_t depth;
	struct xml_attr *attr;
	size_t attr_cap;
};

static void *
resize(void *p, size_t n)
{
	return mem_resize(p, n ? n : 1, 1);
}

static void
stop(struct xml *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL
opens(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct xml *x = self;
	size_t n = 0;

	if (x->why)
		return;
	if (x->depth++ == XML_DEPTH) {
		stop(x, "xml-depth: elements too deep");
		return;
	}
	for (; attrs[2 * n]; n++) {
		if (n == x->attr_cap)
			x->attr = mem_grow(x->attr, &x->attr_cap, n, sizeof *x->attr);
		x->attr[n] = (struct xml_attr){slice_str(attrs[2 * n]), slice_str(attrs[2 * n + 1])};
	}
	x->calls->open(x->self, slice_str(name), x->attr, n);
}

static void XMLCALL
closes(void *self, const XML_Char *name)
{
	struct xml *x = self;

	if (x->why)
		return;
	x->depth--;
	x->calls->close(x->self, slice_str(name));
}

static void XMLCALL
text(void *self, const XML_Char *p, int n)
{
	struct xml *x = self;

	if (!x->why)
		x->calls->text(x->self, slice_of(p, (size_t)n));
}

static void XMLCALL
doctype(void *self, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	stop(self, "xml-doctype: a document type is not read");
}

struct xml *
xml_new(const struct xml_calls *calls, void *self)
{
	static const XML_Memory_Handling_Suite memory = {mem_alloc, resize, free};
	struct xml *x = mem_zero(1, sizeof *x);

	x->calls = calls;
	x->self = self;
	x->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
	return x;
}

void
xml_free(struct xml *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	free(x->attr);
	free(x);
}

bool
xml_read(struct xml *x, struct slice in, struct fault *f)
{
	enum XML_Status s = XML_STATUS_ERROR;

	/* The encoding is the caller's word: what the document says of itself was true before it was transcoded. */
	(void)XML_ParserReset(x->parser, "UTF-8");
	/* Without a salt of ours expat asks the system for one, once a document. */
	(void)XML_SetHashSalt(x->parser, hash_bytes("xml", 3) | 1);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, opens, closes);
	XML_SetCharacterDataHandler(x->parser, text);
	XML_SetStartDoctypeDeclHandler(x->parser, doctype);
	x->why = NULL;
	x->depth = 0;
	if (in.n <= INT_MAX)
		s = XML_Parse(x->parser, in.p, (int)in.n, 1);
	if (s == XML_STATUS_OK && x->why == NULL)
		return true;
	return fault_set(f, x->why ? x->why : "xml-syntax: this is not well-formed", (size_t)XML_GetCurrentByteIndex(x->parser));
}

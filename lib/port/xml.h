/*
 * port/xml: XML as events (expat): UTF-8, no document type, no entities but the five that XML has (SECURITY.md section 1), names as written.
 * A struct xml is used for document after document; it belongs to one thread.
 */
#ifndef IRPIPE_PORT_XML_H
#define IRPIPE_PORT_XML_H

#include "lib/base/fault.h"
#include "lib/base/slice.h"

enum { XML_DEPTH = 256 };		/* elements within elements */

struct xml_attr {
	struct slice name, value;
};

/* What is given lives until the call returns.  Text comes in pieces. */
struct xml_calls {
	void (*open)(void *self, struct slice name, const struct xml_attr *, size_t attrs);
	void (*text)(void *self, struct slice);
	void (*close)(void *self, struct slice name);
};

struct xml;
struct xml *xml_new(const struct xml_calls *, void *self) must_use;
void xml_free(struct xml *);
/* One document.  False: *f ("xml-syntax: ..", "xml-doctype: ..", "xml-depth: ..") with its place; calls were made up to there. */
bool xml_read(struct xml *, struct slice, struct fault *) must_use;

#endif

/* priv: what the files of lib/match share. */
#ifndef IRPIPE_MATCH_PRIV_H
#define IRPIPE_MATCH_PRIV_H

#include "lib/base/map.h"
#include "lib/match/match.h"
#include "lib/port/pcre.h"

enum { VARIANTS = 12, BASES = 4, PAIRS = 2048, DEPTH_MAX = 200 };

/* A field that rules read.  Variants are slots of set->paths (in the original) and set->norm (normalised), in the order of trust. */
struct match_field {
	struct slice name;
	uint32_t slot[VARIANTS], norm[VARIANTS];
	uint8_t slots, norms;
	bool dotted;
	int twin;			/* row of the 4688 twin + 1; 0: none */
};

struct match_atom {
	const struct sigma_atom *a;
	uint32_t field;			/* NO_FIELD: keyword */
	uint32_t other;			/* fieldref */
	struct pcre *re;
	uint16_t bit[3];		/* pairs of bytes that the value must hold */
	uint8_t bits;
	bool quick;			/* pairs alone may say no */
};
#define NO_FIELD UINT32_MAX

/* What most questions need of an atom; those of one node lie one after the other. */
struct match_flat {
	uint32_t id, field;
	uint16_t bit[3];
	uint8_t bits;
	bool quick;
};

struct match_set {
	struct sigma_rule **rule;
	size_t rules;
	struct match_field *field;
	size_t fields, field_cap;
	struct map field_index;
	struct match_atom *atom;
	size_t atoms, atom_cap;
	struct map atom_index;
	struct match_flat *flat;	/* sigma_node.flat is a place in it; 0: the kids are not all atoms */
	size_t flats, flat_cap;
	struct json_paths *paths, *norm;
	uint32_t at_system, at_data, at_user_data, at_winlog, at_winlog_data, at_winlog_user;	/* slots of paths */
	uint32_t at_original;			/* slot of norm: event.original */
	uint32_t new_process;			/* field NewProcessName */
	bool keywords;
	uint32_t *wanted;			/* fields of sigma_set.wanted */
	const struct sigma_set *sigma;
};

/* A value of a field of one event. */
struct match_value {
	uint32_t epoch;
	bool found;			/* some node is there */
	uint32_t node[8];		/* several: through arrays */
	uint8_t nodes;
	struct slice text;		/* made (twin), else empty */
	bool made;
};

/* Text of a node in the forms that operators want, made when they ask. */
struct match_text {
	uint32_t epoch;
	struct slice raw, folded;
	bool has_folded, has_pairs;
	uint8_t tag;			/* what seen[] holds where a pair of bytes is in this text */
	uint8_t seen[PAIRS];
};

struct match_room {
	const struct match_set *set;
	const struct match_event *e;
	uint32_t epoch;
	const uint32_t *slot[BASES];	/* in kept */
	void *kept[BASES];
	uint32_t *norm;
	uint32_t base[BASES];
	unsigned bases;
	bool normed;
	struct match_value *value;	/* by field */
	struct match_text *text;	/* by field: of its first node when there is one only */
	uint8_t *result;		/* by atom: 0 no 1 yes 2 undecided */
	uint32_t *result_epoch;
	struct pcre_room *pcre;
	struct arena arena;		/* of one event */
	struct buf fold;
	struct buf words;		/* all values folded, each behind a NUL: for keywords */
	bool has_words;
	struct map sources;		/* ls_key -> rule list */
	struct arena lists;
	struct match_hit *hit;
	size_t hits;
	const struct sigma_rule **unsure;
	size_t unsures;
	bool unsure_now;
	size_t candidates;
	bool looked;			/* fields_look was done for this event */
};

/* field.c */
uint32_t field_intern(struct match_set *, struct slice name);
void fields_done(struct match_set *);
void fields_look(struct match_room *);				/* start of an event */
struct match_value *field_value(struct match_room *, uint32_t field);
/* Text of the k-th node of a value; NULL-type nodes give found = false. */
bool value_text(struct match_room *, const struct match_value *, unsigned k, bool cased, struct slice *text);

/* atom.c */
int atom_holds(struct match_room *, uint32_t atom);
bool atom_same_case(const struct sigma_atom *);			/* asks the text as it is, not folded */
uint32_t atom_intern(struct match_set *, struct sigma_atom *);
void bits_of(struct slice literal, struct match_atom *);
/* Place of an atom's match in the original text; false if it has none. */
bool atom_place(struct match_room *, uint32_t atom, struct slice *value, size_t *from, size_t *to);

/* glob.c */
bool glob_match(const struct sigma_piece *, size_t n, struct slice text);

int node_holds(struct match_room *, const struct sigma_node *);
void match_ready(struct match_room *);			/* fields_look, once an event */

#endif

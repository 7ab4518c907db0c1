/* priv: what the files of lib/match share. */
#ifndef IRPIPE_MATCH_PRIV_H
#define IRPIPE_MATCH_PRIV_H

#include "lib/base/map.h"
#include "lib/match/match.h"
#include "lib/port/pcre.h"

enum { VARIANTS = 12, BASES = 4, PAIRS = 2048, DEPTH_MAX = 200 };
#define NO_FIELD UINT32_MAX
#define NO_NUMBER UINT32_MAX

/* A field that rules read.  Variants are slots of set->paths (in the original) and set->norm (normalised), in the order of trust. */
struct match_field {
	struct slice name;
	uint32_t slot[VARIANTS], norm[VARIANTS];
	uint32_t step[VARIANTS];	/* the dotted name's heads: an array may stand there */
	uint8_t slots, norms, steps;
	int twin;			/* row of the 4688 twin + 1; 0: none */
};

/* ---- the image: flat, without pointers, so that a pack keeps it as it is --------------------------------------------------------- */

struct match_text_ref {			/* in set->text */
	uint32_t at, n;
};

/* Pieces of a glob; of a regular expression: texts of which one must be in what matches. */
struct match_piece {
	struct match_text_ref text;
	uint32_t wild;
};

struct match_atom {
	uint32_t field;			/* NO_FIELD: keyword */
	uint32_t other;			/* fieldref */
	struct match_text_ref text, shown;
	uint32_t piece, pieces;
	uint32_t number;		/* REGEX: of set->re; CIDR: of set->prefix */
	uint16_t bit[3];		/* pairs of bytes that the folded value must hold */
	uint8_t bits, op, cased, flags, part, compare;
	uint32_t line;
	double value;
};

/* Kids lie one after the other.  What most questions need of an atom stands here too. */
struct match_node {
	uint32_t at;			/* first kid; ATOM: the atom */
	uint32_t n;			/* kids; ATOM: its field */
	uint16_t bit[3];
	uint8_t bits;
	uint8_t kind;			/* enum sigma_kind; QUICK besides: pairs alone may say no */
};
enum { NODE_KIND = 7, NODE_QUICK = 8, NODE_GROUP = 16 };

/* Of a long list: its number; there are no pairs in such a node. */
static inline uint32_t
node_group(const struct match_node *n)
{
	return n->bit[0] | (uint32_t)n->bit[1] << 16;
}

/* What must hold for a rule to match, one of several: an atom, or a field that is there. */
enum { WITNESS_FIELD = 1u << 31 };

struct match_set {
	bool mapped;			/* the image lies in a pack: nothing of it is written or freed */
	struct sigma_rule **rule;
	size_t rules;
	uint32_t *root;			/* node, by rule */
	uint32_t *witness_at, *witness;	/* of rule i: [witness_at[i], witness_at[i + 1]); none: it is always asked */
	size_t witnesses, witness_cap;
	struct match_field *field;
	size_t fields, field_cap;
	struct map field_index;
	struct match_atom *atom;
	size_t atoms, atom_cap;
	struct map atom_index;
	struct match_node *node;
	size_t nodes, node_cap;
	size_t groups;
	struct match_piece *piece;
	size_t pieces, piece_cap;
	struct prefix *prefix;
	size_t prefixes, prefix_cap;
	struct buf text;
	struct pcre **re;
	size_t res, re_cap;
	struct match_kinds *kinds;	/* log sources that rules name, each once */
	struct json_paths *paths, *norm;
	uint32_t at_system, at_data, at_user_data, at_winlog, at_winlog_data, at_winlog_user;	/* slots of paths */
	uint32_t at_original;		/* slot of norm: event.original */
	uint32_t new_process;		/* field NewProcessName */
	uint32_t *wanted;		/* fields of sigma_set.wanted */
	const struct sigma_set *sigma;
};

static inline struct slice
text_at(const struct match_set *s, struct match_text_ref t)
{
	return slice_of(s->text.p + t.at, t.n);
}

/* intern.c, set.c */
uint32_t atom_intern(struct match_set *, const struct sigma_atom *);
void pairs_of(const struct match_set *, struct match_atom *);
struct match_text_ref text_keep(struct match_set *, struct slice);

/* field.c, fields_look.c */
uint32_t field_intern(struct match_set *, struct slice name);
void fields_done(struct match_set *);
void twin_intern(struct match_set *, struct match_field *);	/* twin.c */

struct match_set *match_set_new(struct sigma_set *) must_use;
struct pcre *atom_regex(const struct match_set *, const struct match_atom *, struct fault *) must_use;

bool atom_folds(const struct match_atom *);		/* asks the folded text */

#include "lib/match/needs.h"

#endif

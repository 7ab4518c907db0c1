/* needs: texts that must be there for an atom, a regular expression, a rule to match. */
#ifndef IRPIPE_MATCH_NEEDS_H
#define IRPIPE_MATCH_NEEDS_H

#include "lib/match/priv.h"

/* need.c: texts of which one is in all that a regular expression matches, folded; 0: not known. */
size_t regex_needs(struct match_set *, struct slice pattern, uint32_t *piece);

/* rarity.c: how many of 1,000 values hold a text (folded); only the order matters. */
void rarity_start(void);
uint32_t rarity_of(struct slice literal);
uint32_t rarity_gram(const char *four);

/* witness.c: after all rules are flat, for those from `first` on */
void witnesses_find(struct match_set *, size_t first);
/* The text that a value must hold for the atom, and where; false: there is none. */
enum match_place { AT_ALL, AT_END, AT_START, AT_ANY };
bool atom_needs(const struct match_set *, const struct match_atom *, size_t nth, enum match_place *, struct slice *text);

#endif

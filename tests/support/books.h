/* SPDX-License-Identifier: MIT */
/* The books of a world: what was taken has been given, octet by octet. */
#ifndef SUPPORT_BOOKS_H
#define SUPPORT_BOOKS_H

struct world;

/*
 * Drivers let go, both ends close, and the books must balance.  If the
 * connection broke, what the broken one cannot promise is left out.
 */
void books_end_connection(struct world *w);

#endif

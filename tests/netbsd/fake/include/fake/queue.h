/* SPDX-License-Identifier: MIT */
/* Lists of queue(3), written for the fake. */
#ifndef FAKE_QUEUE_H
#define FAKE_QUEUE_H

/* Singly linked, with a tail. */
#define SIMPLEQ_HEAD(name, type)					\
	struct name { struct type *sqh_first; struct type **sqh_last; }
#define SIMPLEQ_ENTRY(type)	struct { struct type *sqe_next; }
#define SIMPLEQ_INIT(h)							\
	((h)->sqh_first = NULL, (void)((h)->sqh_last = &(h)->sqh_first))
#define SIMPLEQ_HEAD_INITIALIZER(h)	{ NULL, &(h).sqh_first }
#define SIMPLEQ_FIRST(h)	((h)->sqh_first)
#define SIMPLEQ_EMPTY(h)	((h)->sqh_first == NULL)
#define SIMPLEQ_NEXT(e, f)	((e)->f.sqe_next)
#define SIMPLEQ_FOREACH(v, h, f)					\
	for ((v) = SIMPLEQ_FIRST(h); (v) != NULL; (v) = SIMPLEQ_NEXT(v, f))
#define SIMPLEQ_INSERT_TAIL(h, e, f) do {				\
	(e)->f.sqe_next = NULL;						\
	*(h)->sqh_last = (e);						\
	(h)->sqh_last = &(e)->f.sqe_next;				\
} while (0)
#define SIMPLEQ_INSERT_HEAD(h, e, f) do {				\
	(e)->f.sqe_next = (h)->sqh_first;				\
	if ((h)->sqh_first == NULL)					\
		(h)->sqh_last = &(e)->f.sqe_next;			\
	(h)->sqh_first = (e);						\
} while (0)
#define SIMPLEQ_REMOVE_HEAD(h, f) do {					\
	(h)->sqh_first = (h)->sqh_first->f.sqe_next;			\
	if ((h)->sqh_first == NULL)					\
		(h)->sqh_last = &(h)->sqh_first;			\
} while (0)

/* Singly linked, without one. */
#define SLIST_HEAD(name, type)	struct name { struct type *slh_first; }
#define SLIST_ENTRY(type)	struct { struct type *sle_next; }
#define SLIST_HEAD_INITIALIZER(h)	{ NULL }
#define SLIST_INIT(h)		((void)((h)->slh_first = NULL))
#define SLIST_FIRST(h)		((h)->slh_first)
#define SLIST_EMPTY(h)		((h)->slh_first == NULL)
#define SLIST_NEXT(e, f)	((e)->f.sle_next)
#define SLIST_FOREACH(v, h, f)						\
	for ((v) = SLIST_FIRST(h); (v) != NULL; (v) = SLIST_NEXT(v, f))
#define SLIST_INSERT_HEAD(h, e, f) do {					\
	(e)->f.sle_next = (h)->slh_first;				\
	(h)->slh_first = (e);						\
} while (0)
#define SLIST_REMOVE_HEAD(h, f)						\
	((void)((h)->slh_first = (h)->slh_first->f.sle_next))
#define SLIST_REMOVE(h, e, type, f) do {				\
	struct type **fake_at = &(h)->slh_first;			\
	while (*fake_at != (e))						\
		fake_at = &(*fake_at)->f.sle_next;			\
	*fake_at = (e)->f.sle_next;					\
} while (0)

/* Doubly linked, with a tail. */
#define TAILQ_HEAD(name, type)						\
	struct name { struct type *tqh_first; struct type **tqh_last; }
#define TAILQ_ENTRY(type)						\
	struct { struct type *tqe_next; struct type **tqe_prev; }
#define TAILQ_HEAD_INITIALIZER(h)	{ NULL, &(h).tqh_first }
#define TAILQ_INIT(h)							\
	((h)->tqh_first = NULL, (void)((h)->tqh_last = &(h)->tqh_first))
#define TAILQ_FIRST(h)		((h)->tqh_first)
#define TAILQ_EMPTY(h)		((h)->tqh_first == NULL)
#define TAILQ_NEXT(e, f)	((e)->f.tqe_next)
#define TAILQ_FOREACH(v, h, f)						\
	for ((v) = TAILQ_FIRST(h); (v) != NULL; (v) = TAILQ_NEXT(v, f))
#define TAILQ_FOREACH_SAFE(v, h, f, n)					\
	for ((v) = TAILQ_FIRST(h);					\
	     (v) != NULL && ((n) = TAILQ_NEXT(v, f), 1); (v) = (n))
#define TAILQ_INSERT_TAIL(h, e, f) do {					\
	(e)->f.tqe_next = NULL;						\
	(e)->f.tqe_prev = (h)->tqh_last;				\
	*(h)->tqh_last = (e);						\
	(h)->tqh_last = &(e)->f.tqe_next;				\
} while (0)
#define TAILQ_INSERT_HEAD(h, e, f) do {					\
	(e)->f.tqe_next = (h)->tqh_first;				\
	(e)->f.tqe_prev = &(h)->tqh_first;				\
	if ((e)->f.tqe_next != NULL)					\
		(e)->f.tqe_next->f.tqe_prev = &(e)->f.tqe_next;		\
	else								\
		(h)->tqh_last = &(e)->f.tqe_next;			\
	(h)->tqh_first = (e);						\
} while (0)
#define TAILQ_REMOVE(h, e, f) do {					\
	if ((e)->f.tqe_next != NULL)					\
		(e)->f.tqe_next->f.tqe_prev = (e)->f.tqe_prev;		\
	else								\
		(h)->tqh_last = (e)->f.tqe_prev;			\
	*(e)->f.tqe_prev = (e)->f.tqe_next;				\
} while (0)

/* Doubly linked, without one. */
#define LIST_HEAD(name, type)	struct name { struct type *lh_first; }
#define LIST_ENTRY(type)						\
	struct { struct type *le_next; struct type **le_prev; }
#define LIST_INIT(h)		((void)((h)->lh_first = NULL))
#define LIST_FIRST(h)		((h)->lh_first)
#define LIST_EMPTY(h)		((h)->lh_first == NULL)
#define LIST_NEXT(e, f)		((e)->f.le_next)
#define LIST_FOREACH(v, h, f)						\
	for ((v) = LIST_FIRST(h); (v) != NULL; (v) = LIST_NEXT(v, f))
#define LIST_INSERT_HEAD(h, e, f) do {					\
	(e)->f.le_next = (h)->lh_first;					\
	(e)->f.le_prev = &(h)->lh_first;				\
	if ((h)->lh_first != NULL)					\
		(h)->lh_first->f.le_prev = &(e)->f.le_next;		\
	(h)->lh_first = (e);						\
} while (0)
#define LIST_REMOVE(e, f) do {						\
	if ((e)->f.le_next != NULL)					\
		(e)->f.le_next->f.le_prev = (e)->f.le_prev;		\
	*(e)->f.le_prev = (e)->f.le_next;				\
} while (0)

#endif

/* SPDX-License-Identifier: MIT */
/* The groups of tests; test_hostile.c runs them all. */
#ifndef HOSTILE_HOSTILE_H
#define HOSTILE_HOSTILE_H

int answers_lie(void);		/* lying_answers.c: back against front */
int events_lie(void);		/* lying_events.c: back against front */
int requests_lie(void);		/* lying_requests.c: front against back */
int arrays_lie(void);		/* lying_arrays.c: front against back */
int order_lies(void);		/* lying_order.c: front against back */

#endif

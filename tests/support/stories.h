/* SPDX-License-Identifier: MIT */
/*
 * Runs a script under every schedule, and then once for each action that may
 * fail, with that one failing.
 */
#ifndef SUPPORT_STORIES_H
#define SUPPORT_STORIES_H

#include "support/test.h"
#include "support/world.h"

typedef void script(struct world *w);

struct story {
	const char *name;
	script *script;
	struct world_config config;
};

/* The test function of a story, which is the initial state. */
void tell_story(void **state);

/* A test of that name, with members of struct world_config. */
#define STORY(script_, ...)						\
	{ #script_, tell_story, NULL, NULL,				\
	  &(struct story){ .name = #script_, .script = script_,	\
			   .config = { __VA_ARGS__ } } }

#endif

/* SPDX-License-Identifier: MIT */
#include "support/stories.h"

#include <stdlib.h>

/*
 * Up to there each action fails once, with one of the variants; beyond that
 * some do.
 */
#define EXHAUSTIVE	60

/* Returns true if the failure that was ordered happened. */
static bool tell(struct world *w, const struct story *story,
		 enum schedule schedule, uint32_t fail_nth, uint32_t variant)
{
	jmp_buf script_ends;
	bool failed;

	if (story->config.apart)
		world_open_apart(w, &story->config, schedule);
	else
		world_open(w, &story->config, schedule);
	w->story = story->name;
	w->variant = variant;
	w->fail_nth = fail_nth;
	w->noise = 1 + fail_nth + 1000 * variant;
	w->checks_each_step = fail_nth == 0 && variant == 0 &&
			      !story->config.lasts;
	w->script_ends = &script_ends;
	if (setjmp(script_ends) == 0)
		story->script(w);
	failed = w->failed != NULL;
	world_close(w);
	return failed;
}

void tell_story(void **state)
{
	const struct story *story = *state;
	uint32_t variants = story->config.variants;
	struct world *w = malloc(sizeof(*w));
	uint32_t schedule, variant, n;

	assert_non_null(w);
	if (variants == 0)
		variants = 1;
	for (variant = 0; variant < variants; variant++) {
		for (schedule = 0; schedule < SCHEDULES; schedule++)
			tell(w, story, (enum schedule)schedule, 0, variant);
		n = 1 + variant;
		while (!story->config.lasts &&
		       tell(w, story, (enum schedule)(n % SCHEDULES), n,
			    variant))
			n += variants + n / EXHAUSTIVE;
	}
	free(w);
}

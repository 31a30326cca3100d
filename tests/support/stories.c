/* SPDX-License-Identifier: MIT */
#include "support/stories.h"

#include <stdlib.h>

/* Up to there each action fails once, beyond that some do. */
#define EXHAUSTIVE	60

/* Returns true if the failure that was ordered happened. */
static bool tell(struct world *w, const struct story *story,
		 enum schedule schedule, uint32_t fail_nth)
{
	jmp_buf script_ends;
	bool failed;

	world_open(w, &story->config, schedule, fail_nth);
	w->story = story->name;
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
	struct world *w = malloc(sizeof(*w));
	uint32_t schedule, n = 1;

	assert_non_null(w);
	for (schedule = 0; schedule < SCHEDULES; schedule++)
		tell(w, story, (enum schedule)schedule, 0);
	while (tell(w, story, (enum schedule)(n % SCHEDULES), n))
		n += 1 + n / EXHAUSTIVE;
	free(w);
}

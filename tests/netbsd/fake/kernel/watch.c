/* SPDX-License-Identifier: MIT */
/* Watches that drivers have set themselves; they fire in xenwatch's thread. */
#include "fake.h"

#define WATCHES		8
#define NEVER_SEEN	"?"

struct watched {
	struct xenbus_watch *watch;
	char dir[64], node[16];
	char seen[24];
};

static struct watched watches[WATCHES];

int xenbus_watch_path2(struct xenbus_device *dev, const char *path,
		       const char *path2, struct xenbus_watch *watch,
		       void (*callback)(struct xenbus_watch *, const char **,
					unsigned int))
{
	struct watched *w = watches;

	assert_sleepable();
	if (nb_fails("xenbus_watch_path2")) {
		xenbus_dev_fatal(dev, ENOMEM, "adding a watch");
		return ENOMEM;
	}
	while (w < watches + WATCHES && w->watch)
		w++;
	if (w == watches + WATCHES)
		nb_panic("too many watches");
	watch->node_sz = strlen(path) + strlen(path2) + 2;
	watch->node = nb_alloc(watch->node_sz);
	snprintf(watch->node, watch->node_sz, "%s/%s", path, path2);
	watch->xbw_callback = callback;
	w->watch = watch;
	strlcpy(w->dir, path, sizeof(w->dir));
	strlcpy(w->node, path2, sizeof(w->node));
	strlcpy(w->seen, NEVER_SEEN, sizeof(w->seen));
	return 0;
}

void xenbus_unwatch_path(struct xenbus_watch *watch)
{
	struct watched *w;

	assert_sleepable();
	for (w = watches; w < watches + WATCHES; w++)
		if (w->watch == watch)
			break;
	if (w == watches + WATCHES || !watch->node)
		nb_panic("a watch is removed that was not set");
	w->watch = NULL;
	nb_free(watch->node, watch->node_sz);
	watch->node = NULL;
}

static bool has_changed(struct watched *w)
{
	const char *text = nb_store_read(w->dir, w->node);

	if (!text)
		text = "";
	if (strcmp(text, w->seen) == 0)
		return false;
	strlcpy(w->seen, text, sizeof(w->seen));
	return true;
}

void fake_watches_fire(void)
{
	struct watched *w;

	for (w = watches; w < watches + WATCHES; w++) {
		const char *vec[2];

		if (!w->watch || !has_changed(w))
			continue;
		vec[XS_WATCH_PATH] = w->watch->node;
		vec[XS_WATCH_TOKEN] = "";
		w->watch->xbw_callback(w->watch, vec, 2);
	}
}

void fake_watches_reset(void)
{
	memset(watches, 0, sizeof(watches));
}

/* SPDX-License-Identifier: MIT */
/* xenstore as the guest sees it: that of the world. */
#include "machine.h"

#include <stdio.h>
#include <string.h>

static unsigned int changes;
static const void *watcher;

void store_open(void)
{
	changes = 0;
	watcher = NULL;
}

const char *nb_store_read(const char *dir, const char *node)
{
	return store_read(nb_world, dir, node);
}

void nb_store_write(const char *dir, const char *node, const char *text)
{
	store_write(nb_world, dir, node, "%s", text);
}

void nb_store_remove(const char *dir, const char *node)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/%s", dir, node);
	store_remove(nb_world, path);
}

unsigned int nb_store_changes(void)
{
	return changes;
}

void nb_store_watched(const void *channel)
{
	watcher = channel;
}

void store_look(void)
{
	if (!nb_world->bus.front.news)
		return;
	nb_world->bus.front.news = false;
	changes++;
	if (watcher)
		nb_wake(watcher);
}

/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#define FRONT_DIR	"device/vusb/0"
#define SAID_OCTETS	65536
#define CHANNEL		7

struct world *memory_world;

static char said[SAID_OCTETS];
static bool opened, held;
static struct store_node before[STORE_NODES];	/* the transaction began */
static void *mapped[2];		/* where the world has the rings */

static struct world *world(void)
{
	return memory_world;
}

void platform_print(const char *format, ...)
{
	size_t n = strlen(said);
	va_list args;

	va_start(args, format);
	vsnprintf(said + n, sizeof(said) - n, format, args);
	if (getenv("TEMPLATE_SAYS"))
		fputs(said + n, stderr);
	va_end(args);
}

bool memory_said(const char *text)
{
	return strstr(said, text) != NULL;
}

void memory_forget(void)
{
	said[0] = '\0';
}

uint64_t platform_now_ms(void)
{
	return world()->now_ms;
}

/* A path as the world has it: directory and key. */
static void split(const char *path, char dir[8], const char **key)
{
	if (strncmp(path, FRONT_DIR "/", sizeof(FRONT_DIR)) == 0) {
		strcpy(dir, "fe");
		*key = path + sizeof(FRONT_DIR);
	} else if (strncmp(path, "be/", 3) == 0) {
		strcpy(dir, "be");
		*key = path + 3;
	} else {
		strcpy(dir, "other");
		*key = path;
	}
}

bool platform_xs_read(uint32_t tx, const char *path, char *text, size_t size)
{
	const char *key, *found;
	char dir[8];

	(void)tx;
	split(path, dir, &key);
	found = store_read(world(), dir, key);
	if (!found || strlen(found) >= size)
		return false;
	strcpy(text, found);
	return true;
}

bool platform_xs_write(uint32_t tx, const char *path, const char *text)
{
	const char *key;
	char dir[8];

	(void)tx;
	split(path, dir, &key);
	store_write(world(), dir, key, "%s", text);
	return true;
}

uint32_t platform_xs_begin(void)
{
	memcpy(before, world()->bus.node, sizeof(before));
	return 1;
}

bool platform_xs_end(uint32_t tx, bool commit)
{
	bool again = world_fails(world(), "transaction");

	(void)tx;
	if (!commit || again)
		memcpy(world()->bus.node, before, sizeof(before));
	return !again;
}

/* Every change is told. */
void platform_xs_watch(const char *path)
{
	(void)path;
}

int32_t platform_grant(uint16_t domid, void *page)
{
	struct grants *g = &world()->grants;
	uint32_t tried, at;

	assert_int_equal(domid, 0);
	assert_int_equal((uintptr_t)page % PLATFORM_PAGE, 0);
	if (world_fails(world(), "grant"))
		return -1;
	for (tried = 0; tried < GRANTS; tried++) {
		at = g->next++ % GRANTS;
		if (g->entry[at].page)
			continue;
		g->entry[at].page = page;
		g->entry[at].writable = true;
		g->granted++;
		return (int32_t)(GRANT_FIRST_REF + at);
	}
	return -1;
}

bool platform_ungrant(int32_t ref)
{
	struct grants *g = &world()->grants;

	assert_non_null(grants_page(g, (uint32_t)ref));
	if (held)
		return false;
	g->entry[(uint32_t)ref - GRANT_FIRST_REF].page = NULL;
	g->released++;
	return true;
}

void memory_hold_grants(bool hold)
{
	held = hold;
}

int32_t platform_event_open(uint16_t domid)
{
	assert_int_equal(domid, 0);
	assert_false(opened);
	if (world_fails(world(), "event channel"))
		return -1;
	opened = true;
	return CHANNEL;
}

void platform_event_notify(int32_t channel)
{
	assert_true(opened && channel == CHANNEL);
	if (world()->bus.back.has_used)
		world_notify_host(world());
}

void platform_event_close(int32_t channel)
{
	assert_true(opened && channel == CHANNEL);
	opened = false;
}

/* The backend maps the rings when it connects. */
static void map_rings(void)
{
	struct world *w = world();
	const struct bus_end *back = &w->bus.back;

	w->urb_mem.back = mapped[0];
	w->conn_mem.back = mapped[1];
	if (!back->has_used)
		return;
	w->urb_mem.back = grants_page(&w->grants, back->used.urb_ring_ref[0]);
	w->conn_mem.back = grants_page(&w->grants, back->used.conn_ring_ref);
}

static uint32_t look(void)
{
	struct world *w = world();
	uint32_t what = 0;

	if (w->to_guest.pending && w->turn >= w->to_guest.due) {
		w->to_guest.pending = false;
		what |= opened ? PLATFORM_EVENT : 0;
	}
	if (w->bus.front.news) {
		w->bus.front.news = false;
		what |= PLATFORM_WATCH;
	}
	return what;
}

/* Nothing can happen now: time passes. */
static void pass(uint64_t until_ms)
{
	struct world *w = world();
	uint64_t due = w->bus.back.loaded ? w->bus.back.due_ms : until_ms;

	if (until_ms < due)
		due = until_ms;
	world_check(w, due != PLATFORM_NEVER, "something happens", __FILE__,
		    __LINE__);
	w->now_ms = due > w->now_ms ? due : w->now_ms;
}

uint32_t platform_wait(uint64_t until_ms)
{
	struct world *w = world();

	for (;;) {
		uint32_t what = look();

		map_rings();
		if (what != 0 || w->now_ms >= until_ms)
			return what;
		if (!world_turn(w))
			pass(until_ms);
	}
}

void memory_make_nodes(void)
{
	store_write(world(), "fe", "backend", "be");
	store_write(world(), "fe", "backend-id", "0");
	bus_attach(world());
}

void memory_remove_nodes(void)
{
	store_remove(world(), "be");
	store_remove(world(), "fe");
}

void memory_open(bool extended)
{
	const struct world_config config = { .num_ports = 2,
					     .old = !extended };

	memory_world = calloc(1, sizeof(*memory_world));
	assert_non_null(memory_world);
	world_open_apart(memory_world, &config, AT_ONCE);
	memory_world->guest_is_frozen = true;
	memory_world->now_ms = 5000;
	mapped[0] = memory_world->urb_mem.back;
	mapped[1] = memory_world->conn_mem.back;
	said[0] = '\0';
	held = false;
	memory_make_nodes();
	bus_load(memory_world, &memory_world->bus.back);
}

void memory_close(void)
{
	assert_false(opened);
	memory_world->fail_nth = 0;
	bus_unload(memory_world, &memory_world->bus.back);
	map_rings();
	bus_pass_ms(memory_world, 60000);
	map_rings();
	world_close(memory_world);
	free(memory_world);
	memory_world = NULL;
}

void memory_plug(struct device *d)
{
	world_add(memory_world, d);
	store_write(memory_world, "be", "port/1", "%u", d->instance);
	bus_ports_changed(memory_world);
	map_rings();
}

void memory_unplug(struct device *d)
{
	d->broken = true;
	store_write(memory_world, "be", "port/1", "%s", "");
	bus_ports_changed(memory_world);
	map_rings();
}

/* Two answers where one request at most was made. */
void memory_lie(void)
{
	uint8_t *ring = memory_world->urb_mem.back;
	uint32_t prod;

	memcpy(&prod, ring + USBIF_WIRE_RSP_PROD, sizeof(prod));
	prod += 100;
	memcpy(ring + USBIF_WIRE_RSP_PROD, &prod, sizeof(prod));
	world_notify_guest(memory_world);
}

/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor: the grant table (that of the world, with pages of machine
 * memory), event channels, and the backend's mapping of the rings.
 */
#define _GNU_SOURCE
#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PORTS	64u
#define PAGE	4096u

struct granted {
	uint64_t ma;
	unsigned int mapped;
	bool held;		/* by a backend that does not let go */
};

struct port {
	bool exists, masked, pending;
	int (*handler)(void *);
	void *arg;
};

static struct granted granted[GRANTS];
static struct port ports[PORTS];
static unsigned int next_port;
static bool mapped;
static struct usbif_xb_config rings;

void hyper_open(void)
{
	memset(granted, 0, sizeof(granted));
	memset(ports, 0, sizeof(ports));
	next_port = 5;
	mapped = false;
}

static struct granted *find(uint32_t ref)
{
	uint32_t at = ref - GRANT_FIRST_REF;

	if (at >= GRANTS || !nb_world->grants.entry[at].page)
		nb_panic("grant %u does not exist", ref);
	return &granted[at];
}

int nb_grant(unsigned int domain, uint64_t ma, bool readonly)
{
	struct grants *g = &nb_world->grants;
	uint8_t *page = memory_of(ma);
	uint32_t tried, at;

	if (!page)
		nb_panic("grant of what is no page");
	if (domain != 0)
		nb_panic("grant to domain %u", domain);
	for (tried = 0; tried < GRANTS; tried++) {
		at = g->next++ % GRANTS;
		if (g->entry[at].page)
			continue;
		g->entry[at].page = page;
		g->entry[at].writable = !readonly;
		memory_granted(page, 1);
		g->granted++;
		granted[at] = (struct granted){ .ma = ma };
		nb_count(NB_GRANT, 1);
		return (int)(GRANT_FIRST_REF + at);
	}
	return -1;
}

bool nb_grant_in_use(uint32_t ref)
{
	const struct granted *g = find(ref);

	return g->mapped != 0 || g->held;
}

static void end(uint32_t at)
{
	memory_granted(nb_world->grants.entry[at].page, -1);
	nb_world->grants.entry[at].page = NULL;
	nb_world->grants.released++;
	nb_count(NB_GRANT, -1);
}

void nb_grant_end(uint32_t ref)
{
	if (nb_grant_in_use(ref))
		nb_panic("grant %u is revoked while it is mapped", ref);
	end(ref - GRANT_FIRST_REF);
}

void nb_hold_grants(bool held)
{
	uint32_t at;

	for (at = 0; at < GRANTS; at++)
		granted[at].held = held && nb_world->grants.entry[at].page;
}

int nb_port_alloc(unsigned int domain)
{
	if (domain != 0)
		nb_panic("event channel to domain %u", domain);
	if (next_port == PORTS)
		next_port = 5;
	while (next_port < PORTS && ports[next_port].exists)
		next_port++;
	if (next_port == PORTS)
		return -1;
	ports[next_port] = (struct port){ .exists = true, .masked = true };
	nb_count(NB_PORT, 1);
	return (int)next_port++;
}

static struct port *port_of(unsigned int number)
{
	if (number >= PORTS || !ports[number].exists)
		nb_panic("event channel %u does not exist", number);
	return &ports[number];
}

void nb_port_close(unsigned int number)
{
	if (port_of(number)->handler)
		nb_panic("event channel %u closed with a handler", number);
	ports[number].exists = false;
	nb_count(NB_PORT, -1);
}

void nb_port_mask(unsigned int number, bool masked_)
{
	port_of(number)->masked = masked_;
}

void nb_port_clear(unsigned int number)
{
	port_of(number)->pending = false;
}

void nb_port_notify(unsigned int number)
{
	const struct bus_end *back = &nb_world->bus.back;

	port_of(number);
	nb_count_notify();
	if (back->loaded && back->has_used &&
	    back->used.event_channel == number)
		world_notify_host(nb_world);
}

void nb_port_bind(unsigned int number, int (*handler)(void *), void *arg)
{
	struct port *p = port_of(number);

	if (p->handler)
		nb_panic("event channel %u has two handlers", number);
	p->handler = handler;
	p->arg = arg;
	nb_count(NB_HANDLER, 1);
}

void nb_port_unbind(unsigned int number)
{
	struct port *p = port_of(number);

	p->handler = NULL;
	p->masked = true;
	nb_count(NB_HANDLER, -1);
}

void hyper_raise(unsigned int number)
{
	if (number < PORTS && ports[number].exists)
		ports[number].pending = true;
}

bool nb_deliver_events(void)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < PORTS; i++) {
		struct port *p = &ports[i];

		if (!p->exists || !p->handler || p->masked || !p->pending)
			continue;
		p->pending = false;
		nb_in_interrupt(true);
		p->handler(p->arg);
		nb_in_interrupt(false);
		any = true;
	}
	return any;
}

void hyper_forget(void)
{
	uint32_t at;

	for (at = 0; at < GRANTS; at++)
		if (nb_world->grants.entry[at].page)
			end(at);
	memset(granted, 0, sizeof(granted));
	for (at = 0; at < PORTS; at++) {
		if (ports[at].exists)
			nb_count(NB_PORT, -1);
		if (ports[at].handler)
			nb_count(NB_HANDLER, -1);
	}
	memset(ports, 0, sizeof(ports));
}

static void map_page(void *to, uint32_t ref)
{
	struct granted *g = find(ref);
	void *at = mmap(to, PAGE, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED, memory_file(),
			memory_place(g->ma));

	if (at == MAP_FAILED)
		abort();
	g->mapped++;
}

static void unmap_page(void *at, uint32_t ref)
{
	if (mmap(at, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		abort();
	ref -= GRANT_FIRST_REF;
	if (nb_world->grants.entry[ref].page)
		granted[ref].mapped--;
}

void hyper_map_rings(void)
{
	const struct bus_end *back = &nb_world->bus.back;
	uint8_t *urb = nb_world->urb_mem.back;
	uint32_t i;

	if (back->has_used == mapped)
		return;
	mapped = back->has_used;
	if (mapped) {
		rings = back->used;
		map_page(nb_world->conn_mem.back, rings.conn_ring_ref);
		for (i = 0; i < rings.ring_pages; i++)
			map_page(urb + i * PAGE, rings.urb_ring_ref[i]);
		return;
	}
	unmap_page(nb_world->conn_mem.back, rings.conn_ring_ref);
	for (i = 0; i < rings.ring_pages; i++)
		unmap_page(urb + i * PAGE, rings.urb_ring_ref[i]);
}

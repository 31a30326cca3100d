/* SPDX-License-Identifier: MIT */
/* The backend's domain and the toolstack: the world of tests/support/. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#include "usbif/msg.h"

struct world *nb_world;
enum nb_schedule nb_schedule;

static bool busy;
static unsigned int notifies;

void nb_set_busy(bool is)
{
	busy = is;
}

bool nb_is_busy(void)
{
	return busy;
}

void nb_count_notify(void)
{
	notifies++;
}

unsigned int nb_notifies(void)
{
	return notifies;
}

bool nb_has_failed(void)
{
	/* A transaction that must be begun anew changes nothing. */
	return nb_axe_has_fallen() ||
	       (nb_world->failed && !strstr(nb_world->failed, "EAGAIN"));
}

bool nb_spurious(void)
{
	return nb_schedule == NB_NOISE && sched_random() % 4 == 0;
}

void nb_check(bool holds, const char *what, const char *at, int line)
{
	if (!holds)
		nb_panic("%s:%d: not so: %s", at, line, what);
}

bool world_step(void)
{
	struct world *w = nb_world;
	bool acted = world_turn(w);

	hyper_map_rings();
	if (!w->to_guest.pending)
		return acted;
	if (w->turn >= w->to_guest.due) {
		w->to_guest.pending = false;
		hyper_raise(w->bus.back.used.event_channel);
	}
	return true;
}

uint64_t world_due_ms(void)
{
	const struct bus_end *back = &nb_world->bus.back;

	return back->loaded && !nb_world->host_is_frozen ? back->due_ms :
							   NB_FOREVER;
}

static void write_nodes(void)
{
	store_write(nb_world, "fe", "backend", "be");
	store_write(nb_world, "fe", "backend-id", "0");
	bus_attach(nb_world);
	if (nb_usb_ver() != 2)
		store_write(nb_world, "be", "usb-ver", "%u", nb_usb_ver());
}

void world_boot(const struct nb_config *config)
{
	static const enum schedule schedules[] = {
		[NB_CALM] = AT_ONCE, [NB_EAGER] = BATCHED, [NB_NOISE] = NOISE,
	};
	const struct world_config c = {
		.num_ports = config->num_ports ? config->num_ports : 2,
		.ring_pages = config->ring_pages ? config->ring_pages : 1,
		.old = config->old,
		.hc.cancel = config->cancel,
	};

	nb_world = calloc(1, sizeof(*nb_world));
	if (!nb_world)
		abort();
	world_open_apart(nb_world, &c, schedules[nb_schedule]);
	nb_world->noise = nb_seed() + 1;
	nb_world->guest_is_frozen = true;
	/* A kernel that has been up for a while. */
	nb_world->now_ms = 5000;
	busy = false;
	notifies = 0;
	write_nodes();
	if (!config->no_backend)
		bus_load(nb_world, &nb_world->bus.back);
}

void world_halt(void)
{
	unsigned int i;

	nb_world->host_is_frozen = false;
	nb_world->fail_nth = 0;
	for (i = 0; i < nb_world->devices; i++)
		world_assert(nb_world, nb_world->device[i]->misuse == 0);
	world_close(nb_world);
	free(nb_world);
	nb_world = NULL;
}

void nb_toolstack_detach(void)
{
	bus_detach(nb_world);
}

void nb_backend_load(void)
{
	bus_load(nb_world, &nb_world->bus.back);
	hyper_map_rings();
}

void nb_backend_unload(void)
{
	bus_unload(nb_world, &nb_world->bus.back);
	hyper_map_rings();
}

void nb_backend_crash(void)
{
	bus_crash_back(nb_world);
	hyper_map_rings();
}

bool nb_backend_is_loaded(void)
{
	return nb_world->bus.back.loaded;
}

void nb_backend_freeze(bool is)
{
	nb_world->host_is_frozen = is;
}

void nb_backend_key(const char *key, const char *text)
{
	if (text)
		nb_store_write("be", key, text);
	else
		nb_store_remove("be", key);
}

unsigned int nb_connections(void)
{
	return nb_world->bus.back.connected;
}

unsigned int nb_backend_state(void)
{
	return store_state(nb_world, "be");
}

void nb_nodes_gone(void)
{
	store_remove(nb_world, "be");
	store_remove(nb_world, "fe");
}

void nb_nodes_anew(void)
{
	nb_nodes_gone();
	write_nodes();
}

static void write_port(unsigned int port, const char *format, unsigned int n)
{
	char key[12] = "port/";

	key[5] = (char)('0' + port);
	store_write(nb_world, "be", key, format, n);
}

static void ports_changed(void)
{
	if (nb_world->bus.back.loaded)
		bus_ports_changed(nb_world);
	hyper_map_rings();
}

static struct device *plugged[10];

void nb_plug_later(unsigned int port, struct device *d)
{
	world_add(nb_world, d);
	plugged[port] = d;
	write_port(port, "%u", d->instance);
}

void nb_plug(unsigned int port, struct device *d)
{
	nb_plug_later(port, d);
	ports_changed();
}

/* It is pulled: what is asked of it from now on fails. */
void nb_unplug(unsigned int port)
{
	plugged[port]->broken = true;
	write_port(port, "", 0);
	ports_changed();
}

void nb_other_host(void)
{
	nb_backend_crash();
	hyper_forget();
	store_remove(nb_world, "be");
	write_nodes();
	bus_load(nb_world, &nb_world->bus.back);
}

void nb_backend_steps(unsigned int turns)
{
	while (turns-- > 0 && world_step())
		;
}

void nb_backend_runs(void)
{
	while (world_step())
		;
}

unsigned int nb_transfers(void)
{
	return nb_world->hc.queued;
}

static struct usbif_back *back(void)
{
	return &nb_world->host.back;
}

bool nb_lie_take(struct usbif_msg_req *req)
{
	uint16_t slot;

	if (usbif_back_take(back(), nb_world->urb_mem.back, &slot) != 1)
		return false;
	*req = *usbif_back_req(back(), slot);
	return true;
}

/* Where the backend's next answer goes, whether there is room or not. */
static void put_raw(void *ring, uint32_t slots, uint32_t octets,
		    const void *from, uint32_t size)
{
	uint32_t prod;
	uint8_t *at = ring;

	memcpy(&prod, at + 8, sizeof(prod));
	memcpy(at + 64 + (prod & (slots - 1)) * octets, from, size);
	prod++;
	memcpy(at + 8, &prod, sizeof(prod));
}

void nb_lie_answer(unsigned int id, int32_t status, uint32_t actual)
{
	uint8_t octets[16] = { 0 };
	uint32_t slots = 16u * nb_world->config.ring_pages;

	octets[0] = (uint8_t)id;
	octets[1] = (uint8_t)(id >> 8);
	memcpy(octets + 4, &status, sizeof(status));
	memcpy(octets + 8, &actual, sizeof(actual));
	put_raw(nb_world->urb_mem.back, slots, 148, octets, sizeof(octets));
}

void nb_lie_event(unsigned int id, unsigned int port, unsigned int speed)
{
	uint8_t octets[4] = { (uint8_t)id, (uint8_t)(id >> 8), (uint8_t)port,
			      (uint8_t)speed };

	put_raw(nb_world->conn_mem.back, 512, 4, octets, sizeof(octets));
}

void nb_lie_index(bool events, uint32_t change)
{
	uint8_t *ring = events ? nb_world->conn_mem.back :
				 nb_world->urb_mem.back;
	uint32_t prod;

	memcpy(&prod, ring + 8, sizeof(prod));
	prod += change;
	memcpy(ring + 8, &prod, sizeof(prod));
}

void nb_lie_notify(void)
{
	hyper_raise(nb_world->bus.back.used.event_channel);
}

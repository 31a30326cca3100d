/* SPDX-License-Identifier: MIT */
/* Coming and going of the controller. */
#include "stories.h"

void attach_and_detach(void)
{
	connected();
}

void enumerate(void)
{
	connected();
	nb_plug(1, device_stick(false));
	must(device_at(1));
	nb_plug(2, device_keyboard());
	must(device_at(2));
	must(device_at(1)->ud_speed == USB_SPEED_HIGH);
	must(device_at(2)->ud_speed == USB_SPEED_LOW);
}

void many_ports(void)
{
	unsigned int port;

	connected();
	for (port = 1; port <= 9; port++)
		nb_plug(port, port % 2 ? device_messages() :
					 device_keyboard());
	for (port = 1; port <= 9; port++)
		must(device_at(port));
	for (port = 2; port <= 9; port += 3)
		nb_unplug(port);
	for (port = 2; port <= 9; port += 3)
		no_device_at(port);
	must(device_now(1) && device_now(9));
	must(fake_bus()->ub_roothub->ud_hub->uh_hubdesc.bNbrPorts == 31);
}

/* A controller of USB 1.1 shows a fast device as one of full speed. */
void old_usb(void)
{
	connected();
	must(fake_bus()->ub_revision == USBREV_1_1);
	nb_plug(1, device_stick(false));
	must(device_at(1));
	must(device_at(1)->ud_speed == USB_SPEED_FULL);
	use_a_stick();
}

/* A mounted disk: nothing may change. */
void refused_detach(void)
{
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
	nb_set_busy(true);
	expect(fake_user_detach(0) == EBUSY);
	use_a_stick();
	nb_set_busy(false);
	expect(fake_user_detach(0) == 0);
	expect(!fake_xusb());
}

/* A port changes at any moment of a detach. */
void detach_while_ports_change(void)
{
	unsigned int i;

	for (i = 0; i < 40; i++) {
		connected();
		nb_plug(1, device_keyboard());
		must(device_at(1));
		pass_ms(1000);
		nb_unplug(1);
		nb_backend_steps(i);
		fake_user_detach(DETACH_FORCE);
		nb_backend_crash();
		nb_nodes_anew();
		nb_backend_load();
	}
}

void backend_comes_late(void)
{
	must(wait_until(fake_xusb()));
	pass_ms(20000);
	expect(!fake_bus());
	nb_backend_load();
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
}

/* Keys that no good backend writes: one line says which, and nothing else. */
static void bad_key(const char *key, const char *text, const char *line,
		    bool own)
{
	must(wait_until(fake_xusb()));
	nb_backend_load();
	nb_backend_key(key, text);
	/* A backend that finds its own keys bad may close first. */
	must(wait_until(nb_log_has(line) || (own && !fake_xusb())));
	pass_ms(3000);
	expect(!fake_bus() && nb_log_count(line) <= 1);
	nb_backend_crash();
	nb_nodes_gone();
	must(wait_until(!fake_xusb()));
	pass_ms(100);
	nb_nodes_anew();
	nb_backend_load();
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
}

void bad_keys(void)
{
	bad_key("max-urb-ring-pages", "0",
		"backend key max-urb-ring-pages is \"0\"", false);
}

void missing_keys(void)
{
	bad_key("num-ports", NULL, "backend key num-ports is missing",
		true);
}

void endless_keys(void)
{
	bad_key("feature-endpoint-queues", "12345678901234567890123",
		"backend key feature-endpoint-queues is", false);
}

/* The machine goes down: nothing more is timed, and nothing hangs. */
void deactivated(void)
{
	struct device *d = device_source_sink();
	struct io *io;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	d->in[1].limit = 0;
	io = io_new(pipe_open(device_at(1), 0x81), 512);
	io->timeout_ms = 1000;
	must(io_submit(io) == USBD_IN_PROGRESS);
	expect(config_deactivate(fake_xusb()) == 0);
	pass_ms(5000);
	expect(io->pending);
	expect(fake_user_detach(DETACH_FORCE) == 0);
	expect(!io->pending && io->status == USBD_CANCELLED);
}

static void gone(void)
{
	must(wait_until(!fake_xusb()));
	/* xenwatch may still write its last word. */
	pass_ms(100);
}

static void again(void)
{
	nb_nodes_anew();
	nb_backend_load();
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
}

void backend_restart(void)
{
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
	nb_backend_unload();
	gone();
	must(wait_until(!nb_backend_is_loaded()));
	again();
}

/* The toolstack does not notice: nobody makes the nodes anew. */
void backend_reload(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		connected();
		nb_plug(1, device_stick(false));
		use_a_stick();
		nb_backend_unload();
		gone();
		must(wait_until(!nb_backend_is_loaded()));
		pass_ms(20000);
		must(!fake_xusb());
		nb_backend_load();
	}
	connected();
}

/* The module is loaded anew, and the toolstack has not noticed anything. */
void backend_loaded_anew(void)
{
	connected();
	nb_plug(1, device_keyboard());
	must(device_at(1));
	nb_backend_unload();
	gone();
	must(wait_until(!nb_backend_is_loaded()));
	pass_ms(7000);
	nb_backend_load();
	connected();
	must(device_at(1));
}

/* It dies without a word; its successor finds the old connection. */
void backend_crash(void)
{
	struct device *d = device_source_sink();
	struct io *io;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	d->in[1].limit = 0;
	io = io_new(pipe_open(device_at(1), 0x81), 512);
	must(io_submit(io) == USBD_IN_PROGRESS);
	pass_ms(50);
	nb_backend_crash();
	pass_ms(5000);
	nb_backend_load();
	must(io_wait(io) != USBD_NORMAL_COMPLETION);
	pass_ms(15000);
	connected();
	nb_unplug(1);
	must(wait_until(!device_at(1)));
	nb_plug(1, device_stick(false));
	use_a_stick();
}

/* It keeps every page mapped: they are lost, and no more than they. */
void backend_keeps_pages(void)
{
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
	nb_hold_grants(true);
	nb_backend_unload();
	gone();
}

void toolstack_detach(void)
{
	connected();
	nb_plug(1, device_stick(false));
	use_a_stick();
	nb_toolstack_detach();
	gone();
	expect(nb_backend_state() == XenbusStateClosed);
}

void suspend_and_resume(void)
{
	unsigned int i;

	connected();
	for (i = 1; i <= 2; i++) {
		nb_plug(1, device_stick(false));
		use_a_stick();
		fake_other_host();
		must(wait_until(nb_connections() == i + 1 && fake_bus() &&
				!device_now(1)));
	}
	nb_plug(1, device_stick(false));
	use_a_stick();
}

void suspend_under_load(void)
{
	struct device *d = device_source_sink();
	struct io *io;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	d->in[1].limit = 100;
	io = io_new(pipe_open(device_at(1), 0x81), 4096);
	must(io_submit(io) == USBD_IN_PROGRESS);
	pass_ms(20);
	fake_other_host();
	must(io_wait(io) != USBD_NORMAL_COMPLETION);
	must(wait_until(nb_connections() == 2 && fake_bus() &&
			!device_now(1)));
	nb_plug(1, device_stick(false));
	use_a_stick();
}

/* SPDX-License-Identifier: MIT */
/* Devices come and go. */
#include "stories.h"

void unplug_and_replug(void)
{
	int i;

	connected();
	for (i = 0; i < 3; i++) {
		nb_plug(1, device_stick(false));
		use_a_stick();
		nb_unplug(1);
		no_device_at(1);
	}
}

void unplug_under_load(void)
{
	struct device *d = device_source_sink();
	struct io *in, *out, *idle;
	struct pipe *p;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	d->in[3].limit = 0;
	d->in[1].limit = 8000;
	d->out[2].limit = 8000;
	in = io_new(p, 20000);
	out = io_new(pipe_open(p->dev, 0x02), 20000);
	idle = io_new(pipe_open(p->dev, 0x83), 64);
	must(io_submit(in) == USBD_IN_PROGRESS);
	must(io_submit(out) == USBD_IN_PROGRESS);
	must(io_submit(idle) == USBD_IN_PROGRESS);
	pass_ms(100);
	nb_unplug(1);
	no_device_at(1);
	must(io_wait(in) != USBD_NORMAL_COMPLETION);
	must(io_wait(out) != USBD_NORMAL_COMPLETION);
	must(io_wait(idle) != USBD_NORMAL_COMPLETION);
	nb_plug(1, device_stick(false));
	use_a_stick();
}

/* Another device, before anybody has looked. */
void swap_devices(void)
{
	struct usbd_device *old;

	connected();
	nb_plug(1, device_keyboard());
	old = device_at(1);
	must(old);
	nb_unplug(1);
	nb_backend_runs();
	nb_plug(1, device_stick(false));
	must(wait_until(device_now(1) &&
			device_now(1)->ud_speed == USB_SPEED_HIGH));
	use_a_stick();
}

void both_ports(void)
{
	struct device *d = device_messages();
	struct io *io;

	connected();
	nb_plug(2, d);
	nb_plug(1, device_stick(false));
	must(device_at(2));
	io = io_new(pipe_open(device_at(2), 0x81), 512);
	must(io_submit(io) == USBD_IN_PROGRESS);
	use_a_stick();
	nb_unplug(1);
	no_device_at(1);
	device_say(d, 1, 77);
	nb_backend_runs();
	must(io_wait(io) == USBD_SHORT_XFER && io->actual == 77);
	nb_plug(1, device_stick(true));
	use_a_stick();
}

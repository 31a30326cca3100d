/* SPDX-License-Identifier: MIT */
/*
 * Something is taken away at every moment of a life: the runner repeats this
 * story with the axe falling after one thread switch, two, and so on.
 */
#include "stories.h"

static void fall(void)
{
	switch (nb_axe_kind()) {
	case NB_AXE_USER:
		fake_user_detach(DETACH_FORCE);
		break;
	case NB_AXE_TOOLSTACK:
		nb_toolstack_detach();
		break;
	case NB_AXE_UNLOAD:
		nb_backend_unload();
		break;
	case NB_AXE_CRASH:
		nb_backend_crash();
		pass_ms(2000);
		nb_backend_load();
		break;
	case NB_AXE_UNPLUG:
		nb_unplug(1);
		break;
	case NB_AXE_SUSPEND:
		fake_other_host();
		break;
	case NB_AXE_SILENCE:
		nb_backend_freeze(true);
		pass_ms(40000);
		nb_backend_freeze(false);
		break;
	case NB_AXES:
		break;
	}
}

static void axe(void *unused)
{
	(void)unused;
	nb_axe_wait();
	fall();
}

void axe_falls(void)
{
	struct device *d = device_messages();
	struct io *io;

	nb_plug_later(1, device_stick(false));
	nb_plug_later(2, d);
	nb_thread("axe", axe, NULL, NB_THREAD);
	connected();
	must(device_at(2));
	io = io_new(pipe_open(device_at(2), 0x81), 2048);
	must(io_submit(io) == USBD_IN_PROGRESS);
	use_a_stick();
	device_say(d, 1, 300);
	nb_backend_runs();
	must(io_wait(io) == USBD_SHORT_XFER);
}

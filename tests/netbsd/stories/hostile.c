/* SPDX-License-Identifier: MIT */
/*
 * A backend that lies.  This kernel stays, everything comes back, the reason
 * is on the console once, and an honest backend can come afterwards.
 */
#include "stories.h"
#include "usbif/msg.h"

struct victim {
	struct device *d;
	struct pipe *p;
	struct io *io[2];
	struct usbif_msg_req req;
};

static void submit_and_freeze(struct victim *v)
{
	unsigned int i;

	connected();
	v->d = device_source_sink();
	nb_plug(1, v->d);
	must(device_at(1));
	v->p = pipe_open(device_at(1), 0x81);
	nb_backend_freeze(true);
	for (i = 0; i < 2; i++) {
		v->io[i] = io_new(v->p, 1024);
		must(io_submit(v->io[i]) == USBD_IN_PROGRESS);
	}
	nb_log_forget();
}

static void prepare(struct victim *v)
{
	submit_and_freeze(v);
	must(wait_until(nb_lie_take(&v->req)));
}

static void found(struct victim *v, const char *reason)
{
	unsigned int i;

	nb_lie_notify();
	for (i = 0; i < 2; i++)
		must(io_wait(v->io[i]) != USBD_NORMAL_COMPLETION);
	if (!wait_until(nb_log_has(reason)))
		nb_panic("the console does not say \"%s\"", reason);
	expect(nb_log_count("xusb0: ") == 1);
	/* The lying one is replaced. */
	nb_backend_freeze(false);
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

void lying_id(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_answer(0xffff, USBIF_WIRE_ST_OK, 0);
	found(&v, "xusb0: FAULT, RSP_ID");
}

void lying_status(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_answer(v.req.id, 12345, 0);
	found(&v, "xusb0: FAULT, RSP_STATUS");
}

void lying_length(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_answer(v.req.id, USBIF_WIRE_ST_OK, 0x7fffffff);
	found(&v, "xusb0: FAULT, RSP_LENGTH");
}

void lying_twice(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_answer(v.req.id, USBIF_WIRE_ST_IOERROR, 0);
	nb_lie_answer(v.req.id, USBIF_WIRE_ST_IOERROR, 0);
	found(&v, "xusb0: FAULT, RING_INDEX");
}

void lying_index(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_index(false, 0x80000000u);
	found(&v, "xusb0: FAULT, RING_INDEX");
}

void lying_event_index(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_index(true, 5000);
	found(&v, "xusb0: FAULT, RING_INDEX");
}

void lying_port(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_event(1, 200, 3);
	found(&v, "xusb0: FAULT, CONN_PORT");
}

void lying_speed(void)
{
	struct victim v;

	prepare(&v);
	nb_lie_event(1, 2, 77);
	found(&v, "xusb0: FAULT, CONN_SPEED");
}

/* Events for nothing: they cost time, and that is all. */
void flood_of_events(void)
{
	unsigned int told;
	int i;

	connected();
	nb_plug(1, device_stick(false));
	must(device_at(1));
	pass_ms(1000);
	told = nb_notifies();
	for (i = 0; i < 500; i++) {
		nb_lie_notify();
		pass_ms(1);
	}
	expect(nb_notifies() == told);
	use_a_stick();
}

/* It says nothing for ever: what is unlinked comes back all the same. */
void silence(void)
{
	struct victim v;

	prepare(&v);
	pipe_abort(v.p);
	expect(!v.io[0]->pending && !v.io[1]->pending);
	found(&v, "xusb0: FAULT, RSP_OVERDUE");
}

void silence_then_detach(void)
{
	struct victim v;

	submit_and_freeze(&v);
	expect(fake_user_detach(DETACH_FORCE) == 0);
	expect(!v.io[0]->pending && !v.io[1]->pending);
}

/* An answer, with octets, to what was given back long ago. */
void answer_after_abort(void)
{
	struct victim v;

	prepare(&v);
	pipe_abort(v.p);
	nb_lie_answer(v.req.id, USBIF_WIRE_ST_OK, 1024);
	nb_lie_notify();
	pass_ms(100);
	expect(!v.io[0]->pending && v.io[0]->status == USBD_CANCELLED);
	must(io_submit(v.io[0]) == USBD_IN_PROGRESS);
	found(&v, "xusb0: FAULT, RSP_OVERDUE");
}

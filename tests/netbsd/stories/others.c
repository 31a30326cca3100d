/* SPDX-License-Identifier: MIT */
/* Keyboards, polling mode, and isochronous transfers. */
#include "stories.h"

#define KEYS	5
#define FRAMES	8
#define BATCHES	6

static unsigned int keys;

static void on_key(struct usbd_xfer *xfer, void *arg, usbd_status status)
{
	(void)xfer;
	(void)arg;
	if (status == USBD_NORMAL_COMPLETION)
		keys++;
}

/* As ukbd(4): one xfer that repeats itself. */
static struct pipe *open_keyboard(uint8_t *report)
{
	struct usbd_xfer *xfer;
	struct pipe *p;

	must(device_at(1));
	must(device_at(1)->ud_speed == USB_SPEED_LOW);
	p = pipe_open(device_at(1), 0x81);
	must(usbd_create_xfer(p->usb, 8, 0, 0, &xfer) == 0);
	usbd_setup_xfer(xfer, NULL, report, 8, USBD_SHORT_XFER_OK,
			USBD_NO_TIMEOUT, on_key);
	p->usb->up_intrxfer = xfer;
	p->usb->up_repeat = 1;
	keys = 0;
	must(usbd_transfer(xfer) == USBD_IN_PROGRESS);
	return p;
}

void keyboard(void)
{
	static uint8_t report[8];
	struct device *d = device_keyboard();
	unsigned int i;

	connected();
	nb_plug(1, d);
	open_keyboard(report);
	for (i = 0; i < KEYS; i++) {
		pass_ms(200);
		expect(keys == i || nb_has_failed());
		device_say(d, 1, 8);
		nb_backend_runs();
		must(wait_until(keys == i + 1));
		expect(report[0] == device_pattern(1, 8 * i));
	}
}

/* At a debugger's prompt nothing runs but the one who asks. */
static bool poll_key(struct usbd_device *dev, unsigned int wanted)
{
	int i;

	for (i = 0; i < 1000 && keys < wanted; i++) {
		nb_backend_runs();
		dev->ud_bus->ub_methods->ubm_dopoll(dev->ud_bus);
		delay(1000);
	}
	return keys == wanted;
}

void keyboard_polled(void)
{
	static uint8_t report[8];
	struct device *d = device_keyboard();
	struct usbd_device *dev;
	unsigned int i, round;

	connected();
	nb_plug(1, d);
	open_keyboard(report);
	dev = device_at(1);
	for (round = 0; round < 2; round++) {
		usbd_set_polling(dev, 1);
		for (i = 1; i <= KEYS; i++) {
			device_say(d, 1, 8);
			expect(poll_key(dev, round * (KEYS + 1) + i));
		}
		usbd_set_polling(dev, 0);
		/* And as ever afterwards. */
		device_say(d, 1, 8);
		nb_backend_runs();
		must(wait_until(keys == (round + 1) * (KEYS + 1)));
	}
}

static void polled_done(struct io *io)
{
	(void)io;
}

/* A crash dump to a stick: transfers started and ended while polling. */
void disk_polled(void)
{
	struct device *d = device_source_sink();
	struct usbd_device *dev;
	struct pipe *p;
	struct io *io;
	int i;

	connected();
	nb_plug(1, d);
	dev = device_at(1);
	must(dev);
	p = pipe_open(dev, 0x02);
	io = io_new(p, 20000);
	io->then = polled_done;
	must(io_run(io) == USBD_NORMAL_COMPLETION);
	/* A thread that is stopped between its callback and the next start
	   would keep the pipe, in NetBSD too. */
	pass_ms(50);
	usbd_set_polling(dev, 1);
	must(io_submit(io) == USBD_IN_PROGRESS);
	for (i = 0; i < 1000 && io->pending; i++) {
		nb_backend_runs();
		dev->ud_bus->ub_methods->ubm_dopoll(dev->ud_bus);
		delay(1000);
	}
	expect(!io->pending && io->status == USBD_NORMAL_COMPLETION);
	usbd_set_polling(dev, 0);
	must(io_run(io) == USBD_NORMAL_COMPLETION);
	must(d->out[2].log.n == 60000);
}

static void check_frames(struct io *io)
{
	uint32_t i, j, at = 0, sum = 0;

	for (i = 0; i < FRAMES; i++) {
		expect(io->frame[i] == 200 - 200 / 4);
		for (j = 0; j < io->frame[i]; j++)
			if (io_octets(io)[at + j] != device_pattern(1, i + j))
				nb_panic("frame %u octet %u is wrong", i, j);
		at += 200;
		sum += io->frame[i];
	}
	expect(io->actual == sum);
}

static void check_order(struct io **io)
{
	unsigned int i;

	for (i = 0; i < BATCHES; i++) {
		must(io_wait(io[i]) == USBD_NORMAL_COMPLETION);
		must(i == 0 || io[i]->order == io[i - 1]->order + 1);
	}
}

void isochronous_in(void)
{
	struct io *io[BATCHES];
	struct pipe *p;
	unsigned int i, j, round;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	for (i = 0; i < BATCHES; i++)
		io[i] = io_iso(p, FRAMES, 200);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < BATCHES; i++) {
			for (j = 0; j < FRAMES; j++)
				io[i]->frame[j] = 200;
			io[i]->flags = USBD_SHORT_XFER_OK;
			must(io_submit(io[i]) == USBD_IN_PROGRESS);
		}
		check_order(io);
		for (i = 0; i < BATCHES; i++)
			check_frames(io[i]);
	}
}

void isochronous_out(void)
{
	struct io *io[BATCHES];
	struct pipe *p;
	unsigned int i, j;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x02);
	for (i = 0; i < BATCHES; i++) {
		io[i] = io_iso(p, FRAMES, (uint16_t)(100 + i));
		memset(io_octets(io[i]), 0x33, io[i]->length);
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	check_order(io);
	for (i = 0; i < BATCHES; i++) {
		must(io[i]->actual == io[i]->length);
		for (j = 0; j < FRAMES; j++)
			must(io[i]->frame[j] == 100 + i);
	}
}

void isochronous_aborted(void)
{
	struct io *io[BATCHES];
	struct pipe *p;
	unsigned int i, round;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x02);
	for (i = 0; i < BATCHES; i++)
		io[i] = io_iso(p, FRAMES, 200);
	for (round = 0; round < 3; round++) {
		nb_backend_freeze(true);
		for (i = 0; i < BATCHES; i++)
			must(io_submit(io[i]) == USBD_IN_PROGRESS);
		pipe_abort(p);
		for (i = 0; i < BATCHES; i++)
			expect(!io[i]->pending &&
			       io[i]->status == USBD_CANCELLED);
		nb_backend_freeze(false);
		pass_ms(1000);
	}
	for (i = 0; i < BATCHES; i++)
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	check_order(io);
}

/* An abort while completions come in, and their routines run. */
void isochronous_abort_any_time(void)
{
	struct io *io[BATCHES];
	struct pipe *p;
	unsigned int i, j, round;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	for (i = 0; i < BATCHES; i++)
		io[i] = io_iso(p, FRAMES, 200);
	for (round = 0; round < 80; round++) {
		for (i = 0; i < BATCHES; i++) {
			for (j = 0; j < FRAMES; j++)
				io[i]->frame[j] = 200;
			io[i]->flags = USBD_SHORT_XFER_OK;
			must(io_submit(io[i]) == USBD_IN_PROGRESS);
		}
		nb_backend_steps(round);
		pass_ms(round % 3);
		pipe_abort(p);
		for (i = 0; i < BATCHES; i++)
			expect(!io[i]->pending);
	}
}

/* What no request can describe ends with an error, in its turn. */
void isochronous_too_large(void)
{
	struct io *small, *large, *last;
	struct pipe *p;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x02);
	small = io_iso(p, FRAMES, 200);
	large = io_iso(p, IO_FRAMES, 1023);
	last = io_iso(p, FRAMES, 100);
	must(io_submit(small) == USBD_IN_PROGRESS);
	must(io_submit(large) == USBD_IN_PROGRESS);
	must(io_submit(last) == USBD_IN_PROGRESS);
	must(io_wait(large) == USBD_INVAL && large->actual == 0);
	must(io_wait(small) == USBD_NORMAL_COMPLETION);
	must(io_wait(last) == USBD_NORMAL_COMPLETION);
	must(small->order < large->order && large->order < last->order);
}

/* More transfers than the front holds of one queue. */
void isochronous_too_many(void)
{
	static struct io *io[1100];
	unsigned int i, good = 0;
	struct pipe *p;

	connected();
	nb_plug(1, device_audio());
	must(device_at(1));
	p = pipe_open(device_at(1), 0x02);
	nb_backend_freeze(true);
	for (i = 0; i < __arraycount(io); i++) {
		io[i] = io_iso(p, 1, 10);
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	pass_ms(200);
	nb_backend_freeze(false);
	for (i = 0; i < __arraycount(io); i++) {
		good += io_wait(io[i]) == USBD_NORMAL_COMPLETION;
		must(io[i]->status == USBD_NORMAL_COMPLETION ||
		     io[i]->status == USBD_NOMEM);
		must(i == 0 || io[i]->order == io[i - 1]->order + 1);
	}
	must(good >= 500 && good < __arraycount(io));
}

static struct usbd_device *other_keyboard;
static unsigned int polled;

static void enter_debugger(struct io *io)
{
	struct usbd_device *dev = other_keyboard;

	(void)io;
	usbd_set_polling(dev, 1);
	polled = poll_key(dev, 1) ? 1 : 0;
	usbd_set_polling(dev, 0);
}

/* A debugger that is entered from inside a completion routine. */
void polled_in_callback(void)
{
	static uint8_t report[8];
	struct device *keys_of = device_keyboard();
	struct io *io;

	connected();
	nb_plug(1, keys_of);
	open_keyboard(report);
	other_keyboard = device_at(1);
	nb_plug(2, device_source_sink());
	must(device_at(2));
	io = io_new(pipe_open(device_at(2), 0x81), 512);
	io->then = enter_debugger;
	polled = 0;
	device_say(keys_of, 1, 8);
	nb_backend_freeze(true);
	must(io_submit(io) == USBD_IN_PROGRESS);
	keys = 0;
	nb_backend_freeze(false);
	must(io_wait(io) == USBD_NORMAL_COMPLETION);
	expect(polled == 1 && keys == 1);
	device_say(keys_of, 1, 8);
	nb_backend_runs();
	must(wait_until(keys == 2));
	io->then = NULL;
	must(io_run(io) == USBD_NORMAL_COMPLETION);
}

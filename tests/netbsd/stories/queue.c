/* SPDX-License-Identifier: MIT */
/* Several transfers of one pipe, and what becomes of those behind. */
#include "stories.h"

#define READS	4

static void check_stream(const struct io *io, uint8_t ep, uint64_t at)
{
	uint32_t i;

	for (i = 0; i < io->actual; i++)
		if (io->data[i] != device_pattern(ep, at + i))
			nb_panic("octet %u of a stream is wrong", i);
}

/* Each read gets the message that is its own, and no other one's. */
void short_reads_in_a_row(void)
{
	static const uint32_t sizes[READS] = { 100, 512 + 7, 3, 1000 };
	struct device *d = device_messages();
	struct io *io[READS];
	struct pipe *p;
	uint64_t at = 0;
	int i;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	for (i = 0; i < READS; i++) {
		io[i] = io_new(p, 4096);
		io[i]->flags = i % 2 ? 0 : USBD_SHORT_XFER_OK;
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	for (i = 0; i < READS; i++)
		device_say(d, 1, sizes[i]);
	for (i = 0; i < READS; i++) {
		must(io_wait(io[i]) == (i % 2 ? USBD_SHORT_XFER :
						USBD_NORMAL_COMPLETION));
		must(io[i]->actual == sizes[i]);
		must(i == 0 || io[i]->order == io[i - 1]->order + 1);
		check_stream(io[i], 1, at);
		at += sizes[i];
	}
	nb_check(d->in[1].log.n == at, "each octet once", __FILE__, __LINE__);
}

/* NetBSD goes on with the next by itself; the device still stalls it. */
void error_with_transfers_behind(void)
{
	struct device *d = device_source_sink();
	struct io *io[READS];
	struct pipe *p;
	int i;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	d->in[1].fail = DEVICE_STALL;
	d->in[1].fail_at = 512;
	for (i = 0; i < READS; i++) {
		io[i] = io_new(p, 1024);
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	for (i = 0; i < READS; i++)
		must(io_wait(io[i]) == USBD_STALLED);
	must(io[0]->actual == 512 || io[0]->actual == 0);
	must(io[1]->actual == 0 && io[3]->actual == 0);
	must(pipe_clear_stall(p) == 0);
	must(io_run(io[0]) == USBD_NORMAL_COMPLETION);
	must(io[0]->actual == 1024);
	check_stream(io[0], 1, 512);
	d->in[1].fail = DEVICE_ERROR;
	d->in[1].fail_at = d->in[1].log.n;
	must(io_run(io[1]) == USBD_IOERROR);
	must(io_run(io[1]) == USBD_NORMAL_COMPLETION);
	check_stream(io[1], 1, 1536);
}

/* A silent device: timeout, unlink, and the pipe works again. */
void timeout_and_retry(void)
{
	struct device *d = device_source_sink();
	struct io *io, *behind;
	struct pipe *p;
	uint64_t from;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	d->in[1].limit = 1536;
	io = io_new(p, 4096);
	behind = io_new(p, 512);
	io->timeout_ms = 60000;
	from = nb_now_ms();
	must(io_submit(io) == USBD_IN_PROGRESS);
	must(io_submit(behind) == USBD_IN_PROGRESS);
	must(io_wait(io) == USBD_TIMEOUT);
	must(nb_now_ms() - from >= 60000 && nb_now_ms() - from < 61000);
	/* The pipe has stopped; the next transfer starts its head. */
	expect(behind->pending);
	pass_ms(2000);
	expect(behind->pending);
	d->in[1].limit = UINT64_MAX;
	must(io_submit(io) == USBD_IN_PROGRESS);
	must(io_wait(behind) == USBD_NORMAL_COMPLETION);
	must(io_wait(io) == USBD_NORMAL_COMPLETION);
	must(behind->order < io->order);
	check_stream(behind, 1, 1536);
	check_stream(io, 1, 2048);
}

static void submit_again(struct io *io)
{
	if (io->status == USBD_NORMAL_COMPLETION && io->times < 5)
		io_submit(io);
}

/* An abort takes everything, started or not, and the pipe can go on. */
void abort_and_close(void)
{
	struct device *d = device_source_sink();
	struct io *io[READS];
	struct pipe *p;
	int i;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	d->in[1].limit = 700;
	for (i = 0; i < READS; i++) {
		io[i] = io_new(p, 600);
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	must(io_wait(io[0]) == USBD_NORMAL_COMPLETION);
	pass_ms(100);
	pipe_abort(p);
	for (i = 1; i < READS; i++)
		must(!io[i]->pending && io[i]->status == USBD_CANCELLED);
	d->in[1].limit = UINT64_MAX;
	io[1]->then = submit_again;
	io[1]->times = 0;
	must(io_submit(io[1]) == USBD_IN_PROGRESS);
	must(wait_until(io[1]->times == 5));
	must(!io[1]->pending);
}

/* The buffer is freed at once; the backend writes later. */
void late_data_of_an_abort(void)
{
	struct device *d = device_source_sink();
	struct pipe *p, *again;
	struct io *io;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x81);
	d->in[1].limit = 512;
	io = io_new(p, 65536);
	must(io_submit(io) == USBD_IN_PROGRESS);
	pass_ms(20);
	nb_backend_freeze(true);
	pipe_abort(p);
	expect(!io->pending);
	usbd_destroy_xfer(io->xfer);
	p->ios = NULL;
	nb_free(io->data, io->octets);
	nb_free(io, sizeof(*io));
	d->in[1].limit = UINT64_MAX;
	nb_backend_freeze(false);
	pass_ms(3000);
	again = pipe_open(p->dev, 0x83);
	must(io_run(io_new(again, 4096)) == USBD_NORMAL_COMPLETION);
	must(io_run(io_new(p, 4096)) == USBD_NORMAL_COMPLETION);
}

/* An OUT of whole packets, and the empty one that ends it. */
void empty_packet(void)
{
	struct device *d = device_source_sink();
	unsigned int from;
	struct pipe *p;
	struct io *io;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	p = pipe_open(device_at(1), 0x02);
	from = nb_transfers();
	io = io_new(p, 1024);
	io->flags = USBD_FORCE_SHORT_XFER;
	must(io_run(io) == USBD_NORMAL_COMPLETION && io->actual == 1024);
	must(nb_transfers() == from + 2);
	io->flags = 0;
	must(io_run(io) == USBD_NORMAL_COMPLETION && io->actual == 1024);
	must(nb_transfers() == from + 3);
	io = io_new(p, 100);
	io->flags = USBD_FORCE_SHORT_XFER;
	must(io_run(io) == USBD_NORMAL_COMPLETION && io->actual == 100);
	must(nb_transfers() == from + 4);
	io = io_new(p, 0);
	must(io_run(io) == USBD_NORMAL_COMPLETION && io->actual == 0);
	must(nb_transfers() == from + 5);
	must(d->out[2].log.n == 2148);
}

void control_requests(void)
{
	static uint8_t sent[65535], got[65535];
	struct usbd_device *dev;
	unsigned int i;

	connected();
	nb_plug(1, device_source_sink());
	dev = device_at(1);
	must(dev);
	for (i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7 + i / 256);
	for (i = 1; i <= sizeof(sent); i = i * 3 + 61) {
		memset(got, 0, sizeof(got));
		must(control(dev, UT_WRITE_VENDOR_DEVICE, DEVICE_REQ_WRITE, 0,
			     0, (uint16_t)i, sent) == (int)i);
		must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_READ, 0,
			     0, (uint16_t)i, got) == (int)i);
		must(memcmp(sent, got, i) == 0);
	}
	must(control(dev, UT_WRITE_VENDOR_DEVICE, DEVICE_REQ_WRITE, 0, 0,
		     sizeof(sent), sent) == sizeof(sent));
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_READ, 0, 0,
		     sizeof(got), got) == sizeof(got));
	must(memcmp(sent, got, sizeof(sent)) == 0);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_SHORT, 0, 0, 100,
		     got) == 50);
	must(control(dev, UT_WRITE_VENDOR_DEVICE, 0x77, 0, 0, 0, NULL) ==
	     -USBD_STALLED);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_READ, 0, 0, 10,
		     got) == 10);
}

/* The default pipe goes on after a timeout by itself. */
void silent_control_request(void)
{
	struct usbd_device *dev;
	uint8_t octet;

	connected();
	nb_plug(1, device_source_sink());
	dev = device_at(1);
	must(dev);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_SILENT, 0, 0, 1,
		     &octet) == -USBD_TIMEOUT);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_READ, 0, 0, 1,
		     &octet) == 1);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_SILENT, 0, 0, 1,
		     &octet) == -USBD_TIMEOUT);
	must(control(dev, UT_READ_VENDOR_DEVICE, DEVICE_REQ_READ, 0, 0, 1,
		     &octet) == 1);
}

/* Two IN pipes and an OUT one, and a silent transfer among them. */
void streams_beside_each_other(void)
{
	struct device *d = device_source_sink();
	struct io *one, *two, *three;
	struct pipe *p;
	uint32_t i;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	d->in[1].limit = 0;
	p = pipe_open(device_at(1), 0x81);
	one = io_new(p, 4096);
	two = io_new(pipe_open(p->dev, 0x83), 20000);
	three = io_new(pipe_open(p->dev, 0x02), 20000);
	must(io_submit(one) == USBD_IN_PROGRESS);
	for (i = 0; i < 4; i++) {
		must(io_submit(two) == USBD_IN_PROGRESS);
		must(io_submit(three) == USBD_IN_PROGRESS);
		must(io_wait(two) == USBD_NORMAL_COMPLETION);
		must(io_wait(three) == USBD_NORMAL_COMPLETION);
		check_stream(two, 3, 20000 * i);
	}
	must(d->out[2].log.n == 80000);
	expect(one->pending);
	d->in[1].limit = 4096;
	nb_backend_runs();
	must(io_wait(one) == USBD_NORMAL_COMPLETION);
	check_stream(one, 1, 0);
}

/* More transfers than the ring has slots, of many pipes of one kind. */
void more_than_the_ring(void)
{
	struct io *io[40];
	struct device *d = device_source_sink();
	struct pipe *in, *out;
	unsigned int i;

	connected();
	nb_plug(1, d);
	must(device_at(1));
	in = pipe_open(device_at(1), 0x81);
	out = pipe_open(in->dev, 0x02);
	for (i = 0; i < 40; i++) {
		io[i] = io_new(i % 2 ? in : out, 3000);
		must(io_submit(io[i]) == USBD_IN_PROGRESS);
	}
	for (i = 0; i < 40; i++)
		must(io_wait(io[i]) == USBD_NORMAL_COMPLETION &&
		     io[i]->actual == 3000);
	for (i = 1; i < 40; i += 2)
		check_stream(io[i], 1, 3000 * (i / 2));
}

/* SPDX-License-Identifier: MIT */
#include "class.h"

static struct pipe *pipes;
static unsigned int completions;

void pass_ms(uint64_t ms)
{
	fake_sleep(&pipes, nb_now_ms() + ms);
}

struct usbd_device *device_now(unsigned int port)
{
	struct usbd_bus *bus = fake_bus();
	struct usbd_device *dev;

	if (!bus || !bus->ub_roothub || !bus->ub_roothub->ud_hub)
		return NULL;
	dev = bus->ub_roothub->ud_hub->uh_ports[port - 1].up_dev;
	return dev && dev->ud_config ? dev : NULL;
}

struct usbd_device *device_at(unsigned int port)
{
	wait_until(device_now(port) != NULL);
	return device_now(port);
}

void no_device_at(unsigned int port)
{
	must(wait_until(device_now(port) == NULL));
}

void connected(void)
{
	must(wait_until(fake_bus() && fake_bus()->ub_roothub));
}

void fake_class_attach(struct usbd_device *dev)
{
	(void)dev;
}

static void close_pipe(struct pipe *p)
{
	struct io *io;

	p->closing = true;
	usbd_abort_pipe(p->usb);
	while (p->submitting)
		fake_sleep(p, nb_now_ms() + 1);
	usbd_abort_pipe(p->usb);
	for (io = p->ios; io; io = io->next) {
		/* What was never started is dropped without a callback. */
		if (io->pending) {
			io->pending = false;
			io->status = USBD_CANCELLED;
			nb_wake(io);
		}
		usbd_destroy_xfer(io->xfer);
		io->xfer = NULL;
	}
	usbd_close_pipe(p->usb);
	p->usb = NULL;
}

/* Threads in requests come back, since the default pipe aborts them. */
void fake_class_detach(struct usbd_device *dev)
{
	struct pipe *p;

	for (p = pipes; p; p = p->next)
		if (p->dev == dev && p->usb)
			close_pipe(p);
	while (dev->fake_requests)
		fake_sleep(dev, nb_now_ms() + 1);
	for (p = pipes; p; p = p->next)
		if (p->dev == dev)
			p->dev = NULL;
}

static struct usbd_endpoint *find(struct usbd_device *dev,
				  unsigned int address)
{
	struct usbd_interface *iface = dev->ud_ifaces;
	unsigned int i;

	for (i = 0; i < iface->fake_endpoints; i++)
		if (iface->ui_endpoints[i].ue_edesc->bEndpointAddress ==
		    address)
			return &iface->ui_endpoints[i];
	nb_panic("no endpoint 0x%x", address);
}

struct pipe *pipe_open(struct usbd_device *dev, unsigned int address)
{
	struct pipe *p = nb_alloc(sizeof(*p));

	memset(p, 0, sizeof(*p));
	p->next = pipes;
	pipes = p;
	dev->fake_requests++;
	if (usbd_setup_pipe_flags(dev, dev->ud_ifaces, find(dev, address),
				  USBD_DEFAULT_INTERVAL, &p->usb, USBD_MPSAFE))
		p->usb = NULL;
	dev->fake_requests--;
	p->dev = dev;
	must(p->usb);
	return p;
}

void pipe_abort(struct pipe *p)
{
	struct io *io;

	p->submitting++;
	if (p->usb)
		usbd_abort_pipe(p->usb);
	for (io = p->ios; io; io = io->next)
		if (io->pending) {
			io->pending = false;
			io->status = USBD_CANCELLED;
			nb_wake(io);
		}
	p->submitting--;
}

usbd_status pipe_clear_stall(struct pipe *p)
{
	usbd_status err;

	if (!p->usb || p->closing)
		return USBD_CANCELLED;
	p->submitting++;
	err = usbd_clear_endpoint_stall(p->usb);
	p->submitting--;
	return err;
}

static struct io *new_io(struct pipe *p, uint32_t length, unsigned int frames)
{
	struct io *io = nb_alloc(sizeof(*io));

	memset(io, 0, sizeof(*io));
	io->pipe = p;
	io->length = length;
	io->octets = length;
	io->next = p->ios;
	p->submitting++;
	if (!p->usb || p->closing ||
	    usbd_create_xfer(p->usb, length, 0, frames, &io->xfer) != 0)
		io->xfer = NULL;
	else
		p->ios = io;
	p->submitting--;
	if (!io->xfer) {
		nb_free(io, sizeof(*io));
		must(false);
	}
	return io;
}

struct io *io_new(struct pipe *p, uint32_t length)
{
	struct io *io = new_io(p, length, 0);

	if (length)
		io->data = nb_alloc(length);
	return io;
}

struct io *io_iso(struct pipe *p, uint32_t frames, uint16_t octets)
{
	struct io *io = new_io(p, frames * octets, frames);
	uint32_t i;

	io->nframes = frames;
	for (i = 0; i < frames; i++)
		io->frame[i] = octets;
	return io;
}

uint8_t *io_octets(struct io *io)
{
	return io->data ? io->data : io->xfer->ux_buf;
}

static void done(struct usbd_xfer *xfer, void *arg, usbd_status status)
{
	struct io *io = arg;

	io->status = status;
	io->actual = xfer->ux_actlen;
	io->order = ++completions;
	io->times++;
	io->pending = false;
	if (io->then)
		io->then(io);
	nb_wake(io);
}

usbd_status io_submit(struct io *io)
{
	struct pipe *p = io->pipe;
	usbd_status err;

	io->order = 0;
	io->actual = 0;
	io->status = USBD_CANCELLED;
	if (!p->usb || p->closing)
		return USBD_CANCELLED;
	p->submitting++;
	if (io->nframes)
		usbd_setup_isoc_xfer(io->xfer, io, io->frame, io->nframes,
				     io->flags, done);
	else
		usbd_setup_xfer(io->xfer, io, io->data, io->length, io->flags,
				io->timeout_ms, done);
	io->pending = true;
	err = usbd_transfer(io->xfer);
	if (err != USBD_IN_PROGRESS) {
		io->pending = false;
		io->status = err;
	}
	p->submitting--;
	return err;
}

bool io_ends(struct io *io, uint64_t ms)
{
	uint64_t end = nb_now_ms() + ms;

	while (io->pending && nb_now_ms() < end)
		fake_sleep(io, end);
	return !io->pending;
}

usbd_status io_wait(struct io *io)
{
	if (!io_ends(io, 200000))
		nb_panic("a transfer never ends");
	return io->status;
}

usbd_status io_run(struct io *io)
{
	usbd_status err = io_submit(io);

	return err == USBD_IN_PROGRESS ? io_wait(io) : err;
}

int control(struct usbd_device *dev, uint8_t type, uint8_t request,
	    uint16_t value, uint16_t index, uint16_t length, void *data)
{
	usb_device_request_t req;
	usbd_status err;
	int actual = 0;

	req.bmRequestType = type;
	req.bRequest = request;
	USETW(req.wValue, value);
	USETW(req.wIndex, index);
	USETW(req.wLength, length);
	dev->fake_requests++;
	err = usbd_do_request_flags(dev, &req, data, USBD_SHORT_XFER_OK,
				    &actual, USBD_DEFAULT_TIMEOUT);
	dev->fake_requests--;
	return err ? -(int)err : actual;
}

static void forget(void)
{
	while (pipes) {
		struct pipe *p = pipes;

		pipes = p->next;
		if (p->usb)
			nb_panic("a pipe is open after its device has gone");
		while (p->ios) {
			struct io *io = p->ios;

			p->ios = io->next;
			if (io->data)
				nb_free(io->data, io->octets);
			nb_free(io, sizeof(*io));
		}
		nb_free(p, sizeof(*p));
	}
}

void fake_kernel_start(void)
{
	pipes = NULL;
	completions = 0;
	fake_lock_reset();
	fake_devices_reset();
	fake_threads_reset();
	fake_watches_reset();
	fake_callouts_start();
	fake_tasks_start();
	fake_xenbus_start();
}

/* What the driver's module does when it is unloaded, if it has such a thing. */
void xusb_vigil_stop(void) __attribute__((__weak__));

/* The user takes the controller away, whatever is going on. */
void fake_kernel_halt(void *unused)
{
	(void)unused;
	while (fake_xusb())
		fake_user_detach(DETACH_FORCE);
	if (xusb_vigil_stop)
		xusb_vigil_stop();
	fake_xenbus_stop();
	fake_tasks_stop();
	fake_callouts_stop();
	forget();
}

/* SPDX-License-Identifier: MIT */
/*
 * A class driver for stories: opens pipes, moves data, and lets go of both
 * when its device is taken away, as a driver's detach does.  What a story
 * holds of it stays valid to the end of the story.
 */
#ifndef CLASS_H
#define CLASS_H

#include "fake.h"

#define IO_FRAMES	64

struct pipe {
	struct usbd_device *dev;
	struct usbd_pipe *usb;	/* null: the device is gone */
	struct io *ios;
	struct pipe *next;
	unsigned int submitting;
	bool closing;
};

struct io {
	struct pipe *pipe;
	struct usbd_xfer *xfer;
	uint8_t *data;		/* null: the xfer's own buffer is used */
	uint32_t length;
	uint32_t timeout_ms;
	uint16_t flags;		/* USBD_SHORT_XFER_OK and such */
	uint32_t nframes;	/* isochronous */
	uint16_t frame[IO_FRAMES];
	void (*then)(struct io *io);	/* from the callback, or null */
	usbd_status status;
	uint32_t actual;
	unsigned int order;	/* of completion in the machine, from 1 */
	unsigned int times;	/* that it was called back */
	bool pending;
	struct io *next;
	uint32_t octets;	/* allocated */
};

/* The device at a root port; waits until it is enumerated, or gives up. */
struct usbd_device *device_at(unsigned int port);
/* Wait until no device is at the port. */
void no_device_at(unsigned int port);
/* Same, without waiting; null. */
struct usbd_device *device_now(unsigned int port);

struct pipe *pipe_open(struct usbd_device *dev, unsigned int address);
void pipe_abort(struct pipe *p);
usbd_status pipe_clear_stall(struct pipe *p);

/* A transfer of so many octets; with data of its own, poisoned. */
struct io *io_new(struct pipe *p, uint32_t length);
/* Isochronous frames of so many octets each. */
struct io *io_iso(struct pipe *p, uint32_t frames, uint16_t octets);
usbd_status io_submit(struct io *io);
/* Wait for it; its status. */
usbd_status io_wait(struct io *io);
usbd_status io_run(struct io *io);
/* True when it ends within so many ms. */
bool io_ends(struct io *io, uint64_t ms);
uint8_t *io_octets(struct io *io);

/* A control request from a story's thread; octets moved, or -usbd_status. */
int control(struct usbd_device *dev, uint8_t type, uint8_t request,
	    uint16_t value, uint16_t index, uint16_t length, void *data);

/* Wait, in a story. */
void pass_ms(uint64_t ms);
/* Wait until a condition holds; false after 30 s. */
#define WAIT_MS		30000u
#define wait_until(c)							\
	__extension__ ({						\
		uint64_t wait_end = nb_now_ms() + WAIT_MS;		\
		bool wait_over = (c);					\
		while (!wait_over && nb_now_ms() < wait_end) {		\
			pass_ms(10);					\
			wait_over = (c);				\
		}							\
		wait_over;						\
	})

/* What must hold unless something was made to fail: the story ends then. */
#define must(c)								\
	do {								\
		if (!(c)) {						\
			nb_check(nb_has_failed(), #c, __FILE__,	\
				 __LINE__);				\
			nb_exit();					\
		}							\
	} while (0)

/* The guest's driver is attached and connected. */
void connected(void);

#endif

// SPDX-License-Identifier: MIT
/*
 * Requests as the host's URBs: a fresh one each, so that no cancel can hit
 * another request than its own.
 */
#include <linux/slab.h>

#include "xub.h"

/* What became of an URB, as the ring says it. */
int32_t xub_wire_status(int err, const struct usb_device *udev)
{
	switch (err) {
	case 0:
	case -EREMOTEIO:	/* short: the library judges by the length */
		return USBIF_WIRE_ST_OK;
	case -EPIPE:
		return USBIF_WIRE_ST_STALL;
	case -EOVERFLOW:
		return USBIF_WIRE_ST_BABBLE;
	case -ECONNRESET:
	case -ENOENT:
		return USBIF_WIRE_ST_CANCELLED;
	case -ENODEV:
	case -ESHUTDOWN:
		if (!udev || udev->state == USB_STATE_NOTATTACHED)
			return USBIF_WIRE_ST_SHUTDOWN;
		return USBIF_WIRE_ST_CANCELLED;
	default:
		return USBIF_WIRE_ST_IOERROR;
	}
}

static void complete_urb(struct urb *urb);

/* Point the URB at the next octets that the HC can take as one. */
static void next_piece(struct xub_slot *s, u32 length)
{
	if (s->data.block || s->data.pages == 1)
		s->urb->transfer_buffer =
			page_address(s->data.page[s->moved / PAGE_SIZE]);
	s->urb->transfer_buffer_length =
		s->data.block ? min_t(u32, length - s->moved, XUB_PIECE) :
				length;
}

static void fill_scatter(struct xub_slot *s, u32 octets)
{
	const struct xub_area *a = &s->data;
	unsigned int i;

	sg_init_table(s->sg, a->pages);
	for (i = 0; i < a->pages; i++) {
		u32 n = min_t(u32, octets, PAGE_SIZE);

		sg_set_page(&s->sg[i], a->page[i], n, 0);
		octets -= n;
	}
	s->urb->sg = s->sg;
	s->urb->num_sgs = a->pages;
}

static void fill_urb(struct xub_slot *s, const struct usbif_msg_req *req)
{
	struct urb *urb = s->urb;

	urb->complete = complete_urb;
	urb->context = s;
	urb->setup_packet = s->setup;
	next_piece(s, req->length);
	if (req->in && req->flags & USBIF_WIRE_FLAG_SHORT_NOT_OK)
		urb->transfer_flags = URB_SHORT_NOT_OK;
	if (s->data.pages > 1 && !s->data.block)
		fill_scatter(s, req->length);
}

static bool allocate(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req)
{
	bool block = req->type != USBIF_XFER_BULK || !s->scattered;
	bool iso = req->type == USBIF_XFER_ISO;

	s->urb = usb_alloc_urb(iso ? req->packets : 0, conn->gfp);
	if (!s->urb)
		return false;
	if (req->type == USBIF_XFER_CTRL) {
		s->setup = kmemdup(req->setup, sizeof(req->setup), conn->gfp);
		if (!s->setup)
			return false;
	}
	if (req->length && !xub_area_get(conn, &s->data, req->length, block))
		return false;
	return !iso || xub_iso_prepare(conn, s, req);
}

static const struct usbif_msg_seg *segs_of(const struct xub_slot *s,
					   const struct usbif_msg_req *req)
{
	return req->indirect ? s->seg : req->seg;
}

/*
 * Allocate what a request needs and queue the copies of what it sends.
 * Returns 0, -ENOMEM, or -EINVAL: cannot be executed.  Called by the one that
 * serves only, as are the two below.
 */
int xub_slot_prepare(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req)
{
	if (req->unlink)
		return 0;
	if (req->type == USBIF_XFER_ISO && req->packets > XUB_PACKETS)
		return -EINVAL;
	if (!allocate(conn, s, req)) {
		xub_slot_free(conn, s);
		return -ENOMEM;
	}
	fill_urb(s, req);
	if (!req->in && req->length)
		xub_copy(conn, &s->data, 0, segs_of(s, req), req->length,
			 false);
	return 0;
}

/* What the copies have brought may be judged now. */
enum usbif_fault xub_slot_finish(struct xub_slot *s,
				 const struct usbif_msg_req *req)
{
	return s->iso ? xub_iso_fill(s, req) : USBIF_FAULT_NONE;
}

/* Queue the copies of what a request did in the HC: actual octets came in. */
void xub_slot_deliver(struct xub_conn *conn, struct xub_slot *s,
		      const struct usbif_msg_req *req, u32 actual)
{
	if (!s->ran)
		return;
	if (s->iso)
		xub_iso_deliver(conn, s, req);
	else if (req->in && actual)
		xub_copy(conn, &s->data, 0, segs_of(s, req), actual, true);
}

/* The request is answered, or never will be. */
void xub_slot_free(struct xub_conn *conn, struct xub_slot *s)
{
	usb_free_urb(s->urb);
	kfree(s->setup);
	s->urb = NULL;
	s->setup = NULL;
	s->ran = false;
	s->cancelled = false;
	s->moved = 0;
	xub_area_put(conn, &s->data);
	xub_iso_free(conn, s);
}

static struct usb_host_endpoint *endpoint_of(struct usb_device *udev,
					     const struct usbif_msg_req *req)
{
	static const u8 type[] = {
		[USBIF_XFER_ISO] = USB_ENDPOINT_XFER_ISOC,
		[USBIF_XFER_INT] = USB_ENDPOINT_XFER_INT,
		[USBIF_XFER_CTRL] = USB_ENDPOINT_XFER_CONTROL,
		[USBIF_XFER_BULK] = USB_ENDPOINT_XFER_BULK,
	};
	struct usb_host_endpoint *ep;

	if (req->ep == 0)
		return &udev->ep0;
	ep = req->in ? udev->ep_in[req->ep] : udev->ep_out[req->ep];
	if (!ep || usb_endpoint_type(&ep->desc) != type[req->type])
		return NULL;
	return ep;
}

static unsigned int pipe_of(struct usb_device *udev,
			    const struct usbif_msg_req *req)
{
	switch (req->type) {
	case USBIF_XFER_CTRL:
		return req->in && req->length ? usb_rcvctrlpipe(udev, 0) :
						usb_sndctrlpipe(udev, 0);
	case USBIF_XFER_INT:
		return req->in ? usb_rcvintpipe(udev, req->ep) :
				 usb_sndintpipe(udev, req->ep);
	case USBIF_XFER_ISO:
		return req->in ? usb_rcvisocpipe(udev, req->ep) :
				 usb_sndisocpipe(udev, req->ep);
	default:
		return req->in ? usb_rcvbulkpipe(udev, req->ep) :
				 usb_sndbulkpipe(udev, req->ep);
	}
}

/* In (micro)frames, from the device's own descriptor. */
static int interval_of(const struct usb_device *udev,
		       const struct usb_host_endpoint *ep)
{
	if (usb_endpoint_xfer_int(&ep->desc) && udev->speed < USB_SPEED_HIGH)
		return ep->desc.bInterval;
	return 1 << (clamp_t(int, ep->desc.bInterval, 1, 16) - 1);
}

/* Hand the next piece of a request to the HC.  Under conn->lock. */
static int submit(struct xub_conn *conn, u16 nr)
{
	const struct usbif_msg_req *req = usbif_back_req(&conn->back, nr);
	struct xub_slot *s = &conn->slot[nr];
	struct xub_port *p = &conn->ctrl->port[s->port - 1];
	struct usb_host_endpoint *ep;
	int err;

	if (!p->udev)
		return -ENODEV;
	ep = endpoint_of(p->udev, req);
	if (!s->urb || !ep || p->paused)
		return -EHOSTUNREACH;
	s->urb->dev = p->udev;
	s->urb->pipe = pipe_of(p->udev, req);
	s->urb->interval = interval_of(p->udev, ep);
	err = usb_submit_urb(s->urb, GFP_ATOMIC);
	if (err)
		return err;
	s->in_hc = true;
	s->ran = true;
	return 0;
}

/* A submit that failed is an error, whatever the host calls it. */
static int32_t submit_status(struct xub_conn *conn, u8 port, int err)
{
	int32_t status = xub_wire_status(err, conn->ctrl->port[port - 1].udev);

	return status == USBIF_WIRE_ST_SHUTDOWN ? status :
						  USBIF_WIRE_ST_IOERROR;
}

/*
 * A piece has ended as it should: go on with the next one, if there is any.
 * Returns true if the HC has it; else *status is what the request ends with.
 */
static bool goes_on(struct xub_conn *conn, struct xub_slot *s, int32_t *status)
{
	u16 nr = s - conn->slot;
	u32 length = usbif_back_req(&conn->back, nr)->length;
	int err;

	if (*status != USBIF_WIRE_ST_OK || s->moved == length ||
	    s->urb->actual_length < s->urb->transfer_buffer_length)
		return false;
	if (s->cancelled) {
		*status = USBIF_WIRE_ST_CANCELLED;
		return false;
	}
	next_piece(s, length);
	err = submit(conn, nr);
	if (err)
		*status = err == -EPERM ? USBIF_WIRE_ST_CANCELLED :
					  submit_status(conn, s->port, err);
	return !err;
}

static void done(struct xub_conn *conn, u16 nr, int32_t status, u32 moved)
{
	usbif_back_done(&conn->back, nr, status, moved);
	xub_note_done(conn, nr);
}

static void complete_urb(struct urb *urb)
{
	struct xub_slot *s = urb->context;
	struct xub_conn *conn = s->conn;
	int32_t status = xub_wire_status(urb->status, urb->dev);
	unsigned long flags;

	/* Isochronous: the errors are those of its packets. */
	if (s->iso && status != USBIF_WIRE_ST_CANCELLED &&
	    status != USBIF_WIRE_ST_SHUTDOWN)
		status = USBIF_WIRE_ST_OK;
	atomic_inc(&conn->completing);
	spin_lock_irqsave(&conn->lock, flags);
	s->in_hc = false;
	s->start_frame = urb->start_frame;
	s->errors = urb->error_count;
	s->moved += urb->actual_length;
	if (!goes_on(conn, s, &status))
		done(conn, s - conn->slot, status, s->moved);
	xub_drain_unlock(conn, flags);
	xub_kick(conn);
	atomic_dec(&conn->completing);
}

struct cancels {
	struct urb *urb[XUB_CANCELS];
	unsigned int n;
};

static void perform(struct xub_conn *conn, const struct usbif_back_duty *duty,
		    struct cancels *cancels)
{
	struct xub_port *p = &conn->ctrl->port[duty->port - 1];
	int err;

	switch (duty->kind) {
	case USBIF_BACK_SUBMIT:
		conn->slot[duty->slot].port = duty->port;
		err = submit(conn, duty->slot);
		if (err)
			done(conn, duty->slot,
			     submit_status(conn, duty->port, err), 0);
		break;
	case USBIF_BACK_CANCEL:
		conn->slot[duty->slot].cancelled = true;
		cancels->urb[cancels->n++] =
			usb_get_urb(conn->slot[duty->slot].urb);
		break;
	case USBIF_BACK_RESET:
	case USBIF_BACK_SET_CONFIGURATION:
	case USBIF_BACK_SET_INTERFACE:
	case USBIF_BACK_CLEAR_HALT:
		xub_note_special(conn, duty->port);
		p->duty = *duty;
		queue_work(xub_wq, &p->special);
		break;
	}
}

/*
 * Perform all duties that the library has, and drop conn->lock, which the
 * caller took with these flags.  The cancels come when the lock is dropped,
 * as the HC may complete an URB from within, and before this returns: so
 * they are done before a completion handler that led to them returns.
 */
void xub_drain_unlock(struct xub_conn *conn, unsigned long flags)
	__releases(&conn->lock)
{
	struct usbif_back_duty duty;
	struct cancels cancels;
	unsigned int i;
	bool more;

	for (;;) {
		cancels.n = 0;
		more = true;
		while (cancels.n < XUB_CANCELS && more) {
			more = usbif_back_next(&conn->back, &duty);
			if (more)
				perform(conn, &duty, &cancels);
		}
		spin_unlock_irqrestore(&conn->lock, flags);
		for (i = 0; i < cancels.n; i++) {
			usb_unlink_urb(cancels.urb[i]);
			usb_put_urb(cancels.urb[i]);
		}
		if (!more)
			return;
		spin_lock_irqsave(&conn->lock, flags);
	}
}

static struct urb *next_in_hc(struct xub_conn *conn, unsigned int *at,
			      const struct usb_device *udev)
{
	struct urb *urb = NULL;

	spin_lock_irq(&conn->lock);
	while (*at < conn->slots && !urb) {
		struct xub_slot *s = &conn->slot[(*at)++];

		if (s->in_hc && s->urb->dev == udev)
			urb = usb_get_urb(s->urb);
	}
	spin_unlock_irq(&conn->lock);
	return urb;
}

/* Take back what the HC has of a device, and wait for it. */
void xub_kill_urbs(struct xub_conn *conn, struct usb_device *udev)
{
	unsigned int at = 0;
	struct urb *urb;

	while ((urb = next_in_hc(conn, &at, udev))) {
		usb_kill_urb(urb);
		usb_put_urb(urb);
	}
}

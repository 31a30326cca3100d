// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* usbcore's side: URBs in and out, and the root hub of usbif/hub.h. */
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/scatterlist.h>

#include "no_dma.h"
#include "usbfront.h"

/* How long an endpoint that is being disabled may take to become empty. */
#define DISABLE_BOUND	(USBIF_FQ_UNLINK_BOUND_S * HZ)

/*
 * What lives as long as the HCD, which usbcore keeps while anybody has one of
 * its devices open, even when this module is gone: usbfs still looks at the
 * driver's flags then, when it frees a buffer.
 */
struct hcd_private {
	struct usbfront *uf;		/* not after usb_remove_hcd() */
	struct hc_driver driver;
};

static struct hcd_private *private_of(struct usb_hcd *hcd)
{
	return (struct hcd_private *)hcd->hcd_priv;
}

static struct usbfront *hcd_to_usbfront(struct usb_hcd *hcd)
{
	return private_of(hcd)->uf;
}

static int errno_of(int32_t status)
{
	switch (status) {
	case USBIF_WIRE_ST_OK:
		return 0;
	case USBIF_WIRE_ST_SHORT:
		return -EREMOTEIO;
	case USBIF_WIRE_ST_CANCELLED:
		return -ECONNRESET;
	case USBIF_WIRE_ST_STALL:
		return -EPIPE;
	case USBIF_WIRE_ST_BABBLE:
		return -EOVERFLOW;
	case USBIF_WIRE_ST_INVAL:
		return -EINVAL;
	case USBIF_WIRE_ST_NODEV:
		return -ENODEV;
	case USBIF_WIRE_ST_SHUTDOWN:
		return -ESHUTDOWN;
	default:
		return -EPROTO;
	}
}

void usbfront_copy_out(struct urb *urb, u32 offset, void *to, u32 octets)
{
	if (urb->num_sgs)
		sg_pcopy_to_buffer(urb->sg, urb->num_sgs, to, octets, offset);
	else
		memcpy(to, urb->transfer_buffer + offset, octets);
}

void usbfront_copy_in(struct urb *urb, u32 offset, const void *from, u32 octets)
{
	if (urb->num_sgs)
		sg_pcopy_from_buffer(urb->sg, urb->num_sgs, from, octets,
				     offset);
	else
		memcpy(urb->transfer_buffer + offset, from, octets);
}

/* The root-hub port that the device hangs on. */
static u8 port_of(struct usb_device *udev)
{
	while (udev->parent && udev->parent->parent)
		udev = udev->parent;
	return udev->portnum;
}

static u8 type_of(const struct urb *urb)
{
	switch (usb_pipetype(urb->pipe)) {
	case PIPE_ISOCHRONOUS:
		return USBIF_XFER_ISO;
	case PIPE_INTERRUPT:
		return USBIF_XFER_INT;
	case PIPE_CONTROL:
		return USBIF_XFER_CTRL;
	default:
		return USBIF_XFER_BULK;
	}
}

static void describe(const struct usbfront_part *part,
		     struct usbif_front_urb *u)
{
	struct urb *urb = part->urb;

	memset(u, 0, sizeof(*u));
	u->port = port_of(urb->dev);
	u->addr = usb_pipedevice(urb->pipe);
	u->ep = usb_pipeendpoint(urb->pipe);
	u->type = type_of(urb);
	u->in = usb_urb_dir_in(urb);
	u->short_not_ok = urb->transfer_flags & URB_SHORT_NOT_OK;
	u->zero_packet = urb->transfer_flags & URB_ZERO_PACKET;
	u->max_packet = usb_endpoint_maxp(&urb->ep->desc);
	u->interval = urb->interval;
	u->length = part->length;
	if (u->type == USBIF_XFER_CTRL)
		memcpy(u->setup, urb->setup_packet, sizeof(u->setup));
	if (u->type == USBIF_XFER_ISO) {
		u->packets = part->packets;
		u->start_frame = urb->start_frame;
	}
}

static int enqueue_error(int err)
{
	switch (err) {
	case USBIF_E_STATE:
		return -ESHUTDOWN;
	case USBIF_E_SPACE:
		return -ENOMEM;
	default:
		return -EMSGSIZE;
	}
}

static u16 first_entry(const struct urb *urb)
{
	return (unsigned long)urb->hcpriv - 1;
}

/*
 * Give the front an entry for each part, all of them or none; those that it
 * has come back without an URB otherwise.  Returns the first, or an error.
 */
static int submit_parts(struct usbfront *uf, struct urb *urb)
{
	struct usbfront_part part = { };
	struct usbif_front_urb u;
	u16 first = USBIF_NONE, *link = &first;
	bool iso = usb_pipeisoc(urb->pipe);
	int err;

	part.length = urb->transfer_buffer_length;
	do {
		part.urb = urb;
		part.next = USBIF_NONE;
		err = -EMSGSIZE;
		if (iso && !usbfront_iso_part(urb, part.packet, &part))
			goto abandon;
		describe(&part, &u);
		err = usbif_front_submit(uf->front, &u);
		if (err < 0) {
			err = enqueue_error(err);
			goto abandon;
		}
		uf->part[err] = part;
		*link = err;
		link = &uf->part[err].next;
		part.packet += part.packets;
	} while (iso && part.packet < urb->number_of_packets);
	return first;
abandon:
	for (; first != USBIF_NONE; first = uf->part[first].next) {
		uf->part[first].urb = NULL;
		usbif_front_unlink(uf->front, first);
	}
	return err;
}

static int urb_enqueue(struct usb_hcd *hcd, struct urb *urb, gfp_t mem_flags)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;
	int err;

	spin_lock_irqsave(&uf->lock, flags);
	err = usb_hcd_link_urb_to_ep(hcd, urb);
	if (err)
		goto out;
	err = submit_parts(uf, urb);
	if (err < 0) {
		usb_hcd_unlink_urb_from_ep(hcd, urb);
	} else {
		urb->hcpriv = (void *)(unsigned long)(err + 1);
		urb->actual_length = 0;
		urb->error_count = 0;
		err = 0;
	}
	usbfront_send(uf);
out:
	spin_unlock_irqrestore(&uf->lock, flags);
	return err;
}

static int urb_dequeue(struct usb_hcd *hcd, struct urb *urb, int status)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;
	u16 entry;
	int err;

	spin_lock_irqsave(&uf->lock, flags);
	err = usb_hcd_check_unlink_urb(hcd, urb, status);
	if (!err && urb->hcpriv) {
		for (entry = first_entry(urb); entry != USBIF_NONE;
		     entry = uf->part[entry].next)
			usbif_front_unlink(uf->front, entry);
		usbfront_send(uf);
	}
	spin_unlock_irqrestore(&uf->lock, flags);
	return err;
}

static bool all_back(const struct usbfront *uf, u16 entry)
{
	for (; entry != USBIF_NONE; entry = uf->part[entry].next)
		if (uf->part[entry].urb)
			return false;
	return true;
}

/*
 * The completion routine runs inside usb_hcd_giveback_urb(), as this driver
 * has no HCD_BH: only so can the front be told when it has returned.
 */
static void complete_urb(struct usbfront *uf, struct urb *urb)
	__must_hold(&uf->lock)
{
	u16 entry = first_entry(urb);
	int status = errno_of(uf->part[entry].status);

	urb->hcpriv = NULL;
	usb_hcd_unlink_urb_from_ep(uf->hcd, urb);
	spin_unlock(&uf->lock);
	usb_hcd_giveback_urb(uf->hcd, urb, status);
	spin_lock(&uf->lock);
	/* An entry is nobody else's until it is retired. */
	for (; entry != USBIF_NONE; entry = uf->part[entry].next)
		usbif_front_retired(uf->front, entry);
}

void usbfront_giveback(struct usbfront *uf, const struct usbif_fq_duty *duty)
	__must_hold(&uf->lock)
{
	struct urb *urb = uf->part[duty->urb].urb;
	s32 *status;

	if (!urb) {
		usbif_front_retired(uf->front, duty->urb);
		return;
	}
	uf->part[duty->urb].urb = NULL;
	urb->actual_length += duty->length;
	status = &uf->part[first_entry(urb)].status;
	if (*status == USBIF_WIRE_ST_OK)
		*status = duty->status;
	if (all_back(uf, first_entry(urb)))
		complete_urb(uf, urb);
}

/*
 * usbcore has unlinked every URB of the endpoint; when this returns nothing of
 * it is on the ring and no completion routine of it is running.
 */
static void endpoint_disable(struct usb_hcd *hcd, struct usb_host_endpoint *ep)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long end = jiffies + DISABLE_BOUND;

	while (!list_empty(&ep->urb_list) && time_before(jiffies, end) &&
	       !READ_ONCE(uf->broken))
		schedule_timeout_uninterruptible(1);
}

static int frame_number(struct usb_hcd *hcd)
{
	/* No message asks the backend for its own; milliseconds are frames. */
	return (u32)ktime_to_ms(ktime_get()) & 0x7ff;
}

static u64 now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

static void arm_tick(struct usbfront *uf)
{
	u64 due = usbif_hub_deadline(&uf->front->hub), now = now_ms();

	if (due != USBIF_HUB_NEVER)
		mod_delayed_work(system_wq, &uf->tick,
				 msecs_to_jiffies(due > now ? due - now : 0) +
				 1);
}

static int hub_status_data(struct usb_hcd *hcd, char *buf)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;
	int n;

	spin_lock_irqsave(&uf->lock, flags);
	n = usbif_hub_changes(&uf->front->hub, buf);
	spin_unlock_irqrestore(&uf->lock, flags);
	return n;
}

static int hub_control(struct usb_hcd *hcd, u16 type_req, u16 value, u16 index,
		       char *buf, u16 length)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;
	int n;

	spin_lock_irqsave(&uf->lock, flags);
	usbif_hub_tick(&uf->front->hub, now_ms());
	n = usbif_hub_control(&uf->front->hub, type_req >> 8, type_req & 0xff,
			      value, index, length, now_ms(), buf, length);
	arm_tick(uf);
	spin_unlock_irqrestore(&uf->lock, flags);
	/* A class request that a hub does not know is answered with a stall. */
	return n < 0 ? -EPIPE : n;
}

static int bus_suspend(struct usb_hcd *hcd)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	usbif_hub_bus_suspend(&uf->front->hub);
	uf->bus_suspended = true;
	spin_unlock_irqrestore(&uf->lock, flags);
	return 0;
}

static int bus_resume(struct usb_hcd *hcd)
{
	struct usbfront *uf = hcd_to_usbfront(hcd);
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	usbif_hub_bus_resume(&uf->front->hub);
	uf->bus_suspended = false;
	spin_unlock_irqrestore(&uf->lock, flags);
	return 0;
}

static int start(struct usb_hcd *hcd)
{
	hcd->state = HC_STATE_RUNNING;
	hcd->uses_new_polling = 1;
	clear_bit(HCD_FLAG_POLL_RH, &hcd->flags);
	return 0;
}

static void stop(struct usb_hcd *hcd)
{
	hcd->state = HC_STATE_HALT;
}

#define USBFRONT_HC_DRIVER(version)				\
	{							\
		.description = "xen-usbfront",			\
		.product_desc = "Xen USB host controller",	\
		.hcd_priv_size = sizeof(struct hcd_private),	\
		.flags = version,				\
		.start = start,					\
		.stop = stop,					\
		.urb_enqueue = urb_enqueue,			\
		.urb_dequeue = urb_dequeue,			\
		.endpoint_disable = endpoint_disable,		\
		.get_frame_number = frame_number,		\
		.hub_status_data = hub_status_data,		\
		.hub_control = hub_control,			\
		.bus_suspend = bus_suspend,			\
		.bus_resume = bus_resume,			\
	}

static const struct hc_driver usb11_driver = USBFRONT_HC_DRIVER(HCD_USB11);
static const struct hc_driver usb20_driver = USBFRONT_HC_DRIVER(HCD_USB2);

/* Port resets that are due, and the bound on unlinks. */
static void tick(struct work_struct *work)
{
	struct usbfront *uf = container_of(work, struct usbfront, tick.work);
	unsigned long flags;
	bool changed;

	spin_lock_irqsave(&uf->lock, flags);
	changed = usbif_hub_tick(&uf->front->hub, now_ms());
	arm_tick(uf);
	spin_unlock_irqrestore(&uf->lock, flags);
	if (changed)
		usbfront_hcd_poll(uf);
}

void usbfront_hcd_poll(struct usbfront *uf)
{
	struct usb_hcd *hcd = READ_ONCE(uf->hcd);

	if (!hcd)
		return;
	/* An idle root hub is asleep and would not look. */
	if (READ_ONCE(uf->bus_suspended))
		usb_hcd_resume_root_hub(hcd);
	usb_hcd_poll_rh_status(hcd);
}

/*
 * usbcore takes the xenbus device's pointer for itself when it makes an HCD,
 * and xenbus may tell of the backend at that moment.
 */
static DEFINE_MUTEX(pointer_lock);

struct usbfront *usbfront_of(struct xenbus_device *xbdev)
{
	struct usbfront *uf;

	mutex_lock(&pointer_lock);
	uf = dev_get_drvdata(&xbdev->dev);
	mutex_unlock(&pointer_lock);
	return uf;
}

static struct usb_hcd *create_hcd(struct usbfront *uf,
				  const struct hc_driver *driver)
{
	struct device *dev = &uf->xbdev->dev;
	struct usb_hcd *hcd;

	mutex_lock(&pointer_lock);
	hcd = usb_create_hcd(driver, dev, dev_name(dev));
	dev_set_drvdata(dev, uf);
	mutex_unlock(&pointer_lock);
	return hcd;
}

int usbfront_hcd_add(struct usbfront *uf)
{
	bool usb2 = uf->config.usb_ver == 2;
	struct usb_hcd *hcd;
	int err;

	err = no_dma_begin(&uf->xbdev->dev);
	if (err)
		return err;
	hcd = create_hcd(uf, usb2 ? &usb20_driver : &usb11_driver);
	if (!hcd) {
		no_dma_end(&uf->xbdev->dev);
		return -ENOMEM;
	}
	private_of(hcd)->uf = uf;
	private_of(hcd)->driver = *hcd->driver;
	hcd->driver = &private_of(hcd)->driver;
	/* Every octet is copied, so pieces may have any size and number. */
	hcd->self.sg_tablesize = SG_MAX_SEGMENTS;
	hcd->self.no_sg_constraint = 1;
	/* The queue does stop on a short packet: that is what this is for. */
	hcd->self.no_stop_on_short = 0;
	hcd->has_tt = usb2;
	INIT_DELAYED_WORK(&uf->tick, tick);
	uf->hcd = hcd;
	err = usb_add_hcd(hcd, 0, 0);
	if (err) {
		cancel_delayed_work_sync(&uf->tick);
		uf->hcd = NULL;
		usb_put_hcd(hcd);
		no_dma_end(&uf->xbdev->dev);
		return err;
	}
	WRITE_ONCE(uf->busnum, hcd->self.busnum);
	return 0;
}

/* Every URB must have been, or be able to be, given back. */
void usbfront_hcd_remove(struct usbfront *uf)
{
	struct usb_hcd *hcd = uf->hcd;

	if (!hcd)
		return;
	usb_remove_hcd(hcd);
	cancel_delayed_work_sync(&uf->tick);
	WRITE_ONCE(uf->hcd, NULL);
	/* The tasklet may be telling it of ports just now. */
	tasklet_unlock_wait(&uf->serve);
	usb_put_hcd(hcd);
	no_dma_end(&uf->xbdev->dev);
}

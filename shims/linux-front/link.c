// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * One connection: rings, event channel, and the tasklet that takes answers and
 * gives URBs back.  Only that runs completion routines, so that one of them is
 * never called from inside a driver's own submit or unlink.  A tasklet, as a
 * thread would cost a switch for each event.
 */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/events.h>

#include "usbfront.h"

/* Answers taken before the lock is dropped for a moment. */
#define BATCH	8

/* Put a transfer on the ring; the octets of an OUT go to its pages first. */
static int put_transfer(struct usbfront *uf, const struct usbif_fq_duty *duty)
{
	const struct usbfront_part *part = &uf->part[duty->urb];
	struct urb *urb = part->urb;
	struct usbif_msg_seg array;
	u8 descs = 0;
	u16 segs;

	if (!usb_urb_dir_in(urb) && duty->length)
		usbfront_copy_out(urb, part->base + duty->offset,
				  usbfront_pool_octets(uf, duty->id),
				  duty->length);
	segs = usbfront_pool_segs(uf, duty->id, 0, duty->length, uf->seg);
	if (segs > USBIF_WIRE_MAX_SEGS) {
		usbfront_pool_array(uf, duty->id, uf->seg, segs, &array);
		return usbif_front_put_indirect(uf->front, uf->urb_ring, duty,
						&array, 1, segs);
	}
	if (usb_pipeisoc(urb->pipe))
		descs = usbfront_iso_out(uf, part, duty->id, uf->seg + segs);
	return usbif_front_put(uf->front, uf->urb_ring, duty, uf->seg, segs,
			       descs);
}

static int put_request(struct usbfront *uf, const struct usbif_fq_duty *duty)
{
	usbfront_note_request(uf, duty);
	if (duty->kind == USBIF_FQ_SEND)
		return put_transfer(uf, duty);
	return usbif_front_put(uf->front, uf->urb_ring, duty, NULL, 0, 0);
}

static void publish(struct usbfront *uf)
{
	if (usbif_front_push(uf->front, uf->urb_ring))
		notify_remote_via_irq(uf->irq);
	if (usbif_fq_has_unlinks(&uf->front->fq))
		schedule_delayed_work(&uf->unlink_tick, HZ);
}

/* The backend is at fault: end everything here, and tell xenbus. */
static void break_link(struct usbfront *uf)
{
	if (uf->broken)
		return;
	uf->broken = true;
	usbfront_note_fault(uf);
	usbif_front_shutdown(uf->front);
	schedule_work(&uf->fault_work);
}

void usbfront_send(struct usbfront *uf)
{
	struct usbif_fq_duty duty;

	if (uf->serving)
		return;
	while (!usbif_front_has_giveback(uf->front) &&
	       usbif_front_next(uf->front, &duty))
		if (put_request(uf, &duty) < 0)
			break_link(uf);
	if (usbif_front_has_giveback(uf->front))
		tasklet_schedule(&uf->serve);
	publish(uf);
}

static void take_octets(struct usbfront *uf,
			const struct usbif_front_received *got)
{
	const struct usbfront_part *part;
	struct urb *urb;

	if (got->part.urb == USBIF_NONE)
		return;
	part = &uf->part[got->part.urb];
	urb = part->urb;
	if (usb_pipeisoc(urb->pipe))
		usbfront_iso_in(uf, part, got->id, got->start_frame);
	else if (got->part.in && got->part.length)
		usbfront_copy_in(urb, got->part.offset,
				 usbfront_pool_octets(uf, got->id),
				 got->part.length);
}

/* Returns how many answers were taken, or a negative error. */
static int take_answers(struct usbfront *uf)
{
	struct usbif_front_received got;
	int n = 0, err = 1;

	while (n < BATCH && err > 0) {
		err = usbif_front_take(uf->front, uf->urb_ring, &got);
		if (err > 0) {
			usbfront_note_answer(uf, &got);
			take_octets(uf, &got);
			n++;
		}
	}
	if (err < 0)
		uf->suspect = got.id;
	return err < 0 ? err : n;
}

static int take_ports(struct usbfront *uf)
{
	bool notify = false;
	int n = 0, err = 1;
	u8 port;

	while (n < BATCH && err > 0) {
		err = usbif_front_take_conn(uf->front, uf->conn_ring, &port,
					    &notify);
		if (err > 0) {
			usbfront_note_port(uf, port);
			n++;
		}
	}
	if (notify)
		notify_remote_via_irq(uf->irq);
	return err < 0 ? err : n;
}

static void drain(struct usbfront *uf)
{
	struct usbif_fq_duty duty;

	while (usbif_front_next(uf->front, &duty)) {
		if (duty.kind == USBIF_FQ_GIVEBACK)
			usbfront_giveback(uf, &duty);
		else if (put_request(uf, &duty) < 0)
			break_link(uf);
	}
}

/*
 * One round under the lock.  *worked and *ports say what there was.
 * Returns true if there may be more.
 */
static bool serve_round(struct usbfront *uf, bool *worked, bool *ports)
{
	int answers = 0, events = 0, more = 0;

	if (!uf->broken && uf->open) {
		answers = take_answers(uf);
		events = answers < 0 ? 0 : take_ports(uf);
		if (answers < 0 || events < 0)
			break_link(uf);
	}
	drain(uf);
	publish(uf);
	if (!uf->broken && uf->open) {
		more = usbif_front_sleep(uf->front, uf->urb_ring,
					 uf->conn_ring);
		if (more < 0)
			break_link(uf);
	}
	*worked |= answers > 0 || events > 0;
	*ports |= events > 0 || uf->broken;
	return more > 0 || usbif_front_has_giveback(uf->front);
}

static void serve(struct tasklet_struct *tasklet)
{
	struct usbfront *uf = from_tasklet(uf, tasklet, serve);
	bool worked = false, ports = false, event, more;
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	event = xchg(&uf->event, false);
	uf->serving = true;
	more = serve_round(uf, &worked, &ports);
	uf->serving = false;
	spin_unlock_irqrestore(&uf->lock, flags);
	if (ports)
		usbfront_hcd_poll(uf);
	if (more)
		tasklet_schedule(&uf->serve);
	if (event)
		xen_irq_lateeoi(uf->irq, worked ? 0 : XEN_EOI_FLAG_SPURIOUS);
}

static irqreturn_t on_event(int irq, void *data)
{
	struct usbfront *uf = data;

	xchg(&uf->event, true);
	tasklet_schedule(&uf->serve);
	return IRQ_HANDLED;
}

static void unlink_tick(struct work_struct *work)
{
	struct usbfront *uf = container_of(work, struct usbfront,
					   unlink_tick.work);
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	if (usbif_front_tick(uf->front) < 0) {
		break_link(uf);
		tasklet_schedule(&uf->serve);
	} else if (usbif_fq_has_unlinks(&uf->front->fq)) {
		schedule_delayed_work(&uf->unlink_tick, HZ);
	}
	spin_unlock_irqrestore(&uf->lock, flags);
}

void usbfront_link_cut(struct usbfront *uf)
{
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	if (!uf->broken) {
		uf->broken = true;
		usbif_front_shutdown(uf->front);
	}
	spin_unlock_irqrestore(&uf->lock, flags);
	tasklet_schedule(&uf->serve);
}

void usbfront_link_open(struct usbfront *uf)
{
	uf->open = true;
	tasklet_schedule(&uf->serve);
}

static int bind_events(struct usbfront *uf)
{
	int err = xenbus_alloc_evtchn(uf->xbdev, &uf->evtchn);

	if (err)
		return err;
	err = bind_evtchn_to_irqhandler_lateeoi(uf->evtchn, on_event, 0,
						"xen-usbfront", uf);
	if (err < 0) {
		xenbus_free_evtchn(uf->xbdev, uf->evtchn);
		return err;
	}
	uf->irq = err;
	return 0;
}

static int set_up_rings(struct usbfront *uf)
{
	int err;

	err = xenbus_setup_ring(uf->xbdev, GFP_KERNEL, &uf->urb_ring,
				uf->config.ring_pages, uf->urb_ref);
	if (!err)
		err = xenbus_setup_ring(uf->xbdev, GFP_KERNEL, &uf->conn_ring,
					1, &uf->conn_ref);
	return err;
}

/* From now on, or no longer, uf->front may be looked at under the lock. */
static void show_front(struct usbfront *uf, bool linked)
{
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	uf->linked = linked;
	if (linked)
		memset(uf->counts, 0, sizeof(uf->counts));
	spin_unlock_irqrestore(&uf->lock, flags);
}

int usbfront_link_up(struct usbfront *uf)
{
	unsigned int slots = usbif_ring_slots(uf->config.ring_pages,
					      USBIF_WIRE_URB_OCTETS);
	int err;

	uf->open = false;
	uf->broken = false;
	uf->serving = false;
	uf->bus_suspended = false;
	uf->suspect = USBIF_NONE;
	tasklet_setup(&uf->serve, serve);
	INIT_DELAYED_WORK(&uf->unlink_tick, unlink_tick);
	uf->front = kvzalloc(sizeof(*uf->front), GFP_KERNEL);
	uf->iso = kvcalloc(USBFRONT_MAX_PACKETS, sizeof(*uf->iso), GFP_KERNEL);
	uf->descs = kvzalloc(XEN_PAGE_SIZE, GFP_KERNEL);
	err = uf->front && uf->iso && uf->descs ? set_up_rings(uf) : -ENOMEM;
	if (!err)
		err = usbfront_pool_init(uf, slots);
	if (!err)
		err = usbif_front_init(uf->front, &uf->config, uf->urb_ring,
				       uf->conn_ring) ? -EINVAL : 0;
	if (!err)
		err = bind_events(uf);
	if (!err) {
		show_front(uf, true);
		err = usbfront_hcd_add(uf);
	}
	if (err)
		usbfront_link_down(uf);
	return err;
}

/* Needs: no HCD any more, so that no URB and no hub request can come. */
void usbfront_link_down(struct usbfront *uf)
{
	show_front(uf, false);
	if (uf->irq)
		unbind_from_irqhandler(uf->irq, uf);
	if (uf->front) {
		cancel_delayed_work_sync(&uf->unlink_tick);
		tasklet_kill(&uf->serve);
	}
	uf->irq = 0;
	usbfront_pool_exit(uf);
	if (uf->urb_ring)
		xenbus_teardown_ring(&uf->urb_ring, uf->config.ring_pages,
				     uf->urb_ref);
	if (uf->conn_ring)
		xenbus_teardown_ring(&uf->conn_ring, 1, &uf->conn_ref);
	kvfree(uf->descs);
	kvfree(uf->iso);
	kvfree(uf->front);
	uf->descs = NULL;
	uf->iso = NULL;
	uf->front = NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Who ends an xfer: the host controller, an abort, or a timeout.  A callout
 * hands over to a task, as a timeout may sleep; each of the two may find that
 * the xfer has ended, or was even started again.
 */
#include "fake.h"

static void check_lock(struct usbd_bus *bus)
{
	KASSERT(bus->ub_usepolling || mutex_owned(bus->ub_lock));
}

/* Is the timeout still wanted?  The lock is held. */
static bool is_due(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;

	KASSERT(xfer->ux_timeout_set);
	KASSERT(!callout_pending(&xfer->ux_callout));
	if (!bus->ub_methods->ubm_dying(bus) && !xfer->ux_timeout_reset &&
	    xfer->ux_status == USBD_IN_PROGRESS)
		return true;
	if (!bus->ub_methods->ubm_dying(bus) && xfer->ux_timeout_reset &&
	    xfer->ux_timeout && !bus->ub_usepolling)
		callout_schedule(&xfer->ux_callout,
				 mstohz(xfer->ux_timeout));
	else
		xfer->ux_timeout_set = false;
	xfer->ux_timeout_reset = false;
	return false;
}

static void on_callout(void *arg)
{
	struct usbd_xfer *xfer = arg;

	mutex_enter(xfer->ux_bus->ub_lock);
	if (is_due(xfer))
		usb_add_task(xfer->ux_pipe->up_dev, &xfer->ux_aborttask,
			     USB_TASKQ_HC);
	callout_ack(&xfer->ux_callout);
	mutex_exit(xfer->ux_bus->ub_lock);
}

static void on_task(void *arg)
{
	struct usbd_xfer *xfer = arg;
	struct usbd_bus *bus = xfer->ux_bus;

	mutex_enter(bus->ub_lock);
	if (is_due(xfer)) {
		xfer->ux_timeout_set = false;
		xfer->ux_status = USBD_TIMEOUT;
		bus->ub_methods->ubm_abortx(xfer);
		usb_transfer_complete(xfer);
	}
	mutex_exit(bus->ub_lock);
}

void fake_timeout_init(struct usbd_xfer *xfer)
{
	callout_init(&xfer->ux_callout, CALLOUT_MPSAFE);
	callout_setfunc(&xfer->ux_callout, on_callout, xfer);
	usb_init_task(&xfer->ux_aborttask, on_task, xfer, USB_TASKQ_MPSAFE);
}

void fake_timeout_drain(struct usbd_xfer *xfer)
{
	kmutex_t *lock = xfer->ux_bus->ub_lock;

	mutex_enter(lock);
	xfer->ux_timeout_reset = false;
	callout_halt(&xfer->ux_callout, lock);
	usb_rem_task_wait(xfer->ux_pipe->up_dev, &xfer->ux_aborttask,
			  USB_TASKQ_HC, lock);
	mutex_exit(lock);
	callout_destroy(&xfer->ux_callout);
}

void usbd_xfer_schedule_timeout(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;

	check_lock(bus);
	KASSERT(xfer->ux_status == USBD_IN_PROGRESS);
	if (xfer->ux_timeout_set) {
		xfer->ux_timeout_reset = true;
	} else if (xfer->ux_timeout && !bus->ub_usepolling) {
		callout_schedule(&xfer->ux_callout,
				 mstohz(xfer->ux_timeout));
		xfer->ux_timeout_set = true;
	}
}

static void cancel_timeout(struct usbd_xfer *xfer)
{
	if (!xfer->ux_timeout_set)
		return;
	xfer->ux_timeout_reset = false;
	if (!callout_stop(&xfer->ux_callout))
		xfer->ux_timeout_set = false;
	else if (!callout_invoking(&xfer->ux_callout) &&
		 usb_rem_task(xfer->ux_pipe->up_dev, &xfer->ux_aborttask))
		xfer->ux_timeout_set = false;
}

bool usbd_xfer_trycomplete(struct usbd_xfer *xfer)
{
	check_lock(xfer->ux_bus);
	if (xfer->ux_status != USBD_IN_PROGRESS)
		return false;
	cancel_timeout(xfer);
	return true;
}

void usbd_xfer_abort(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;

	KASSERT(mutex_owned(bus->ub_lock));
	KASSERT(xfer->ux_status != USBD_CANCELLED);
	if (xfer->ux_status != USBD_IN_PROGRESS)
		return;
	cancel_timeout(xfer);
	xfer->ux_status = USBD_CANCELLED;
	bus->ub_methods->ubm_abortx(xfer);
	usb_transfer_complete(xfer);
}

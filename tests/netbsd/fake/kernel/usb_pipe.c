/* SPDX-License-Identifier: MIT */
/* Pipes and transfers: the rules of usbdi that a host controller lives by. */
#include "fake.h"

static void lock(struct usbd_pipe *pipe)
{
	mutex_enter(pipe->up_dev->ud_bus->ub_lock);
}

static void unlock(struct usbd_pipe *pipe)
{
	mutex_exit(pipe->up_dev->ud_bus->ub_lock);
}

static bool polls(struct usbd_pipe *pipe)
{
	return pipe->up_dev->ud_bus->ub_usepolling != 0;
}

static void stall_task(void *arg)
{
	usbd_clear_endpoint_stall(arg);
}

usbd_status usbd_setup_pipe_flags(struct usbd_device *dev,
				  struct usbd_interface *iface,
				  struct usbd_endpoint *ep, int interval,
				  struct usbd_pipe **out, uint8_t flags)
{
	struct usbd_bus *bus = dev->ud_bus;
	struct usbd_pipe *p = kmem_alloc(bus->ub_pipesize, KM_SLEEP);
	usbd_status err;

	p->up_dev = dev;
	p->up_iface = iface;
	p->up_endpoint = ep;
	p->up_intrxfer = NULL;
	p->up_running = 0;
	p->up_aborting = 0;
	p->up_serialise = true;
	p->up_repeat = 0;
	p->up_interval = interval;
	p->up_flags = flags;
	p->up_callingxfer = NULL;
	p->up_abortlwp = NULL;
	p->up_methods = NULL;
	SIMPLEQ_INIT(&p->up_queue);
	cv_init(&p->up_callingcv, "usbpipecb");
	err = bus->ub_methods->ubm_open(p);
	if (err) {
		cv_destroy(&p->up_callingcv);
		kmem_free(p, bus->ub_pipesize);
		return err;
	}
	KASSERT(p->up_methods);
	KASSERT(p->up_methods->upm_start || !p->up_serialise);
	usb_init_task(&p->up_async_task, stall_task, p, USB_TASKQ_MPSAFE);
	nb_count(NB_PIPE, 1);
	*out = p;
	return USBD_NORMAL_COMPLETION;
}

static void wait_for_callback(struct usbd_pipe *pipe, struct usbd_xfer *xfer)
{
	while (pipe->up_callingxfer &&
	       (!xfer || pipe->up_callingxfer == xfer))
		cv_wait(&pipe->up_callingcv, pipe->up_dev->ud_bus->ub_lock);
}

/* Take everything off the queue; the lock is held. */
static void abort_pipe(struct usbd_pipe *pipe)
{
	struct usbd_xfer *xfer;

	assert_sleepable();
	KASSERT(!polls(pipe));
	KASSERT(!pipe->up_abortlwp);
	pipe->up_abortlwp = curlwp;
	pipe->up_repeat = 0;
	pipe->up_running = 0;
	pipe->up_aborting = 1;
	while ((xfer = SIMPLEQ_FIRST(&pipe->up_queue)) != NULL) {
		if (xfer->ux_status == USBD_NOT_STARTED) {
			xfer->ux_state = XFER_BUSY;
			SIMPLEQ_REMOVE_HEAD(&pipe->up_queue, ux_next);
			continue;
		}
		pipe->up_methods->upm_abort(xfer);
		wait_for_callback(pipe, xfer);
	}
	wait_for_callback(pipe, NULL);
	KASSERT(pipe->up_abortlwp == curlwp);
	pipe->up_abortlwp = NULL;
}

void usbd_suspend_pipe(struct usbd_pipe *pipe)
{
	lock(pipe);
	abort_pipe(pipe);
	unlock(pipe);
}

void usbd_resume_pipe(struct usbd_pipe *pipe)
{
	lock(pipe);
	KASSERT(SIMPLEQ_EMPTY(&pipe->up_queue));
	pipe->up_aborting = 0;
	unlock(pipe);
}

void usbd_abort_pipe(struct usbd_pipe *pipe)
{
	usbd_suspend_pipe(pipe);
	usbd_resume_pipe(pipe);
}

void usbd_close_pipe(struct usbd_pipe *pipe)
{
	struct usbd_bus *bus = pipe->up_dev->ud_bus;

	lock(pipe);
	if (!SIMPLEQ_EMPTY(&pipe->up_queue))
		abort_pipe(pipe);
	pipe->up_methods->upm_close(pipe);
	unlock(pipe);
	cv_destroy(&pipe->up_callingcv);
	if (pipe->up_intrxfer)
		usbd_destroy_xfer(pipe->up_intrxfer);
	usb_rem_task_wait(pipe->up_dev, &pipe->up_async_task,
			  USB_TASKQ_DRIVER, NULL);
	nb_count(NB_PIPE, -1);
	kmem_free(pipe, bus->ub_pipesize);
}

int usbd_create_xfer(struct usbd_pipe *pipe, size_t len, unsigned int flags,
		     unsigned int nframes, struct usbd_xfer **out)
{
	struct usbd_bus *bus = pipe->up_dev->ud_bus;
	struct usbd_xfer *xfer;
	int err = 0;

	assert_sleepable();
	xfer = bus->ub_methods->ubm_allocx(bus, nframes);
	if (!xfer)
		return ENOMEM;
	KASSERT(xfer->ux_state == XFER_BUSY && !xfer->ux_buf);
	nb_count(NB_XFER, 1);
	xfer->ux_bus = bus;
	xfer->ux_pipe = pipe;
	xfer->ux_flags = (uint16_t)flags;
	xfer->ux_nframes = (int)nframes;
	xfer->ux_methods = pipe->up_methods;
	cv_init(&xfer->ux_cv, "usbxfer");
	fake_timeout_init(xfer);
	if (len) {
		KASSERT(!bus->ub_usedma);
		xfer->ux_buf = kmem_alloc(len, KM_SLEEP);
		xfer->ux_bufsize = (uint32_t)len;
	}
	if (xfer->ux_methods->upm_init)
		err = xfer->ux_methods->upm_init(xfer);
	if (err)
		usbd_destroy_xfer(xfer);
	else
		*out = xfer;
	return err;
}

/* The buffer is gone, and poisoned, whatever the backend still does. */
void usbd_destroy_xfer(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;

	if (xfer->ux_methods->upm_fini)
		xfer->ux_methods->upm_fini(xfer);
	if (xfer->ux_buf)
		kmem_free(xfer->ux_buf, xfer->ux_bufsize);
	xfer->ux_buf = NULL;
	fake_timeout_drain(xfer);
	cv_destroy(&xfer->ux_cv);
	nb_count(NB_XFER, -1);
	bus->ub_methods->ubm_freex(bus, xfer);
}

void *usbd_get_buffer(struct usbd_xfer *xfer)
{
	return xfer->ux_buf;
}

static void setup(struct usbd_xfer *xfer, void *priv, void *buffer,
		  uint32_t length, uint16_t flags, uint32_t timeout,
		  usbd_callback callback)
{
	xfer->ux_priv = priv;
	xfer->ux_buffer = buffer;
	xfer->ux_length = length;
	xfer->ux_actlen = 0;
	xfer->ux_flags = flags;
	xfer->ux_timeout = timeout;
	xfer->ux_status = USBD_NOT_STARTED;
	xfer->ux_callback = callback;
	xfer->ux_rqflags &= (uint8_t)~URQ_REQUEST;
	xfer->ux_nframes = 0;
}

void usbd_setup_xfer(struct usbd_xfer *xfer, void *priv, void *buffer,
		     uint32_t length, uint16_t flags, uint32_t timeout,
		     usbd_callback callback)
{
	setup(xfer, priv, buffer, length, flags, timeout, callback);
}

void usbd_setup_default_xfer(struct usbd_xfer *xfer, struct usbd_device *dev,
			     void *priv, uint32_t timeout,
			     usb_device_request_t *req, void *buffer,
			     uint32_t length, uint16_t flags,
			     usbd_callback callback)
{
	KASSERT(xfer->ux_pipe == dev->ud_pipe0);
	setup(xfer, priv, buffer, length, flags, timeout, callback);
	xfer->ux_request = *req;
	xfer->ux_rqflags |= URQ_REQUEST;
}

void usbd_setup_isoc_xfer(struct usbd_xfer *xfer, void *priv,
			  uint16_t *frlengths, uint32_t nframes,
			  uint16_t flags, usbd_callback callback)
{
	uint32_t i, length = 0;

	for (i = 0; i < nframes; i++)
		length += frlengths[i];
	setup(xfer, priv, NULL, length, flags, USBD_NO_TIMEOUT, callback);
	xfer->ux_frlengths = frlengths;
	xfer->ux_nframes = (int)nframes;
}

static void prepare_data(struct usbd_xfer *xfer)
{
	KASSERT(xfer->ux_length == 0 || xfer->ux_buf);
	if (xfer->ux_length == 0)
		return;
	KASSERT(xfer->ux_length <= xfer->ux_bufsize);
	if (!xfer->ux_buffer)
		xfer->ux_buffer = xfer->ux_buf;
	if (xfer->ux_buffer != xfer->ux_buf && !usbd_xfer_isread(xfer))
		memcpy(xfer->ux_buf, xfer->ux_buffer, xfer->ux_length);
}

/* Queue it, and hand it over if nothing of the pipe is running. */
static usbd_status enqueue(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;

	xfer->ux_state = XFER_ONQU;
	SIMPLEQ_INSERT_TAIL(&pipe->up_queue, xfer, ux_next);
	if (pipe->up_running && pipe->up_serialise)
		return USBD_IN_PROGRESS;
	pipe->up_running = 1;
	return pipe->up_methods->upm_transfer(xfer);
}

/* As in NetBSD it is the head that goes, whoever was refused. */
static void unqueue_head(struct usbd_pipe *pipe)
{
	SIMPLEQ_FIRST(&pipe->up_queue)->ux_state = XFER_BUSY;
	SIMPLEQ_REMOVE_HEAD(&pipe->up_queue, ux_next);
	if (pipe->up_serialise)
		fake_start_next(pipe);
}

static usbd_status wait_done(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	usbd_status status;

	if (polls(pipe) && !xfer->ux_done)
		panic("usbd_transfer: not done");
	if (!polls(pipe))
		lock(pipe);
	while (!xfer->ux_done)
		cv_wait(&xfer->ux_cv, pipe->up_dev->ud_bus->ub_lock);
	status = xfer->ux_status;
	if (!polls(pipe))
		unlock(pipe);
	return status;
}

usbd_status usbd_transfer(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	bool sync = xfer->ux_flags & USBD_SYNCHRONOUS;
	bool polling = polls(pipe);
	usbd_status err;

	KASSERT(xfer->ux_status == USBD_NOT_STARTED);
	xfer->ux_done = 0;
	prepare_data(xfer);
	if (!polling)
		lock(pipe);
	if (pipe->up_aborting) {
		KASSERT(!polling);
		unlock(pipe);
		return USBD_CANCELLED;
	}
	err = enqueue(xfer);
	if (err && err != USBD_IN_PROGRESS)
		unqueue_head(pipe);
	if (!polling)
		unlock(pipe);
	if (!sync) {
		KASSERTMSG(err != USBD_NORMAL_COMPLETION,
			   "an asynchronous xfer ended inside its start");
		return err;
	}
	return err == USBD_IN_PROGRESS || !err ? wait_done(xfer) : err;
}

usbd_status usbd_sync_transfer(struct usbd_xfer *xfer)
{
	xfer->ux_flags |= USBD_SYNCHRONOUS;
	return usbd_transfer(xfer);
}

void fake_start_next(struct usbd_pipe *pipe)
{
	struct usbd_xfer *xfer = SIMPLEQ_FIRST(&pipe->up_queue);

	KASSERT(pipe->up_serialise);
	KASSERT(polls(pipe) || mutex_owned(pipe->up_dev->ud_bus->ub_lock));
	if (!xfer || pipe->up_methods->upm_start(xfer) != USBD_IN_PROGRESS)
		pipe->up_running = 0;
}

static void call_back(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	bool polling = polls(pipe);
	bool mpsafe = pipe->up_flags & USBD_MPSAFE;

	if (!polling) {
		KASSERT(!pipe->up_callingxfer);
		pipe->up_callingxfer = xfer;
		unlock(pipe);
		if (!mpsafe)
			_kernel_lock(1);
	}
	xfer->ux_callback(xfer, xfer->ux_priv, xfer->ux_status);
	if (polling)
		return;
	if (!mpsafe)
		_kernel_unlock(1, NULL);
	lock(pipe);
	KASSERT(pipe->up_callingxfer == xfer);
	pipe->up_callingxfer = NULL;
	cv_broadcast(&pipe->up_callingcv);
}

static void take_off_queue(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;

	KASSERTMSG(SIMPLEQ_FIRST(&pipe->up_queue) == xfer,
		   "an xfer completes that is not the head of its queue");
	xfer->ux_state = XFER_BUSY;
	SIMPLEQ_REMOVE_HEAD(&pipe->up_queue, ux_next);
}

static void finish_data(struct usbd_xfer *xfer)
{
	KASSERTMSG(xfer->ux_actlen <= xfer->ux_length, "actlen %u of %u",
		   xfer->ux_actlen, xfer->ux_length);
	if (xfer->ux_length != 0 && xfer->ux_buffer != xfer->ux_buf &&
	    usbd_xfer_isread(xfer))
		memcpy(xfer->ux_buffer, xfer->ux_buf, xfer->ux_actlen);
}

void usb_transfer_complete(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	bool sync = xfer->ux_flags & USBD_SYNCHRONOUS;
	bool repeat = pipe->up_repeat;
	bool erred;

	KASSERT(polls(pipe) || mutex_owned(pipe->up_dev->ud_bus->ub_lock));
	KASSERT(xfer->ux_state == XFER_ONQU);
	KASSERT(xfer->ux_status != USBD_IN_PROGRESS);
	erred = xfer->ux_status == USBD_CANCELLED ||
		xfer->ux_status == USBD_TIMEOUT;
	if (!repeat)
		take_off_queue(xfer);
	xfer->ux_done = 1;
	if (!xfer->ux_status && xfer->ux_actlen < xfer->ux_length &&
	    !(xfer->ux_flags & USBD_SHORT_XFER_OK))
		xfer->ux_status = USBD_SHORT_XFER;
	pipe->up_methods->upm_done(xfer);
	finish_data(xfer);
	if (xfer->ux_callback)
		call_back(xfer);
	if (sync && !polls(pipe))
		cv_broadcast(&xfer->ux_cv);
	if (repeat) {
		xfer->ux_actlen = 0;
		xfer->ux_status = USBD_NOT_STARTED;
	} else if (erred && pipe->up_iface) {
		pipe->up_running = 0;
	}
	if (pipe->up_running && pipe->up_serialise)
		fake_start_next(pipe);
}

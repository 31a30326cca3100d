/* SPDX-License-Identifier: MIT */
/* usb(4): the bus, its soft interrupt, its event thread and the task queues. */
#include "fake.h"

struct usb_softc {
	device_t dev;
	struct usbd_bus *bus;
	struct usbd_port port;
	bool dying, has_thread, exploring;
};

struct taskq {
	TAILQ_HEAD(, usb_task) tasks;
	struct usb_task *current;
	bool ends;
};

static struct taskq taskqs[USB_NUM_TASKQS];
static struct usb_softc *softc;
static int polling;	/* of usbd_set_polling() */

struct usbd_bus *fake_bus(void)
{
	return softc && softc->port.up_dev ? softc->bus : NULL;
}

int usbctlprint(void *aux, const char *pnp)
{
	(void)aux;
	(void)pnp;
	return UNCONF;
}

void usb_delay_ms(struct usbd_bus *bus, u_int ms)
{
	if (bus->ub_usepolling)
		delay(ms * 1000);
	else
		kpause("usbdly", false, mstohz(ms) + 1, NULL);
}

void usb_delay_ms_locked(struct usbd_bus *bus, u_int ms, kmutex_t *lock)
{
	if (bus->ub_usepolling)
		delay(ms * 1000);
	else
		kpause("usbdly", false, mstohz(ms) + 1, lock);
}

void usb_schedsoftintr(struct usbd_bus *bus)
{
	if (!bus->ub_soft)
		return;
	if (bus->ub_usepolling)
		bus->ub_methods->ubm_softint(bus);
	else
		softint_schedule(bus->ub_soft);
}

static void soft_intr(void *arg)
{
	struct usbd_bus *bus = arg;

	mutex_enter(bus->ub_lock);
	bus->ub_methods->ubm_softint(bus);
	mutex_exit(bus->ub_lock);
}

void usb_needs_explore(struct usbd_device *dev)
{
	mutex_enter(dev->ud_bus->ub_lock);
	dev->ud_bus->ub_needsexplore = 1;
	cv_signal(&dev->ud_bus->ub_needsexplore_cv);
	mutex_exit(dev->ud_bus->ub_lock);
}

static void discover(struct usb_softc *sc)
{
	struct usbd_bus *bus = sc->bus;

	while (bus->ub_needsexplore && !sc->dying) {
		bus->ub_needsexplore = 0;
		sc->exploring = true;
		mutex_exit(bus->ub_lock);
		bus->ub_roothub->ud_hub->uh_explore(bus->ub_roothub);
		mutex_enter(bus->ub_lock);
		sc->exploring = false;
	}
}

/* Holds the kernel lock, as a thread that is not MP-safe does. */
static void event_thread(void *arg)
{
	struct usb_softc *sc = arg;
	struct usbd_bus *bus = sc->bus;

	_kernel_lock(1);
	mutex_enter(bus->ub_lock);
	bus->ub_needsexplore = 1;
	discover(sc);
	mutex_exit(bus->ub_lock);
	config_pending_decr(sc->dev);
	mutex_enter(bus->ub_lock);
	while (!sc->dying) {
		discover(sc);
		if (!sc->dying)
			cv_timedwait(&bus->ub_needsexplore_cv, bus->ub_lock,
				     60 * hz);
	}
	sc->has_thread = false;
	cv_broadcast(&bus->ub_needsexplore_cv);
	mutex_exit(bus->ub_lock);
	_kernel_unlock(1, NULL);
}

static int usb_match(device_t parent, cfdata_t match, void *aux)
{
	(void)parent;
	(void)match;
	(void)aux;
	return 1;
}

static void attach_root(struct usb_softc *sc)
{
	struct usbd_bus *bus = sc->bus;
	int speed = bus->ub_revision == USBREV_2_0 ? USB_SPEED_HIGH :
						     USB_SPEED_FULL;

	if (bus->ub_revision != USBREV_2_0 && bus->ub_revision != USBREV_1_1)
		nb_panic("USB revision %d", bus->ub_revision);
	if (fake_new_device(bus, 0, speed, 0, &sc->port)) {
		nb_log("usb0: root hub problem\n");
		sc->dying = true;
		return;
	}
	bus->ub_roothub = sc->port.up_dev;
	sc->has_thread = true;
	config_pending_incr(sc->dev);
	nb_thread("usb0", event_thread, sc, NB_THREAD);
}

static void usb_attach(device_t parent, device_t self, void *aux)
{
	struct usb_softc *sc = device_private(self);
	struct usbd_bus *bus = aux;

	(void)parent;
	memset(sc, 0, sizeof(*sc));
	sc->dev = self;
	sc->bus = bus;
	bus->ub_methods->ubm_getlock(bus, &bus->ub_lock);
	KASSERT(bus->ub_lock && bus->ub_pipesize >= sizeof(struct usbd_pipe));
	KASSERT(bus->ub_methods->ubm_dying);
	bus->ub_usbctl = self;
	bus->ub_usepolling = 0;
	cv_init(&bus->ub_needsexplore_cv, "usbevt");
	cv_init(&bus->ub_rhxfercv, "usbrhxfer");
	softc = sc;
	bus->ub_soft = softint_establish(SOFTINT_USB | SOFTINT_MPSAFE,
					 soft_intr, bus);
	if (!bus->ub_soft)
		sc->dying = true;
	else
		attach_root(sc);
}

static int usb_detach(device_t self, int flags)
{
	struct usb_softc *sc = device_private(self);
	struct usbd_bus *bus = sc->bus;

	/* Somebody may use a device, a mounted file system for instance. */
	if (!(flags & DETACH_FORCE) && nb_is_busy())
		return EBUSY;
	/* As in NetBSD, which would go on with what is freed. */
	if (sc->exploring)
		nb_panic("usb0 is taken away while its event thread explores it");
	if (sc->port.up_dev)
		fake_disconnect(&sc->port);
	sc->dying = true;
	mutex_enter(bus->ub_lock);
	while (sc->has_thread) {
		cv_signal(&bus->ub_needsexplore_cv);
		cv_timedwait(&bus->ub_needsexplore_cv, bus->ub_lock, 60 * hz);
	}
	mutex_exit(bus->ub_lock);
	if (bus->ub_soft)
		softint_disestablish(bus->ub_soft);
	bus->ub_soft = NULL;
	cv_destroy(&bus->ub_needsexplore_cv);
	cv_destroy(&bus->ub_rhxfercv);
	softc = NULL;
	return 0;
}

static int usb_activate(device_t self, enum devact act)
{
	struct usb_softc *sc = device_private(self);

	(void)act;
	sc->dying = true;
	return 0;
}

struct cfattach fake_usb_ca = {
	.ca_name = "usb",
	.ca_devsize = sizeof(struct usb_softc),
	.ca_match = usb_match,
	.ca_attach = usb_attach,
	.ca_detach = usb_detach,
	.ca_activate = usb_activate,
};

/* One look without the lock each way, as usbd_set_polling() does. */
void usbd_set_polling(struct usbd_device *dev, int on)
{
	struct usbd_bus *bus = dev->ud_bus;

	mutex_enter(bus->ub_lock);
	if (on && bus->ub_usepolling++ == 0)
		bus->ub_methods->ubm_softint(bus);
	if (!on && --bus->ub_usepolling == 0)
		bus->ub_methods->ubm_softint(bus);
	mutex_exit(bus->ub_lock);
	polling = bus->ub_usepolling;
	nb_freeze_threads(on);
}

static void task_thread(void *arg)
{
	struct taskq *q = arg;
	struct usb_task *task;

	while (!q->ends) {
		task = TAILQ_FIRST(&q->tasks);
		if (!task) {
			nb_sleep(q, NB_FOREVER);
			continue;
		}
		TAILQ_REMOVE(&q->tasks, task, next);
		task->queue = USB_NUM_TASKQS;
		q->current = task;
		if (!(task->flags & USB_TASKQ_MPSAFE))
			_kernel_lock(1);
		task->fun(task->arg);
		if (!(task->flags & USB_TASKQ_MPSAFE))
			_kernel_unlock(1, NULL);
		q->current = NULL;
		nb_wake(&q->current);
	}
}

void usb_add_task(struct usbd_device *dev, struct usb_task *task, int queue)
{
	(void)dev;
	if (task->queue != USB_NUM_TASKQS)
		return;
	task->queue = (unsigned int)queue;
	TAILQ_INSERT_TAIL(&taskqs[queue].tasks, task, next);
	nb_wake(&taskqs[queue]);
}

bool usb_rem_task(struct usbd_device *dev, struct usb_task *task)
{
	(void)dev;
	if (task->queue == USB_NUM_TASKQS)
		return false;
	TAILQ_REMOVE(&taskqs[task->queue].tasks, task, next);
	task->queue = USB_NUM_TASKQS;
	return true;
}

bool usb_rem_task_wait(struct usbd_device *dev, struct usb_task *task,
		       int queue, kmutex_t *interlock)
{
	bool removed = usb_rem_task(dev, task);

	assert_sleepable();
	while (taskqs[queue].current == task) {
		if (interlock)
			mutex_exit(interlock);
		fake_sleep(&taskqs[queue].current, nb_now_ms() + 1);
		if (interlock)
			mutex_enter(interlock);
		removed |= usb_rem_task(dev, task);
	}
	return removed;
}

bool usb_task_pending(struct usbd_device *dev, struct usb_task *task)
{
	(void)dev;
	return task->queue != USB_NUM_TASKQS;
}

void fake_tasks_start(void)
{
	static const char *const names[] = { "usbtask-hc", "usbtask-dr" };
	int i;

	softc = NULL;
	polling = 0;
	for (i = 0; i < USB_NUM_TASKQS; i++) {
		TAILQ_INIT(&taskqs[i].tasks);
		taskqs[i].current = NULL;
		taskqs[i].ends = false;
		nb_thread(names[i], task_thread, &taskqs[i], NB_THREAD);
	}
}

void fake_tasks_stop(void)
{
	int i;

	for (i = 0; i < USB_NUM_TASKQS; i++) {
		taskqs[i].ends = true;
		nb_wake(&taskqs[i]);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * xenbus: keys, transactions, and the thread that attaches a device whose node
 * says Initialising, tells its driver of the other end's states, and detaches
 * it when the other end is Closed.
 */
#include "fake.h"

#define WRITES	48

struct write {
	char dir[16], node[32], text[64];
	bool removed;
};

struct xenbus_transaction {
	struct write write[WRITES];
	unsigned int writes;
};

static struct xenbus_device xbusd;
static device_t bus, attached;
static int told_state;
static bool ends, busy, leaving, asleep;
static const char watch_channel;

struct xenbus_transaction *xenbus_transaction_start(void)
{
	struct xenbus_transaction *t;

	assert_sleepable();
	if (nb_fails("xenbus_transaction_start"))
		return NULL;
	t = nb_alloc(sizeof(*t));
	memset(t, 0, sizeof(*t));
	nb_count(NB_TRANSACTION, 1);
	return t;
}

static void apply(const struct write *w)
{
	if (w->removed)
		nb_store_remove(w->dir, w->node);
	else
		nb_store_write(w->dir, w->node, w->text);
}

int xenbus_transaction_end(struct xenbus_transaction *t, int abort_)
{
	unsigned int i;
	int err = 0;

	assert_sleepable();
	if (!abort_ && nb_fails("transaction (EAGAIN)"))
		err = EAGAIN;
	else if (!abort_ && nb_fails("xenbus_transaction_end"))
		err = EIO;
	for (i = 0; !abort_ && !err && i < t->writes; i++)
		apply(&t->write[i]);
	nb_free(t, sizeof(*t));
	nb_count(NB_TRANSACTION, -1);
	return err;
}

static const char *find(struct xenbus_transaction *t, const char *dir,
			const char *node)
{
	unsigned int i;

	for (i = t ? t->writes : 0; i > 0; i--) {
		const struct write *w = &t->write[i - 1];

		if (strcmp(w->dir, dir) == 0 && strcmp(w->node, node) == 0)
			return w->removed ? NULL : w->text;
	}
	return nb_store_read(dir, node);
}

int xenbus_read(struct xenbus_transaction *t, const char *dir,
		const char *node, char *to, size_t room)
{
	const char *text;

	assert_sleepable();
	if (nb_fails("xenbus_read"))
		return EIO;
	nb_point();
	text = find(t, dir, node);
	if (!text)
		return ENOENT;
	if (strlen(text) >= room)
		return ENAMETOOLONG;
	strlcpy(to, text, room);
	return 0;
}

int xenbus_read_ul(struct xenbus_transaction *t, const char *dir,
		   const char *node, unsigned long *value, int base)
{
	char text[32], *end;
	int err = xenbus_read(t, dir, node, text, sizeof(text));

	if (err)
		return err;
	*value = strtoul(text, &end, base);
	return *end || end == text ? EFTYPE : 0;
}

int xenbus_exists(struct xenbus_transaction *t, const char *dir,
		  const char *node)
{
	assert_sleepable();
	return find(t, dir, node) != NULL;
}

static int put(struct xenbus_transaction *t, const struct write *w)
{
	assert_sleepable();
	if (nb_fails("xenbus_write"))
		return EIO;
	nb_point();
	if (!t) {
		apply(w);
		return 0;
	}
	if (t->writes == WRITES)
		nb_panic("too much for one transaction");
	t->write[t->writes++] = *w;
	return 0;
}

int xenbus_write(struct xenbus_transaction *t, const char *dir,
		 const char *node, const char *text)
{
	struct write w = { .removed = false };

	strlcpy(w.dir, dir, sizeof(w.dir));
	strlcpy(w.node, node, sizeof(w.node));
	strlcpy(w.text, text, sizeof(w.text));
	return put(t, &w);
}

int xenbus_rm(struct xenbus_transaction *t, const char *dir, const char *node)
{
	struct write w = { .removed = true };

	strlcpy(w.dir, dir, sizeof(w.dir));
	strlcpy(w.node, node, sizeof(w.node));
	return put(t, &w);
}

int xenbus_printf(struct xenbus_transaction *t, const char *dir,
		  const char *node, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	nb_vformat(text, sizeof(text), format, args);
	va_end(args);
	return xenbus_write(t, dir, node, text);
}

int xenbus_switch_state(struct xenbus_device *dev,
			struct xenbus_transaction *t, XenbusState state)
{
	unsigned long now;

	if (xenbus_read_ul(t, dev->xbusd_path, "state", &now, 10) != 0 ||
	    now == (unsigned long)state)
		return 0;
	return xenbus_printf(t, dev->xbusd_path, "state", "%d", (int)state);
}

XenbusState xenbus_read_driver_state(const char *path)
{
	unsigned long state;

	if (xenbus_read_ul(NULL, path, "state", &state, 10) != 0)
		return XenbusStateClosed;
	return (XenbusState)state;
}

static void tell(struct xenbus_device *dev, int err, const char *format,
		 va_list args)
{
	dev->xbusd_has_error = 1;
	nb_log("xenbus error %d: ", err);
	nb_vlog(format, args);
	nb_log("\n");
}

void xenbus_dev_error(struct xenbus_device *dev, int err, const char *format,
		      ...)
{
	va_list args;

	assert_sleepable();
	va_start(args, format);
	tell(dev, err, format, args);
	va_end(args);
}

void xenbus_dev_fatal(struct xenbus_device *dev, int err, const char *format,
		      ...)
{
	va_list args;

	assert_sleepable();
	va_start(args, format);
	tell(dev, err, format, args);
	va_end(args);
	xenbus_switch_state(dev, NULL, XenbusStateClosing);
}

int xenbus_grant_ring(struct xenbus_device *dev, paddr_t ma, grant_ref_t *ref)
{
	int err = xengnt_grant_access((domid_t)dev->xbusd_otherend_id, ma, 0,
				      ref);

	if (err)
		xenbus_dev_fatal(dev, err, "granting a ring page");
	return err;
}

int xenbus_alloc_evtchn(struct xenbus_device *dev, int *port)
{
	int got = -1;

	assert_sleepable();
	if (!nb_fails("xenbus_alloc_evtchn"))
		got = nb_port_alloc((unsigned int)dev->xbusd_otherend_id);
	if (got < 0) {
		xenbus_dev_fatal(dev, ENOSPC, "allocating an event channel");
		return ENOSPC;
	}
	*port = got;
	return 0;
}

bool xenbus_device_suspend(struct xenbus_device *dev)
{
	dev->xbusd_otherend[0] = '\0';
	return true;
}

static bool read_backend(struct xenbus_device *dev)
{
	const char *path = nb_store_read(dev->xbusd_path, "backend");

	if (!path || !nb_store_read(path, "state"))
		return false;
	strlcpy(dev->xbusd_otherend, path, sizeof(dev->xbusd_otherend));
	dev->xbusd_otherend_id = 0;
	return true;
}

bool xenbus_device_resume(struct xenbus_device *dev)
{
	read_backend(dev);
	return true;
}

static bool is_new(void)
{
	const char *state = nb_store_read("fe", "state");

	return state && strcmp(state, "1") == 0;
}

static void probe(void)
{
	struct xenbusdev_attach_args xa = {
		.xa_type = "vusb", .xa_id = 0, .xa_xbusd = &xbusd,
	};

	if (!is_new())
		return;
	memset(&xbusd, 0, sizeof(xbusd));
	xbusd.xbusd_path = "fe";
	if (!read_backend(&xbusd))
		return;
	_kernel_lock(1);
	attached = config_found(bus, &xa, NULL, CFARGS_NONE);
	_kernel_unlock(1, NULL);
	xbusd.xbusd_u.f.f_dev = attached;
	told_state = -1;
}

static void forget_device(void)
{
	attached = NULL;
	memset(&xbusd, 0xdb, sizeof(xbusd));
}

static void other_end(void)
{
	int state;

	if (xbusd.xbusd_otherend[0] == '\0')
		return;
	state = (int)xenbus_read_driver_state(xbusd.xbusd_otherend);
	if (state == told_state && !nb_spurious())
		return;
	told_state = state;
	if (state == XenbusStateClosed) {
		config_detach(attached, DETACH_FORCE);
		if (nb_store_read("fe", "state"))
			xenbus_switch_state(&xbusd, NULL, XenbusStateClosed);
		forget_device();
	} else if (xbusd.xbusd_otherend_changed) {
		xbusd.xbusd_otherend_changed(attached, (XenbusState)state);
	}
}

/* A new watch fires once by itself. */
static bool has_news(unsigned int seen)
{
	return seen != nb_store_changes() ||
	       (attached && told_state < 0 && !leaving && !asleep &&
		xbusd.xbusd_otherend[0] != '\0');
}

static void watch(void *arg)
{
	(void)arg;
	while (!ends) {
		unsigned int seen = nb_store_changes();

		fake_watches_fire();
		busy = true;
		if (asleep || leaving)
			;
		else if (attached)
			other_end();
		else
			probe();
		busy = false;
		if (!has_news(seen) && !ends)
			nb_sleep(&watch_channel, NB_FOREVER);
	}
}

device_t fake_xusb(void)
{
	return attached;
}

bool fake_xenbus_is_busy(void)
{
	return busy;
}

/* drvctl -d: the user asks. */
int fake_user_detach(int flags)
{
	int err;

	while (busy || leaving || asleep)
		fake_sleep(&leaving, nb_now_ms() + 1);
	if (!attached)
		return ENXIO;
	leaving = true;
	err = config_detach(attached, flags);
	/* xenbus(4) keeps the device, and would call a driver that is gone. */
	if (!err && xbusd.xbusd_otherend_changed)
		nb_panic("detached, and still to be told of the backend");
	if (!err)
		forget_device();
	leaving = false;
	return err;
}

void fake_other_host(void)
{
	while (busy || leaving || asleep)
		fake_sleep(&leaving, nb_now_ms() + 1);
	asleep = true;
	if (!fake_power(true))
		nb_panic("a driver refuses to be suspended");
	nb_other_host();
	if (!fake_power(false))
		nb_panic("a driver cannot be resumed");
	/* xenstore has every watch fire anew. */
	asleep = false;
	told_state = -1;
	nb_wake(&watch_channel);
}

void fake_xenbus_start(void)
{
	static const struct cfattach bus_ca = { .ca_name = "xenbus" };

	bus = fake_device(NULL, &bus_ca, 0);
	attached = NULL;
	ends = false;
	busy = false;
	leaving = false;
	asleep = false;
	nb_store_watched(&watch_channel);
	nb_thread("xenwatch", watch, NULL, NB_THREAD);
}

void fake_xenbus_stop(void)
{
	fake_device_free(bus);
	ends = true;
	nb_store_watched(NULL);
	nb_wake(&watch_channel);
}
